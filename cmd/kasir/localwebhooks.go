package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kasir/local/stack"
	"kasir/shared/doku"
	"kasir/shared/webhook"
)

func webhookFlag(c *cobra.Command, urls *[]string) {
	c.Flags().StringArrayVar(urls, "webhook", nil,
		"URL of your back end that receives the events, such as http://localhost:3000/hooks; may be repeated;\n"+
			"WEBHOOK_SECRET sets its secret")
}

// setWebhooks checks the endpoints of --webhook and the secret in WEBHOOK_SECRET, and enters them.
func setWebhooks(cfg *stack.Config, urls []string) error {
	taken := map[string]bool{}
	for _, url := range urls {
		if err := webhook.CheckURL(url, true); err != nil {
			return usagef("--webhook %q %v", url, err)
		}
		if taken[url] {
			return usagef("--webhook %q is given twice", url)
		}
		taken[url] = true
	}
	secret := os.Getenv("WEBHOOK_SECRET")
	if err := webhook.CheckSecret(doku.Secret(secret)); len(urls) > 0 && secret != "" && err != nil {
		return usagef("WEBHOOK_SECRET %v", err)
	}
	cfg.Webhooks.URLs, cfg.Webhooks.Secret = urls, secret
	return nil
}

// warnAbsent prints the endpoints of earlier runs that are not given, and have events that wait.
func warnAbsent(s *screen, all []stack.AbsentWebhook) {
	for _, w := range all {
		wait := fmt.Sprintf("%d events wait", w.Events)
		if w.Events == 1 {
			wait = "1 event waits"
		}
		s.warn(fmt.Sprintf("%s for the endpoint %s, which is not given; --webhook %s sends what waits for it",
			wait, w.URL, w.URL))
	}
}

// deliveryLines is a log of the functions that prints the attempts on the screen. It prints a repeat of an event only
// if its result has changed.
type deliveryLines struct {
	s    *screen
	last map[string]string // result of the last attempt, by endpoint and event
}

func (l *deliveryLines) Write(line []byte) (int, error) {
	function, object, ok := strings.Cut(string(line), " | ")
	var d delivery
	if !ok || function != "deliver" || json.Unmarshal([]byte(object), &d) != nil || d.Outcome == "" {
		return len(line), nil
	}
	key, result := d.Endpoint+" "+d.EventID, fmt.Sprint(d.Outcome, d.Status, d.Cause)
	if d.Outcome == webhook.Delivered {
		delete(l.last, key)
	} else if l.last[key] == result {
		return len(line), nil
	} else {
		l.last[key] = result
	}
	fmt.Fprintf(l.s.text, "webhook  %s\n", d.text(l.s))
	return len(line), nil
}
