package order

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const maxFailures = 10

// Join merges two sets of facts.
func Join(a, b Facts) Facts {
	var out Facts
	var differ [3][]Conflict
	known := slices.Concat(a.Conflicts, b.Conflicts)
	join := joiner{known}
	out.Authorized, differ[0] = joinReports(a.Authorized, b.Authorized, join.authorization)
	out.Captured, differ[1] = joinReports(a.Captured, b.Captured, join.capture)
	out.Paid, differ[2] = joinReports(a.Paid, b.Paid, join.payment)
	out.Page = joinPage(a.Page, b.Page)
	out.Expired, out.Released = latest(a.Expired, b.Expired), latest(a.Released, b.Released)
	out.Closed = joinAct(a.Closed, b.Closed)
	out.Failures = joinFailures(a.Failures, b.Failures)
	out.Conflicts, out.Overflow = joinConflicts(a.Overflow || b.Overflow, known, differ[0], differ[1], differ[2])
	out.Decisions = joinDecisions(a.Decisions, b.Decisions)
	out.Remarks = joinRemarks(a.Remarks, b.Remarks)
	return out
}

// joinReports merges two reports of what happens at most once, and says where they contradict each other.
func joinReports[T any](a, b *T, join func(a, b T) (T, []Conflict)) (*T, []Conflict) {
	if a == nil {
		return b, nil
	}
	if b == nil {
		return a, nil
	}
	joined, differ := join(*a, *b)
	return &joined, differ
}

// joinPage keeps the newest page; of one generation, that which was issued first: the caller may have shown it already.
func joinPage(a, b *Page) *Page {
	if a == nil {
		return b
	}
	if b == nil || cmp.Or(cmp.Compare(max(b.Generation, 1), max(a.Generation, 1)),
		a.At.Compare(b.At), cmp.Compare(a.URL, b.URL), a.ExpiresAt.Compare(b.ExpiresAt)) <= 0 {
		return a
	}
	return b
}

func joinFailures(a, b []Failure) []Failure {
	all := slices.Concat(a, b)
	same := func(x, y Failure) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Message, y.Message))
	}
	slices.SortFunc(all, func(x, y Failure) int { return cmp.Or(same(x, y), x.LearnedAt.Compare(y.LearnedAt)) })
	all = slices.CompactFunc(all, func(x, y Failure) bool { return same(x, y) == 0 }) // keeps the first: what was learned first
	return slices.Clip(all[max(0, len(all)-maxFailures):])
}

// joinConflicts keeps the maxConflicts of the least ids, each as it was learned first, and reports whether there were more.
func joinConflicts(overflow bool, lists ...[]Conflict) ([]Conflict, bool) {
	all := slices.Concat(lists...)
	if len(all) == 0 {
		return nil, overflow
	}
	slices.SortFunc(all, func(x, y Conflict) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), x.LearnedAt.Compare(y.LearnedAt), x.At.Compare(y.At), cmp.Compare(x.Detail, y.Detail), compareNews(x.News, y.News))
	})
	all = slices.CompactFunc(all, func(x, y Conflict) bool { return x.ID == y.ID })
	return slices.Clip(all[:min(len(all), maxConflicts)]), overflow || len(all) > maxConflicts
}

// compareNews orders reports that have the same times.
func compareNews(a, b *Facts) int {
	return cmp.Compare(fmt.Sprintf("%+v", keyOf(a)), fmt.Sprintf("%+v", keyOf(b)))
}

func keyOf(f *Facts) any {
	switch {
	case f == nil:
		return nil
	case f.Paid != nil:
		return *f.Paid
	case f.Authorized != nil:
		return *f.Authorized
	case f.Captured != nil:
		return *f.Captured
	}
	return nil
}

// joinDecisions keeps the first decision about each conflict.
func joinDecisions(a, b []Decision) []Decision {
	all := slices.Concat(a, b)
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(x, y Decision) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), compareActs(x.Act, y.Act), cmp.Compare(decisionWord(x.Counts), decisionWord(y.Counts)))
	})
	return slices.Clip(slices.CompactFunc(all, func(x, y Decision) bool { return x.ID == y.ID }))
}

func compareActs(a, b Act) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.By, b.By), cmp.Compare(a.Username, b.Username), cmp.Compare(a.Note, b.Note))
}

func joinAct(a, b *Act) *Act {
	if a == nil || b != nil && compareActs(*b, *a) < 0 {
		return b
	}
	return a
}

// joinRemarks keeps each remark as it was learned first, and the maxRemarks of the least kind and detail.
func joinRemarks(a, b []Remark) []Remark {
	all := slices.Concat(a, b)
	if len(all) == 0 {
		return nil
	}
	same := func(x, y Remark) int { return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Detail, y.Detail)) }
	slices.SortFunc(all, func(x, y Remark) int { return cmp.Or(same(x, y), x.At.Compare(y.At)) })
	all = slices.CompactFunc(all, func(x, y Remark) bool { return same(x, y) == 0 })
	return slices.Clip(all[:min(len(all), maxRemarks)])
}

// joiner merges two reports of one thing, among the conflicts that are known of it. Of values that should be one, the least
// is kept, and each other is a conflict: so the order of joining does not matter.
type joiner struct{ known []Conflict }

// least keeps the least of values and of those that are conflicts of a kind already. The others are conflicts.
func (j joiner) least(kind ConflictKind, detail string, differ func(a, b string) bool, values ...string) (string, []Conflict) {
	for _, c := range j.known {
		if c.Kind == kind {
			values = append(values, c.Value)
		}
	}
	values = slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(values, func(v string) bool { return v == "" }))))
	if len(values) == 0 {
		return "", nil
	}
	var conflicts []Conflict
	for _, other := range values[1:] {
		if differ(values[0], other) {
			conflicts = append(conflicts, NewConflict(kind, other, detail, Facts{}))
		}
	}
	return values[0], conflicts
}

func unequal(a, b string) bool { return a != b }

// authorization merges two reports of an authorisation field by field, since reports of one event may know different
// fields of it. Two amounts that both are acceptable are no contradiction: the lower counts.
func (j joiner) authorization(a, b Authorization) (Authorization, []Conflict) {
	id, held := j.least(ConflictHold, "DOKU reported two different authorisations", unequal, a.ID, b.ID)
	card, cards := j.card(a.Card, b.Card)
	return Authorization{
		ID: id, At: earliest(a.At, b.At), LearnedAt: earliest(a.LearnedAt, b.LearnedAt), Amount: min(a.Amount, b.Amount), Card: card,
		PageID: least(a.PageID, b.PageID),
	}, slices.Concat(held, cards)
}

func (j joiner) capture(a, b Capture) (Capture, []Conflict) {
	amount := func(n int64) string { return fmt.Sprintf("%012d", n) }
	_, differ := j.least(ConflictCapture, "DOKU reported two amounts of the capture", unequal, amount(a.Amount), amount(b.Amount))
	return Capture{At: earliest(a.At, b.At), LearnedAt: earliest(a.LearnedAt, b.LearnedAt), Amount: min(a.Amount, b.Amount)}, differ
}

func (j joiner) payment(a, b Payment) (Payment, []Conflict) {
	code, codes := j.least(ConflictApproval, "DOKU reported two payments with different approval codes", unequal, a.ApprovalCode, b.ApprovalCode)
	card, cards := j.card(a.Card, b.Card)
	return Payment{
		At: earliest(a.At, b.At), LearnedAt: earliest(a.LearnedAt, b.LearnedAt), Amount: min(a.Amount, b.Amount),
		ApprovalCode: code, Acquirer: least(a.Acquirer, b.Acquirer), Card: card,
		PageID: least(a.PageID, b.PageID),
	}, slices.Concat(codes, cards)
}

// card keeps one report whole: that which says most. Another card is a conflict.
func (j joiner) card(a, b Card) (Card, []Conflict) {
	_, differ := j.least(ConflictCard, "DOKU reported payments with two cards", otherCard, a.Masked, b.Masked)
	if cmp.Or(cmp.Compare(b.filled(), a.filled()), cmp.Compare(a.Masked, b.Masked), cmp.Compare(a.Brand, b.Brand),
		cmp.Compare(a.Issuer, b.Issuer), cmp.Compare(a.Type, b.Type)) <= 0 {
		return a, differ
	}
	return b, differ
}

// filled counts the fields that are known.
func (c Card) filled() int {
	n := 0
	for _, field := range []string{c.Masked, c.Brand, c.Issuer, c.Type} {
		if field != "" {
			n++
		}
	}
	return n
}

// otherCard reports whether two masked numbers are of different cards: a position with digits in both differs.
func otherCard(a, b string) bool {
	if len(a) != len(b) { // the masks may be of different lengths: compare the last four
		return len(a) >= 4 && len(b) >= 4 && otherCard(a[len(a)-4:], b[len(b)-4:])
	}
	for i := range len(a) {
		if digit(a[i]) && digit(b[i]) && a[i] != b[i] {
			return true
		}
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// least is the smaller of two texts, where an empty one is no text.
func least(a, b string) string {
	if a == "" || (b != "" && b < a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
