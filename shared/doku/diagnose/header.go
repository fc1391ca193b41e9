package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"kasir/shared/doku"
)

const repeatedRemedy = "Send the header once. A gateway joins repeated headers by a comma, and kasir refuses joined " +
	"headers."

func repeatedHeader(name string) Cause {
	return Cause{"header repeated",
		name + " came more than once, or joined by a comma, and one value of it was signed", repeatedRemedy}
}

// headers returns explanations by signed headers that differ from those that were sent.
func (x *examination) headers() []explanation {
	var out []explanation
	together := explanation{apply: func(*draft) {}} // all headers doubled at once
	add := func(p part, name, header, value string, set func(*draft, string)) {
		cause := Cause{name, "the signature was made over " + header + " " + printableOrEmpty(value),
			"Sign the value that is sent in the header."}
		if name == "header repeated" {
			cause = repeatedHeader(header)
		}
		one := explanation{p, []Cause{cause}, func(d *draft) { set(d, value) }}
		out = append(out, one)
		if name == "header repeated" && together.parts&p == 0 {
			before := together.apply
			both := func(d *draft) { before(d); one.apply(d) }
			together = explanation{together.parts | p, append(together.causes, cause), both}
		}
	}
	for _, h := range []struct {
		name, value string
		part        part
		set         func(*draft, string)
	}{
		{"Client-Id", x.base.client, clientPart, func(d *draft, v string) { d.client = v }},
		{"Request-Id", x.base.request, requestPart, func(d *draft, v string) { d.request = v }},
		{x.base.stampName, x.base.stamp, stampPart, func(d *draft, v string) { d.stamp = v }},
	} {
		for _, value := range splitJoined(h.value) {
			add(h.part, "header repeated", h.name, value, h.set)
		}
		if trimmed := strings.Trim(h.value, " \t\r\n\"'"); trimmed != h.value {
			add(h.part, "whitespace or quotes around a header", h.name, trimmed, h.set)
		}
		if h.part != stampPart {
			for _, value := range []string{
				strings.ToLower(h.value), strings.ToUpper(h.value), strings.ReplaceAll(h.value, "-", ""),
			} {
				if value != h.value {
					add(h.part, "spelling of "+h.name, h.name, value, h.set)
				}
			}
			if h.value != "" {
				add(h.part, "empty "+h.name, h.name, "", h.set)
			}
		}
	}
	if x.ClientID != "" && x.ClientID != x.base.client {
		out = append(out, explanation{clientPart, []Cause{x.otherClient()}, func(d *draft) { d.client = x.ClientID }})
	}
	if len(together.causes) > 1 {
		out = append(out, together)
	}
	return out
}

func missingHeader(name string) Cause {
	return Cause{"no " + name, "there is no " + name + " header", "Send it: it is signed."}
}

// splitJoined returns the distinct values of a header that was joined by commas, at most four, or nil for a header
// without commas.
func splitJoined(value string) []string {
	if !strings.Contains(value, ",") {
		return nil
	}
	var out []string
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.TrimSpace(v); !slices.Contains(out, v) && len(out) < 4 {
			out = append(out, v)
		}
	}
	return out
}

func (x *examination) otherClient() Cause {
	return Cause{"Client-Id",
		"the Client-Id header is " + printableOrEmpty(x.base.client) + ", and the configured one is " +
			printableOrEmpty(x.ClientID),
		"Key and Client-Id belong together, and sandbox and production have their own: take both from the same page " +
			"of DOKU's Back Office."}
}

// headerHints returns oddities of the headers that do not depend on the signature.
func (x *examination) headerHints() []Cause {
	var out []Cause
	if x.header("X-Signature") != "" {
		out = append(out, Cause{"SNAP headers",
			"there is an X-SIGNATURE header: it belongs to SNAP, another scheme of DOKU",
			"Cards use the headers Client-Id, Request-Id, Request-Timestamp and Signature."})
	}
	for _, name := range []string{"Client-Id", "Request-Id", x.base.stampName} {
		if x.header(name) == "" {
			out = append(out, missingHeader(name))
		}
	}
	if sent := x.header("Digest"); sent != "" {
		digest := doku.Digest(x.Body)
		if strings.TrimPrefix(sent, "SHA-256=") != digest && x.Method != http.MethodGet {
			out = append(out, Cause{"body changed after the digest",
				"the Digest header is " + printableOrEmpty(sent) + ", and the body's digest is " + digest,
				"Digest the bytes that are sent, and do not change them afterwards."})
		}
		if x.Method == http.MethodGet {
			out = append(out, Cause{"digest on a GET", "there is a Digest header on a GET",
				"Leave it out: DOKU signs no digest of a GET."})
		}
	}
	if strings.HasPrefix(x.base.client, "SK-") || strings.HasPrefix(x.base.client, wrongFamily) {
		out = append(out, Cause{"key as Client-Id", "the Client-Id header holds a value that looks like a key",
			"Replace that key: it has been sent in the open."})
	}
	return out
}
