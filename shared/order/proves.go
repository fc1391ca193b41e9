package order

// proof is what an outcome proves about an operation.
type proof int

const (
	provesNothing proof = iota // the attempt is in doubt, or did nothing
	provesDone
	provesRefused
	halts // nothing, and sending the request again is useless
)

// proves sorts an outcome. An attempt to make a page is never in doubt: nobody holds a page that was not received. Of a
// capture or refund, a first attempt is believed as far as the signatures' policy let the answer through; once an earlier
// attempt is in doubt, only what DOKU signed settles it. A refusal then may be the answer to a repeat whose first was
// done, except where DOKU gives its first answer again. What did not come from an attempt (Attempt is 0) is a signed report.
func (op Operation) proves(p Policy, out Outcome) proof {
	page := op.Kind == CreatePage
	inDoubt := !page && op.doubtBefore()
	switch {
	case out.State == Done && inDoubt && !out.Signed && out.Attempt > 0:
		return provesNothing
	case out.State == Done:
		return provesDone
	case out.Halt:
		return halts
	case out.State != Refused || out.NoEffect:
		return provesNothing
	case page:
		return provesRefused
	case out.Signed && (!inDoubt || out.Replayed):
		return provesRefused
	case inDoubt || p.BelieveUnsigned:
		return halts
	}
	return provesNothing
}
