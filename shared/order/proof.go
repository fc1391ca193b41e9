package order

// proof is what an outcome proves about an operation.
type proof int

const (
	proofNone proof = iota // the attempt is in doubt, or did nothing
	proofDone
	proofRefused
	proofHalt // nothing, and sending the request again is useless
)

// proves sorts an outcome. An attempt to make a page is never in doubt: nobody holds a page that was not received. Of a
// capture or refund, a first attempt is believed as far as the signatures' policy let the answer through; once an earlier
// attempt is in doubt, only what DOKU signed settles it. A refusal then may be the answer to a repeat whose first was
// done, except where DOKU gives its first answer again. What did not come from an attempt (Attempt is 0) is a signed report.
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
