package order

// proof is the conclusion from an outcome.
type proof int

const (
	proofNone proof = iota // the attempt is in doubt, or did nothing
	proofDone
	proofRefused
	proofHalt // nothing is proven, and sending the request again is useless
)

// classify returns the proof in an outcome.
//
// An attempt to make a page is never in doubt, since nobody holds a page that was not received. A first attempt to
// capture or refund is believed as far as the policy for signatures let the answer through. Once an earlier attempt is
// in doubt, only signed answers settle it. A refusal may then answer a repeat although the first attempt was carried
// out, unless DOKU gives its first answer again. An outcome with Attempt 0 comes from a signed report.
func (op Operation) classify(p Policy, out Outcome) proof {
	page := op.Kind == KindCreatePage
	inDoubt := !page && op.doubtBefore()
	switch {
	case out.State == Done && inDoubt && !out.Signed && out.Attempt > 0:
		return proofNone
	case out.State == Done:
		return proofDone
	case out.Halt:
		return proofHalt
	case out.State != Refused || out.NoEffect:
		return proofNone
	case page:
		return proofRefused
	case out.Signed && (!inDoubt || out.Replayed):
		return proofRefused
	case inDoubt || p.BelieveUnsigned:
		return proofHalt
	}
	return proofNone
}
