package app

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"kasir/shared/doku"
	"kasir/shared/payment"
	"kasir/shared/webhook"
)

// reader reads settings and collects all their problems, so that one start reports all of them.
type reader struct {
	getenv   func(string) string
	problems []error
	names    map[string]bool // of the settings that are wrong
}

func (r *reader) wrong(name, problem string) {
	r.problems = append(r.problems, fmt.Errorf("setting %s %s", name, problem))
	if r.names == nil {
		r.names = map[string]bool{}
	}
	r.names[name] = true
}

func (r *reader) isWrong(name string) bool { return r.names[name] }

// required returns a value without the white space around it. The rest must not be empty.
func (r *reader) required(name, meaning string) string {
	value := strings.TrimSpace(r.getenv(name))
	if value == "" {
		r.wrong(name, "is empty; it is "+meaning)
	}
	return value
}

// reading reads the value of a variable into a field.
type reading func(r *reader, name string)

// as returns a reading that keeps the value unchanged.
func unchanged[T ~string](to *T) reading {
	return func(r *reader, name string) { *to = T(r.getenv(name)) }
}

func required(to *string, meaning string) reading {
	return func(r *reader, name string) { *to = r.required(name, meaning) }
}

func text(to *string, otherwise string) reading {
	return func(r *reader, name string) { *to = r.text(name, otherwise) }
}

func (r *reader) text(name, otherwise string) string {
	if value := strings.TrimSpace(r.getenv(name)); value != "" {
		return value
	}
	return otherwise
}

func path(to *string, otherwise string) reading {
	return func(r *reader, name string) {
		value := r.getenv(name)
		if *to = value; value == "" {
			*to = otherwise
			return
		}
		u, err := url.Parse(value)
		if err != nil || !strings.HasPrefix(value, "/") || u.Host != "" || u.RawQuery != "" || u.Fragment != "" {
			r.wrong(name, fmt.Sprintf("is %q; it must be a path such as /notifications, without host or query", value))
		}
	}
}

func duration(to *time.Duration, otherwise time.Duration) reading {
	return func(r *reader, name string) {
		value := r.getenv(name)
		if *to = otherwise; value == "" {
			return
		}
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			r.wrong(name, fmt.Sprintf("is %q; it must be a duration such as 60m or 24h", value))
		}
		*to = d
	}
}

// choice returns a reading that accepts two values. The field is true for the other value, which is not the default.
func choice(to *bool, otherwise, other string) reading {
	return func(r *reader, name string) {
		value := strings.TrimSpace(r.getenv(name))
		if value != "" && value != otherwise && value != other {
			wanted := otherwise + " or " + other
			if otherwise == "" {
				wanted = other + " or empty"
			}
			r.wrong(name, fmt.Sprintf("is %q; it must be %s", value, wanted))
		}
		*to = value == other
	}
}

// signature returns a reading of the policy for a class of answers. If signed is true, the default is Require.
func signature(to *doku.SignaturePolicy, signed *bool) reading {
	return func(r *reader, name string) {
		otherwise := doku.WhenPresent
		if *signed {
			otherwise = doku.Require
		}
		switch *to = doku.SignaturePolicy(r.text(name, string(otherwise))); *to {
		case doku.Require, doku.WhenPresent, doku.Ignore:
		default:
			r.wrong(name, fmt.Sprintf("is %q; it must be require, when_present or ignore", *to))
		}
	}
}

// parsed returns a reading by another package's function. Its error is the rest of a sentence about the setting.
func parsed[T any](to *T, parse func(string) (T, error)) reading {
	return func(r *reader, name string) {
		value, err := parse(r.getenv(name))
		if err != nil {
			r.wrong(name, err.Error())
		}
		*to = value
	}
}

// codes returns a reading of DOKU's codes, separated by commas. The field stays nil if there are none.
func codes(to *[]string) reading {
	return func(r *reader, name string) {
		for code := range strings.SplitSeq(r.getenv(name), ",") {
			code = strings.TrimSpace(code)
			if strings.IndexFunc(code, notInCode) >= 0 {
				r.wrong(name, fmt.Sprintf(
					"has %q; it must be codes of letters, digits and underscores, separated by commas", code))
			}
			if code != "" {
				*to = append(*to, code)
			}
		}
	}
}

func notInCode(c rune) bool {
	return c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// lists returns a reading of the lists that the table has. ByDay is always one of them. The default is all.
func lists(to *[]payment.Index) reading {
	return func(r *reader, name string) {
		*to = payment.Indexes
		value := r.getenv(name)
		if value == "" {
			return
		}
		*to = nil
		for word := range strings.SplitSeq(value, ",") {
			*to = append(*to, payment.Index(word))
		}
		unknown := func(list payment.Index) bool { return !slices.Contains(payment.Indexes, list) }
		if slices.ContainsFunc(*to, unknown) || !slices.Contains(*to, payment.ByDay) {
			r.wrong(name, fmt.Sprintf(
				"is %q; it must be day, with or without customer and attention, separated by commas", value))
		}
	}
}

// mostSweeps and maxSweep limit CHECK_PAID_AFTER. Each time costs a question to DOKU for every paid order.
const (
	mostSweeps = 5
	maxSweep   = 180 * 24 * time.Hour
)

// sweeps returns a reading of the times at which DOKU is asked about a paid order.
func sweeps(to *[]time.Duration) reading {
	return func(r *reader, name string) {
		value := r.getenv(name)
		if value == "" {
			return
		}
		for text := range strings.SplitSeq(value, ",") {
			d, err := time.ParseDuration(strings.TrimSpace(text))
			rises := len(*to) == 0 || d > (*to)[len(*to)-1]
			if err != nil || d < time.Hour || d > maxSweep || !rises || len(*to) == mostSweeps {
				*to = nil
				r.wrong(name, fmt.Sprintf(
					"is %q; it must be up to %d durations in rising order, such as 24h,168h, each between 1h and %dh",
					value, mostSweeps, int(maxSweep.Hours())))
				return
			}
			*to = append(*to, d)
		}
	}
}

// lookup converts a host name to the form in which browsers look it up.
var lookup = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.CheckHyphens(false))

// hosts returns a reading of host names, separated by commas. It converts them to lower case, and names with other
// letters than a to z to punycode, since the addresses that are compared with them have this form.
func hosts(to *[]string) reading {
	return func(r *reader, name string) {
		for host := range strings.SplitSeq(r.getenv(name), ",") {
			if host = strings.TrimSpace(host); host == "" {
				continue
			}
			ascii, err := lookup.ToASCII(host)
			if err != nil || strings.ContainsAny(host, "/:*@ ") || strings.HasSuffix(ascii, ".") {
				r.wrong(name, fmt.Sprintf("has %q; it must be host names separated by commas, without scheme or port",
					host))
				continue
			}
			*to = append(*to, ascii)
		}
	}
}

// dokuEnvironment returns a reading of DOKU's environment. An address other than DOKU's own is accepted on loopback
// only. Anywhere else a mistyped setting would send customers' data to a stranger.
func dokuEnvironment(to, baseURL *string) reading {
	return func(r *reader, name string) {
		*to = r.required(name, "sandbox, production, or a base URL on loopback")
		switch *to {
		case "":
		case "sandbox":
			*baseURL = doku.Sandbox
		case "production":
			*baseURL = doku.Production
		default:
			if *baseURL = *to; !onLoopback(*to) {
				r.wrong(name, fmt.Sprintf("is %q; it must be sandbox, production, or a base URL on loopback", *to))
			}
		}
	}
}

// endpoint returns a reading of an address to use instead of AWS's. It is accepted on loopback only, as DOKU's is,
// since orders and credentials are sent there.
func endpoint(to *string) reading {
	return func(r *reader, name string) {
		if *to = r.getenv(name); *to != "" && !onLoopback(*to) {
			r.wrong(name, fmt.Sprintf("is %q; it must be empty, for AWS, or a base URL on loopback", *to))
		}
	}
}

// endpoints returns a reading of the merchant's endpoints. local reports whether they may be on this machine.
func endpoints(to *[]webhook.Endpoint, local *bool) reading {
	return func(r *reader, name string) {
		value := strings.TrimSpace(r.getenv(name))
		if value == "" {
			return
		}
		all, err := webhook.ParseEndpoints(value, *local)
		if err != nil {
			r.wrong(name, err.Error())
		}
		*to = all
	}
}

// delays returns a reading of durations, separated by commas.
func delays(to *[]time.Duration, otherwise []time.Duration) reading {
	return func(r *reader, name string) {
		value := r.getenv(name)
		if *to = otherwise; value == "" {
			return
		}
		var all []time.Duration
		for text := range strings.SplitSeq(value, ",") {
			d, err := time.ParseDuration(strings.TrimSpace(text))
			if err != nil || d <= 0 || d > webhook.MaxDelay {
				r.wrong(name, fmt.Sprintf(
					"has %q; it must be durations such as 5s or 10m, separated by commas, each at most %s",
					text, webhook.MaxDelay))
				return
			}
			all = append(all, d)
		}
		*to = all
	}
}

func onLoopback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && loopback(u.Hostname())
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "host.docker.internal"
}
