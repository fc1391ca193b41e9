package main

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	stageName  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,20}$`)
	regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	digits     = regexp.MustCompile(`^[0-9]{12}$`)
	hostName   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
	poolPrefix = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// certificate matches an ARN of ACM. The form of its id is not fixed.
	certificate = regexp.MustCompile(`^arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$`)
	roleARN     = regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$`)
	segment     = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
)

// cognitoWords are the words that Cognito forbids in a domain's prefix.
var cognitoWords = []string{"aws", "amazon", "cognito"}

// logDays are the retentions that CloudWatch Logs offers, up to ten years.
var logDays = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// Check returns all mistakes in a stage, each with the field's name. The functions' own code checks the values that
// they read, see settings.go.
func (s Stage) Check() error {
	c := checker{stage: s.Name}
	c.require(stageName.MatchString(s.Name), "Name", "is %q; it must be lower-case letters, digits and dashes", s.Name)
	c.require(s.Account == "" || digits.MatchString(s.Account), "Account", "is %q; it must be 12 digits", s.Account)
	c.require(regionName.MatchString(s.Region), "Region", "is %q; it must be a region such as ap-southeast-3", s.Region)
	c.require(s.DOKU == "sandbox" || s.DOKU == "production", "DOKU", "is %q; it must be sandbox or production", s.DOKU)
	c.require(len(s.CallbackHosts) > 0, "CallbackHosts", "is empty; no payment page could send the customer back")
	c.require(isEmail(s.AlarmEmail), "AlarmEmail",
		"is %q; it must be the e-mail address for alarms about money that needs a person", s.AlarmEmail)
	c.require(s.TicketEmail == "" || isEmail(s.TicketEmail), "TicketEmail",
		"is %q; it must be an e-mail address, or empty for AlarmEmail", s.TicketEmail)
	c.require(s.Paid >= 0 && s.Paid < 100, "Paid", "is %d; it must be from 1 to 99 of 100 pages, or 0 for %d", s.Paid,
		defaultPaid)
	c.require(s.Executions >= 0, "Executions", "is %d; it must not be below 0", s.Executions)
	c.require(s.reserved() == 0 || s.reserved()+unreserved <= s.executions(), "Concurrency",
		"and Scale.Reserved reserve %d executions; of the account's %d, %d must stay free", s.reserved(),
		s.executions(), unreserved)
	for _, reader := range s.SecretReaders {
		c.require(roleARN.MatchString(reader), "SecretReaders", "has %q; it must be ARNs of roles", reader)
	}
	c.require(s.Architecture == "arm64" || s.Architecture == "x86_64", "Architecture",
		"is %q; it must be arm64 or x86_64", s.Architecture)
	c.require(s.Memory >= 128 && s.Memory <= 10240, "Memory", "is %d; it must be from 128 to 10240 MB", s.Memory)
	c.require(slices.Contains(logDays, s.LogDays), "LogDays", "is %d; CloudWatch Logs offers %v", s.LogDays, logDays)
	c.require(s.ArchiveDays > 0, "ArchiveDays", "is %d; it must be above 0", s.ArchiveDays)
	c.require(s.Concurrency.Functions >= 0 && s.Concurrency.Reconcile >= 0, "Concurrency", "must not be below 0")
	c.require(s.Concurrency.Webhooks == 0 || s.Concurrency.Webhooks >= 2 && s.Concurrency.Webhooks <= 1000,
		"Concurrency.Webhooks", "is %d; Lambda takes 2 to 1000 for each endpoint, or 0 for kasir's own limit",
		s.Concurrency.Webhooks)
	for name := range s.Settings {
		c.require(slices.Contains(Tunable, name), "Settings",
			"has %q; it may have %s", name, strings.Join(Tunable, ", "))
	}
	c.require(s.Throttle.Rate > 0 && s.Throttle.Burst > 0, "Throttle",
		"is %d a second and %d at once; both must be above 0", s.Throttle.Rate, s.Throttle.Burst)
	c.scale(s)
	c.require(s.Settlement == nil || s.Settlement.Within >= 0, "Settlement.Within", "must not be below 0")
	c.origins(s.Origins)
	c.webhooks(s.Webhooks)
	c.tokens(s)
	c.staff(s)
	c.domain(s)
	c.restored(s)
	return errors.Join(c.problems...)
}

// isEmail reports whether text is an address alone, in a form that Amazon SNS accepts.
func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, host, _ := strings.Cut(text, "@")
	return hostName.MatchString(strings.ToLower(host))
}

// checkTogether returns an error if two stages have the same name, prefix or domain.
func checkTogether(stages []Stage) error {
	var problems []error
	taken := map[string]string{}
	take := func(stage, value string) {
		if other, twice := taken[value]; twice {
			problems = append(problems, fmt.Errorf("stage %s: %s is that of stage %s too", stage, value, other))
		}
		taken[value] = stage
	}
	for _, s := range stages {
		take(s.Name, fmt.Sprintf("Name %q", s.Name))
		if s.Pool != nil {
			take(s.Name, fmt.Sprintf("Pool.DomainPrefix %q in %s", s.Pool.DomainPrefix, s.Region))
		}
		if s.Domain != nil {
			take(s.Name, fmt.Sprintf("Domain.Name %q", s.Domain.Name))
		}
	}
	return errors.Join(problems...)
}

type checker struct {
	stage    string
	problems []error
}

func (c *checker) require(right bool, field, format string, args ...any) {
	if !right {
		c.problems = append(c.problems, fmt.Errorf("stage %s: %s %s", c.stage, field, fmt.Sprintf(format, args...)))
	}
}

// origins checks that all origins are written out. With * any page could call the API with a customer's token.
func (c *checker) origins(origins []string) {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		right := err == nil && u.Scheme == "https" && u.Host != "" &&
			origin == "https://"+strings.ToLower(u.Host) && !strings.Contains(origin, "*")
		c.require(right, "Origins",
			"has %q; it must have a form such as https://shop.example.com, in lower case, without path or *", origin)
	}
}

func (c *checker) tokens(s Stage) {
	c.require((s.Tokens == nil) != (s.Pool == nil), "Tokens", "or Pool: exactly one of them must be set")
	if t := s.Tokens; t != nil {
		u, err := url.Parse(t.Issuer)
		right := err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" &&
			u.Fragment == ""
		c.require(right, "Tokens.Issuer",
			"is %q; it must be an https URL without query, as in the tokens' iss", t.Issuer)
		c.require(len(t.Audience) > 0 && !slices.Contains(t.Audience, ""), "Tokens.Audience",
			"is empty; tokens made for others would be accepted")
	}
	if p := s.Pool; p != nil {
		reserved := func(word string) bool { return strings.Contains(p.DomainPrefix, word) }
		right := poolPrefix.MatchString(p.DomainPrefix) && !slices.ContainsFunc(cognitoWords, reserved)
		c.require(right, "Pool.DomainPrefix", "is %q; it must be lower-case letters, digits and dashes, without %s",
			p.DomainPrefix, strings.Join(cognitoWords, ", "))
	}
}

func (c *checker) domain(s Stage) {
	d := s.Domain
	if d == nil {
		return
	}
	c.require(hostName.MatchString(d.Name), "Domain.Name",
		"is %q; it must be a host name such as pay.example.com", d.Name)
	begin := "arn:aws:acm:" + s.Region + ":" + s.Account
	right := certificate.MatchString(d.Certificate) && strings.HasPrefix(d.Certificate, begin)
	c.require(right, "Domain.Certificate",
		"is %q; it must be the ARN of a certificate that begins with %s, the stage's region and account",
		d.Certificate, begin)
	c.require(!d.Moving || d.BasePath == "", "Domain.Moving",
		"needs a domain without BasePath: DOKU's signatures over the old path would be wrong")
	c.require(d.BasePath == "" || segment.MatchString(d.BasePath), "Domain.BasePath",
		"is %q; it must be one path segment without slashes", d.BasePath)
	c.require(d.BasePath != "console", "Domain.BasePath", "is %q, the name of the console's own path", d.BasePath)
}

// Placeholders returns the fields that still hold the values of the example. Such a stage can be synthesised, but not
// deployed.
func (s Stage) Placeholders() []string {
	var fields []string
	example := func(field string, values ...string) {
		if slices.ContainsFunc(values, func(v string) bool { return strings.HasSuffix(v, "example.com") }) {
			fields = append(fields, field)
		}
	}
	example("CallbackHosts", s.CallbackHosts...)
	example("NotificationHosts", s.NotificationHosts...)
	example("Origins", s.Origins...)
	example("Webhooks", webhookHosts(s.Webhooks)...)
	example("AlarmEmail", s.AlarmEmail)
	if s.Staff != nil {
		example("Staff.URLs", hosts(s.Staff.URLs)...)
	}
	example("TicketEmail", s.TicketEmail)
	if s.Domain != nil {
		example("Domain.Name", s.Domain.Name)
	}
	if s.Pool != nil && strings.HasPrefix(s.Pool.DomainPrefix, "example-") {
		fields = append(fields, "Pool.DomainPrefix")
	}
	return fields
}
