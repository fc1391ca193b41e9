// Package diagnose explains why the signature of a message to or from DOKU does not match. It searches for the one or
// two mistakes that the signer made.
package diagnose

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"kasir/shared/doku"
)

// Sample is one signed message, as it was sent or as it arrived, with the values that its receiver expects.
type Sample struct {
	Method   string        // of the request, also if the sample is DOKU's answer to it; empty means POST
	Path     string        // path as it was called or as it arrived; may be a whole URL and have a query
	Header   http.Header   // names in any case
	Body     []byte        // raw bytes
	Target   string        // Request-Target to be signed; empty means the path of Path
	ClientID string        // as configured; empty accepts any
	Secrets  []doku.Secret // the current key, then previous ones
	Now      time.Time     // zero leaves the timestamp unchecked
}

// Cause is one difference between a sample and the values that its signature covers.
type Cause struct {
	Name   string // short and fixed, such as "path prefix"
	Detail string // the difference; never a key and never a signature
	Remedy string // the change to make, and the side that must make it
}

// Report is the result of [Signature]. It holds no key, no whole signature and no body.
type Report struct {
	Right     bool     // the sample is signed with the current key, and there is no other reason to refuse it
	Matches   bool     // the signature is right; if Right is false, Causes are other reasons to refuse the sample
	Proven    bool     // the signature is right once the differences in Causes are undone
	Causes    []Cause  // certain mistakes; with neither Right nor Proven they do not explain everything
	Hints     []Cause  // oddities that may not matter
	Component []string // the lines to be signed, computed from the sample
	Signed    []string // the lines that were signed, if they are known
	Signature string   // the header's first characters and its length
	Digest    string   // of the body as given
	Tried     int      // combinations of at most two explanations that were computed
}

// Signature reports whether a sample's signature is right. If it is not, the report holds the difference or the pair of
// differences that makes it wrong. Signature can explain a mistake only if it has the key. The report holds no computed
// signature, so nobody can use it to sign.
func Signature(s Sample) Report { return explain(s, true) }

// explain makes the report. Without pairs it tries no pairs of explanations, which is faster; fuzzing needs that.
func explain(s Sample, pairs bool) Report {
	x := examine(s)
	d := Report{
		Component: x.base.printableLines(x.scrub), Signature: maskSignature(x.header("Signature")),
		Digest: doku.Digest(s.Body), Hints: slices.Concat(x.keyHints(), x.headerHints()),
	}
	marks, faults := readSignature(x.header("Signature"))
	found, signed, ok := x.search(marks, pairs)
	d.Tried = x.tried
	clock, future := x.clock()
	switch {
	case ok:
		d.Proven, d.Matches = true, len(found) == 0
		d.Causes = slices.Concat(found, x.refusals(signed))
		if d.Matches {
			d.Causes = append(d.Causes, x.bodyRefusals()...)
		}
		d.Signed = signed.printableLines(x.scrub)
		if future {
			d.Causes = append(d.Causes, clock...)
			clock = nil
		}
	default:
		d.Causes = faults
	}
	d.Hints = append(d.Hints, clock...)
	d.Causes = x.tidy(d.Causes)
	d.Hints = x.tidy(slices.Concat(d.Causes, d.Hints))[len(d.Causes):] // a cause is not also a hint
	d.Right = ok && len(d.Causes) == 0
	return d
}

// examination is a sample with the values that are derived from it once.
type examination struct {
	Sample
	base  draft // the values that a correct signature covers
	macs  macs
	tried int
}

func examine(s Sample) *examination {
	canonical := http.Header{}
	for name, values := range s.Header {
		for _, value := range values {
			canonical.Add(strings.TrimSpace(name), value)
		}
	}
	s.Header = canonical
	s.Method = strings.ToUpper(cmp.Or(s.Method, http.MethodPost))
	x := &examination{Sample: s, macs: macs{}}
	x.base = draft{
		client: x.header("Client-Id"), request: x.header("Request-Id"), stampName: requestStamp, target: s.Target,
		digest: bodyDigest(s.Body),
	}
	if x.header(requestStamp) == "" && x.header(responseStamp) != "" {
		x.base.stampName = responseStamp
	}
	x.base.stamp = x.header(x.base.stampName)
	if x.base.target == "" {
		x.base.target = pathOf(s.Path)
	}
	if s.Method == http.MethodGet && !x.answer() { // a GET has no digest; for an answer to one DOKU documents nothing
		x.base.digestForm = noDigest
	}
	if len(s.Secrets) > 0 {
		x.base.key = string(s.Secrets[0])
	}
	return x
}

// header returns the values of a header joined by commas, as gateways join them.
func (x *examination) header(name string) string { return strings.Join(x.Header.Values(name), ",") }

func (x *examination) answer() bool { return x.base.answer() }

// tidy drops repeated names and removes the sample's keys from the texts.
func (x *examination) tidy(causes []Cause) []Cause {
	var out []Cause
	for _, c := range causes {
		if !slices.ContainsFunc(out, func(o Cause) bool { return o.Name == c.Name }) {
			out = append(out, Cause{c.Name, x.scrub(c.Detail), c.Remedy})
		}
	}
	return out
}
