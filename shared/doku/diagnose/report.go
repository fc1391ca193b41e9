package diagnose

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"kasir/shared/doku"
)

// refusals returns the reasons to refuse a sample whose signature was made with a known key.
func (x *examination) refusals(signed draft) []Cause {
	var out []Cause
	if client := strings.TrimSpace(x.base.client); client != "" && x.ClientID != "" && client != x.ClientID &&
		!slices.Contains(splitJoined(client), x.ClientID) {
		out = append(out, x.otherClient())
	}
	if signed.key == "" {
		out = append(out, Cause{"empty key", "the signature was made with an empty key", keyRemedy})
	}
	if strings.HasPrefix(trimKey(signed.key), wrongFamily) {
		out = append(out, familyCause("the key that signed"))
	}
	for _, header := range []struct{ name, value string }{
		{"Client-Id", signed.client}, {"Request-Id", signed.request}, {signed.stampName, signed.stamp},
	} {
		switch {
		case strings.Contains(header.value, ","):
			out = append(out,
				Cause{"header repeated", header.name + " holds a comma, and the signature covers it", repeatedRemedy})
		case header.value == "" && x.header(header.name) == "":
			out = append(out, missingHeader(header.name))
		case !doku.ValidHeader(header.value):
			out = append(out, Cause{"characters of " + header.name,
				header.name + " " + printableOrEmpty(header.value) +
					" has a space or another character that is not visible ASCII, or more than 256 characters",
				"Send up to 256 letters, digits and hyphens: kasir refuses others in a notification."})
		}
	}
	if t, ok := readStamp(signed.stamp); signed.stamp != "" && (!ok || t.Format(doku.TimestampLayout) != signed.stamp) {
		out = append(out, Cause{"form of the timestamp",
			signed.stampName + " " + printableOrEmpty(signed.stamp) + " is not of the form 2006-01-02T15:04:05Z",
			"Send UTC in whole seconds, with a Z."})
	}
	if x.Method == http.MethodGet && !x.answer() && x.header("Digest") != "" {
		out = append(out, Cause{"digest on a GET", "there is a Digest header on a GET",
			"Leave it out: DOKU answers invalid_signature."})
	}
	return out
}

// bodyRefusals returns the reasons to refuse the body of a sample whose signature is right. The fields of the body are
// not checked.
func (x *examination) bodyRefusals() []Cause {
	if x.Method == http.MethodGet || x.answer() {
		return nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(x.Body, &object); err != nil || object == nil {
		return []Cause{{"body is no JSON object", "the body is signed as it is, but it is not a JSON object",
			"Send the JSON of a notification or a request."}}
	}
	return nil
}

// String formats the report for an engineer, over several lines.
func (d Report) String() string {
	var b strings.Builder
	switch {
	case d.Right:
		b.WriteString("The signature is right.\n")
	case d.Matches:
		fmt.Fprintf(&b, "The signature is right, but the message would be refused: %s.\n",
			strings.Join(names(d.Causes), ", "))
	case len(d.Causes) > 0:
		fmt.Fprintf(&b, "The signature is wrong: %s.\n", strings.Join(names(d.Causes), ", "))
	default:
		b.WriteString("The signature is wrong, and nothing that was tried explains it.\n")
	}
	for _, c := range d.Causes {
		fmt.Fprintf(&b, "\n%s\n  What: %s.\n  Do:   %s\n", c.Name, c.Detail, c.Remedy)
	}
	if d.Proven && !d.Matches {
		b.WriteString("\nProven: with that undone, the signature matches.\n")
	}
	if len(d.Hints) > 0 {
		b.WriteString("\nAlso seen, but it may not matter:\n")
		for _, h := range d.Hints {
			fmt.Fprintf(&b, "  %s: %s. %s\n", h.Name, h.Detail, h.Remedy)
		}
	}
	d.writeLines(&b)
	fmt.Fprintf(&b, "\nSignature given: %s\nDigest of the body given: %s\n", d.Signature, d.Digest)
	if !d.Right && !d.Proven {
		d.writeRest(&b)
	}
	return b.String()
}

// writeLines writes the component as computed and, if another was signed, the lines that differ.
func (d Report) writeLines(b *strings.Builder) {
	if len(d.Signed) == 0 || slices.Equal(d.Signed, d.Component) {
		fmt.Fprintf(b, "\nThe lines that are signed, joined by LF:\n  %s\n", strings.Join(d.Component, "\n  "))
		return
	}
	b.WriteString("\nThe lines that are signed, joined by LF (- as computed here, + as the signer had them):\n")
	for i := range max(len(d.Component), len(d.Signed)) {
		var here, there string
		if i < len(d.Component) {
			here = d.Component[i]
		}
		if i < len(d.Signed) {
			there = d.Signed[i]
		}
		if here == there {
			fmt.Fprintf(b, "  %s\n", here)
			continue
		}
		if here != "" {
			fmt.Fprintf(b, "- %s\n", here)
		}
		if there != "" {
			fmt.Fprintf(b, "+ %s\n", there)
		}
	}
}

// writeRest lists the explanations that were tried in vain and those that remain.
func (d Report) writeRest(b *strings.Builder) {
	if d.Tried == 0 {
		b.WriteString("\nNothing could be tried: that takes a key and a signature of 32 bytes.\n")
		return
	}
	fmt.Fprintf(b, "\nTried %d combinations, one or two at a time, of: other paths; the keys given, damaged in the\n"+
		"usual ways; repeated headers and other Client-Ids; the body decoded, or written again by the usual\n"+
		"libraries; other forms of digest, timestamp and component.\n"+
		"These remain: another key (of another account, or sandbox for production), a body whose content was\n"+
		"changed, a path that was not tried, or three differences at once. Compare the lines above with those\n"+
		"that the signer builds, beginning with the digest.\n", d.Tried)
}

func names(causes []Cause) []string {
	out := make([]string, len(causes))
	for i, c := range causes {
		out[i] = c.Name
	}
	return out
}
