package diagnose

import (
	"crypto/hmac"
	"slices"
)

// part names the parts of a draft that an explanation changes. Explanations that change the same part are not combined.
type part uint

const (
	keyPart part = 1 << iota
	clientPart
	requestPart
	stampPart
	stampNamePart
	targetPart
	bodyPart
	digestPart
	layoutPart
)

// explanation is one possible mistake of the signer: the change from the right draft to the one that was signed.
type explanation struct {
	parts  part
	causes []Cause // empty for a change that is not a mistake
	apply  func(*draft)
}

// involved reports whether an explanation by the body combines three changes. There are many of those, and none is
// likely beside another mistake, so they are not paired with other explanations.
func (s explanation) involved() bool { return s.parts == bodyPart && len(s.causes) > 2 }

// reading is one reading of a Signature header, with the flaws of its form.
type reading struct {
	mac    []byte
	causes []Cause
}

// search tries no explanation, then each one, then each pair, and returns the first that makes the signature match.
// Only the real explanation can match, since any other would be a collision of HMAC-SHA256.
func (x *examination) search(marks []reading, pairs bool) ([]Cause, draft, bool) {
	if len(marks) == 0 || len(x.Secrets) == 0 {
		return nil, draft{}, false
	}
	try := func(suspects ...explanation) ([]Cause, draft, bool) {
		d := x.base
		var causes []Cause
		for _, s := range suspects {
			s.apply(&d)
			causes = append(causes, s.causes...)
		}
		x.tried++
		mac := x.macs.of(d)
		for _, m := range marks {
			if hmac.Equal(mac, m.mac) {
				return slices.Concat(causes, m.causes), d, true
			}
		}
		return nil, draft{}, false
	}
	if causes, d, ok := try(); ok {
		return causes, d, true
	}
	suspects := x.explanations()
	for _, s := range suspects {
		if causes, d, ok := try(s); ok {
			return causes, d, true
		}
	}
	if !pairs {
		return nil, draft{}, false
	}
	for i, a := range suspects {
		for _, b := range suspects[i+1:] {
			if a.parts&b.parts != 0 || a.involved() || b.involved() {
				continue
			}
			if causes, d, ok := try(a, b); ok {
				return causes, d, true
			}
		}
	}
	return nil, draft{}, false
}

// explanations returns all explanations, the likelier ones first.
func (x *examination) explanations() []explanation {
	return slices.Concat(x.targets(), x.keys(), x.headers(), x.bodies(), x.digests(), x.stamps(), layouts())
}
