package diagnose

import (
	"crypto/hmac"
	"slices"
)

// part names what of a draft an explanation changes, so that two that exclude each other are not combined.
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

// suspect is one explanation: the change that leads from what should be signed to what was.
type suspect struct {
	parts  part
	causes []Cause // none for a change that is no mistake
	apply  func(*draft)
}

// involved reports whether a body suspect combines three changes. There are many of those, and none is likely beside
// another mistake, so they are not paired with other suspects.
func (s suspect) involved() bool { return s.parts == bodyPart && len(s.causes) > 2 }

// mark is one reading of a Signature header, with what is wrong with its form.
type mark struct {
	mac    []byte
	causes []Cause
}

// search tries no explanation, then each, then each of the pairs, and returns the first that makes the signature match.
// Anything else than the real explanation would have to collide in HMAC-SHA256.
func (x *examination) search(marks []mark, pairs bool) ([]Cause, draft, bool) {
	if len(marks) == 0 || len(x.Secrets) == 0 {
		return nil, draft{}, false
	}
	try := func(suspects ...suspect) ([]Cause, draft, bool) {
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
	suspects := x.suspects()
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

// suspects are all explanations, the likelier ones first.
func (x *examination) suspects() []suspect {
	return slices.Concat(x.targets(), x.keys(), x.headers(), x.bodies(), x.digests(), x.stamps(), layouts())
}
