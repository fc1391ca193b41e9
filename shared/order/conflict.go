package order

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// ConflictKind is the kind of mismatch between DOKU's report and the request.
type ConflictKind string

const (
	// The kinds. The comments describe the report.
	ConflictAmount           ConflictKind = "amount"            // another amount than the order's
	ConflictSecondPayment    ConflictKind = "second_payment"    // another approval code: two payments of one order
	ConflictSecondCard       ConflictKind = "second_card"       // another card: two payments of one order
	ConflictPaidBeside       ConflictKind = "paid_beside"       // paid at once, and also authorised or captured
	ConflictAuthorization    ConflictKind = "authorization"     // a second authorisation
	ConflictCaptureAmount    ConflictKind = "capture_amount"    // a second amount of the capture
	ConflictWord             ConflictKind = "word"              // success of an unknown type or status
	ConflictChannel          ConflictKind = "channel"           // a payment through a channel other than cards
	ConflictRequestID        ConflictKind = "request_id"        // a payment of a page that kasir did not ask for
	ConflictOldReport        ConflictKind = "old_report"        // dated before the order was made
	ConflictInvoice          ConflictKind = "invoice"           // about another invoice
	ConflictCaptureElsewhere ConflictKind = "capture_elsewhere" // a capture that kasir did not ask for
	ConflictWentBack         ConflictKind = "went_back"         // a refund or void that kasir did not ask for
	ConflictEarlierVersion   ConflictKind = "earlier_version"   // stored by a version whose conflicts had no kind
	ConflictOverflow         ConflictKind = "overflow"          // more conflicts than are kept
	maxConflicts                          = 20
	maxConflictDetails                    = 200 // bytes
)

// Conflict is a report of DOKU that does not match the request. The order's money moves no further until a person has
// decided about it.
type Conflict struct {
	ID        string // digest of Kind and Value
	Kind      ConflictKind
	Value     string // distinguishes conflicts of one kind
	Detail    string // the sentence for a person
	At        time.Time
	LearnedAt time.Time
	// News is the reported money, which does not count yet: one of Paid, Authorized and Captured. If it is nil, a
	// person can only decide that none counts.
	News *Facts
}

// Decision is a person's decision about a conflict: the reported payment counts, or none does. The first decision
// stands.
type Decision struct {
	ID     string // of the conflict
	Counts bool
	Act    Act
}

// Remark is a report that a person should see. It does not keep the order's money from moving.
type Remark struct {
	Kind AttentionKind // one of the kinds Remark…, or ReasonAmountCorrected
	// Subject is the amount of ReasonAmountCorrected, and that of moreRemarks. Otherwise it is empty, and Detail
	// distinguishes remarks.
	Subject string
	Detail  string
	At      time.Time // when kasir learned it
}

const maxRemarks = 20

// moreRemarks stands for the remarks that are not kept. It has no time, because it must not depend on the order of the
// reports.
var moreRemarks = Remark{Kind: RemarkElsewhere, Subject: "overflow",
	Detail: "DOKU reported more than is kept here: compare every transaction of the invoice number. Further reports " +
		"are not shown."}

// same reports whether two remarks are about one report.
func (r Remark) same(other Remark) bool {
	return r.Kind == other.Kind && r.Subject == other.Subject && r.Detail == other.Detail
}

// NewConflict returns a conflict of a kind. Its ID is a digest of kind and value. It keeps the first 200 bytes of
// detail, and the first report of money in news.
func NewConflict(kind ConflictKind, value, detail string, news Facts) Conflict {
	sum := sha256.Sum256([]byte(string(kind) + "|" + value))
	if len(detail) > maxConflictDetails {
		detail = strings.ToValidUTF8(detail[:maxConflictDetails], "")
	}
	c := Conflict{ID: hex.EncodeToString(sum[:6]), Kind: kind, Value: value, Detail: detail}
	switch {
	case news.Paid != nil:
		c.News, c.At, c.LearnedAt = &Facts{Paid: news.Paid}, news.Paid.At, news.Paid.LearnedAt
	case news.Authorized != nil:
		c.News, c.At, c.LearnedAt = &Facts{Authorized: news.Authorized}, news.Authorized.At, news.Authorized.LearnedAt
	case news.Captured != nil:
		c.News, c.At, c.LearnedAt = &Facts{Captured: news.Captured}, news.Captured.At, news.Captured.LearnedAt
	}
	return c
}

// withConflict adds a conflict to f.
func (f Facts) withConflict(c Conflict) Facts {
	f.Conflicts, f.Overflow = joinConflicts(f.Overflow, f.Conflicts, []Conflict{c})
	return f
}

// Conflicts lists every conflict: the reported ones first, then those that follow from facts which exclude each other.
func (o Order) Conflicts() []Conflict {
	f := o.Facts
	all := slices.Clip(f.Conflicts)
	beside := func(detail string) {
		all = append(all, NewConflict(ConflictPaidBeside, detail, detail, Facts{}))
	}
	if f.Paid != nil && !o.Plan.AutoCapture {
		switch {
		case f.Captured != nil:
			beside("DOKU reported a payment at once and a capture")
		case f.Authorized != nil:
			beside("DOKU reported a payment at once and an authorisation")
		}
	}
	if p := f.Paid; p != nil {
		all = append(all, cardConflicts("payments", p.Card, p.OtherCards)...)
	}
	if a := f.Authorized; a != nil {
		all = append(all, cardConflicts("authorisations", a.Card, a.OtherCards)...)
	}
	if f.overflow() {
		all = append(all, NewConflict(ConflictOverflow, "", "DOKU reported more conflicts than are kept", Facts{}))
	}
	return all
}

// overflow reports whether more conflicts were reported than are kept.
func (f Facts) overflow() bool {
	return f.Overflow || f.Paid != nil && len(f.Paid.OtherCards) >= maxCards-1 ||
		f.Authorized != nil && len(f.Authorized.OtherCards) >= maxCards-1
}

// cardConflicts lists the conflicts between reports that name different cards.
func cardConflicts(of string, card Card, others []string) []Conflict {
	if len(others) == 0 {
		return nil
	}
	var all []Conflict
	for _, masked := range otherCards(card, others) {
		all = append(all, NewConflict(ConflictSecondCard, of+" "+masked,
			"DOKU reported "+of+" with another card, "+masked, Facts{}))
	}
	return all
}

// OpenConflicts lists the conflicts without a decision.
func (o Order) OpenConflicts() []Conflict {
	var open []Conflict
	for _, c := range o.Conflicts() {
		if _, decided := o.Decision(c.ID); !decided {
			open = append(open, c)
		}
	}
	return open
}

// Decision returns the decision about a conflict, by the conflict's ID.
func (o Order) Decision(conflict string) (Decision, bool) {
	i := slices.IndexFunc(o.Facts.Decisions, func(d Decision) bool { return d.ID == conflict })
	if i < 0 {
		return Decision{}, false
	}
	return o.Facts.Decisions[i], true
}

// Decide records a person's decision about a conflict, as found in DOKU's Back Office: the reported payment counts, or
// none does. The first decision stands. The same person may repeat it. Errors: *NotAllowed.
func (o Order) Decide(conflict string, counts bool, act Act) (Order, error) {
	all := o.Conflicts()
	i := slices.IndexFunc(all, func(c Conflict) bool { return c.ID == conflict })
	if i < 0 {
		return o, notAllowed("/conflict", "The order has no such conflict.")
	}
	c := all[i]
	if made, decided := o.Decision(conflict); decided {
		if made.Counts == counts && made.Act.By == act.By { // a repeat whose first answer was lost
			return o, nil
		}
		return o, notAllowed("", "The conflict was decided already, at %s by %s.", made.Act.At.Format(time.RFC3339),
			made.Act.By)
	}
	switch {
	case c.Kind == ConflictOverflow:
		return o, notAllowed("", "DOKU reported more conflicts than are kept: settle this order in DOKU's Back Office.")
	case counts && c.News == nil:
		return o, notAllowed("/decision", "must be none: the conflict contains no payment that could count")
	case counts && (c.News.Money() <= 0 || c.News.Money() > o.Amount):
		return o, notAllowed("/decision", "must be none: the reported amount is not between 1 and the order's, %d",
			o.Amount)
	case counts && (o.Captured() > 0 || o.Facts.Authorized != nil && c.News.Captured == nil):
		return o, notAllowed("/decision", "must be none: the order has a payment already; "+
			"give the other back in DOKU's Back Office")
	}
	decision := Facts{Decisions: []Decision{{ID: conflict, Counts: counts, Act: act.stamped()}}}
	if counts {
		decision = Join(decision, *c.News)
	}
	o = o.join(decision)
	return o.note(act.At, "decided", conflict, decisionWord(counts)), nil
}

func decisionWord(counts bool) string {
	if counts {
		return "counts"
	}
	return "none"
}

const maxNote = 500 // bytes

// MaxNote is the greatest length of a note in bytes. A longer one is cut.
const MaxNote = maxNote

// stamped returns the act with its note cut to MaxNote and its time as Stamp returns it.
func (a Act) stamped() Act {
	if len(a.Note) > maxNote {
		a.Note = strings.ToValidUTF8(a.Note[:maxNote], "")
	}
	a.At = Stamp(a.At)
	return a
}
