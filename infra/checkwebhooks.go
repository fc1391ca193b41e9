package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"kasir/shared/event"
	"kasir/shared/webhook"
)

var webhookName = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// webhooks checks the endpoints. Each problem names the endpoint by its place.
func (c *checker) webhooks(all []Webhook) {
	c.require(len(all) <= webhook.MaxEndpoints, "Webhooks", "has %d endpoints and may have %d", len(all),
		webhook.MaxEndpoints)
	taken := map[string]bool{}
	for i, w := range all {
		field := func(name string) string { return fmt.Sprintf("Webhooks[%d].%s", i, name) }
		c.require(webhookName.MatchString(w.Name), field("Name"),
			"is %q; it must be at most 20 lower-case letters and digits, beginning with a letter", w.Name)
		if err := webhook.CheckURL(w.URL, false); err != nil {
			c.require(false, field("URL"), "is %q, which %v", w.URL, err)
		}
		for name, value := range map[string]string{"Name": w.Name, "URL": w.URL} {
			c.require(!taken[name+value], field(name), "is %q, which another endpoint has too", value)
			taken[name+value] = true
		}
		for n, kind := range w.Types {
			c.require(slices.Contains(event.Types, kind), field("Types"), "has %q; it may have %s", kind,
				strings.Join(event.Types, ", "))
			c.require(!slices.Contains(w.Types[:n], kind), field("Types"), "has %q twice", kind)
		}
	}
}

// webhookHosts returns the hosts of the endpoints.
func webhookHosts(all []Webhook) []string {
	var hosts []string
	for _, w := range all {
		if u, err := url.Parse(w.URL); err == nil {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}
