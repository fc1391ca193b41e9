// Package diagnose explains why a signature of a message to or from DOKU does not match: it looks for the mistake, or
// the two, that the signer made.
package diagnose

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"kasir/shared/doku"
)

// Sample is one signed message, as it was sent or as it arrived, with what its receiver checks it against.
type Sample struct {
	Method   string        // of the request, also when the sample is DOKU's answer to it; empty means POST
	Path     string        // path as it was called or as it arrived; a query or a whole URL may be given
	Header   http.Header   // names in any case
	Body     []byte        // raw bytes
	Target   string        // Request-Target that is to be signed; empty means the path of Path
	ClientID string        // as configured; empty accepts any
	Secrets  []doku.Secret // the current key, then previous ones
	Now      time.Time     // zero judges no timestamp
}

// Cause is one difference between a sample and what its signature was made over.
type Cause struct {
	Name   string // short and fixed, such as "path prefix"
	Detail string // what differs; never a key and never a signature
	Remedy string // what to change, and on which side
}

// Report is what [Signature] found. Nothing in it holds a key, a whole signature or the body.
type Report struct {
	Right     bool     // signed with the current key over the sample as it is, and nothing else would have it refused
	Matches   bool     // the signature is right; if Right is false, Causes are other reasons to refuse the sample
	Proven    bool     // the signature is right once the differences in Causes are undone
	Causes    []Cause  // what makes it wrong, each certain; with neither Right nor Proven they do not explain all
	Hints     []Cause  // what is odd without being shown to matter
	Component []string // the lines that are signed, computed from the sample
	Signed    []string // the lines that were signed, where they are known
	Signature string   // the header's first characters and its length
	Digest    string   // of the body as given
	Tried     int      // combinations of at most two explanations that were computed
}

// Signature reports whether a sample's signature is right and, if not, which difference or pair of differences makes it
// wrong. It can explain a mistake only with the key at hand, and it shows no signature that it computes: whoever
// may ask it learns nothing to sign with.
func Signature(s Sample) Report { return explain(s, true) }

// explain leaves the pairs out where speed is wanted: in fuzzing.
func explain(s Sample, pairs bool) Report {
	x := examine(s)
	d := Report{
		Component: x.base.shown(x.scrub), Signature: maskSignature(x.header("Signature")), Digest: doku.Digest(s.Body),
		Hints: slices.Concat(x.keyHints(), x.headerHints()),
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
			d.Causes = append(d.Causes, x.unread()...)
		}
		d.Signed = signed.shown(x.scrub)
		if future {
			d.Causes = append(d.Causes, clock...)
			clock = nil
		}
	default:
		d.Causes = faults
	}
	d.Hints = append(d.Hints, clock...)
	d.Causes = x.tidy(d.Causes)
	d.Hints = x.tidy(slices.Concat(d.Causes, d.Hints))[len(d.Causes):] // what is a cause is no hint besides
	d.Right = ok && len(d.Causes) == 0
	return d
}

// examination is a sample with everything that is derived from it once.
type examination struct {
	Sample
	base  draft // what the signature is over when nothing is wrong
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
	if s.Method == http.MethodGet && !x.answer() { // DOKU signs no digest of a GET; of an answer to one it does not say
		x.base.digestForm = noDigest
	}
	if len(s.Secrets) > 0 {
		x.base.key = string(s.Secrets[0])
	}
	return x
}

// header joins repeated headers as gateways do.
func (x *examination) header(name string) string { return strings.Join(x.Header.Values(name), ",") }

func (x *examination) answer() bool { return x.base.answer() }

// tidy drops repeated names and cuts every key at hand out of the texts.
func (x *examination) tidy(causes []Cause) []Cause {
	var out []Cause
	for _, c := range causes {
		if !slices.ContainsFunc(out, func(o Cause) bool { return o.Name == c.Name }) {
			out = append(out, Cause{c.Name, x.scrub(c.Detail), c.Remedy})
		}
	}
	return out
}
