package order

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	maxFailures = 10
	maxCards    = 20 // masked numbers kept of one payment
)

// Join merges two sets of facts.
func Join(a, b Facts) Facts {
	var out Facts
	if out.Forgotten = joinAct(a.Forgotten, b.Forgotten); out.Forgotten != nil {
		a, b = a.withoutCards(), b.withoutCards()
	}
	var differ [3][]Conflict
	out.Authorized, differ[0] = joinReports(a.Authorized, b.Authorized, joinAuthorization)
	out.Captured, differ[1] = joinReports(a.Captured, b.Captured, joinCapture)
	out.Paid, differ[2] = joinReports(a.Paid, b.Paid, joinPayment)
	out.Page = joinPage(a.Page, b.Page)
	out.Expired, out.Released = latest(a.Expired, b.Expired), latest(a.Released, b.Released)
	out.Closed = joinAct(a.Closed, b.Closed)
	out.Failures = joinFailures(a.Failures, b.Failures)
	out.Conflicts, out.Overflow = joinConflicts(a.Overflow || b.Overflow, a.Conflicts, b.Conflicts, differ[0],
		differ[1], differ[2])
	out.Decisions = joinDecisions(a.Decisions, b.Decisions)
	out.Remarks = joinRemarks(a.Remarks, b.Remarks)
	out.Movements, out.MoreMovements = joinMovements(a.Movements, b.Movements, a.MoreMovements || b.MoreMovements)
	out.Restored = joinRestored(a.Restored, b.Restored)
	out.Withdrawn, out.Settled = joinWithdrawals(a.Withdrawn, b.Withdrawn), joinSettled(a.Settled, b.Settled)
	return out
}

// joinReports merges two reports of something that happens at most once. It also returns the conflicts between them.
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

// joinPage returns the newest page. Of two pages of one generation it returns the one that was issued first, since the
// caller may have shown it.
func joinPage(a, b *Page) *Page {
	if a == nil {
		return b
	}
	if b == nil || cmp.Or(cmp.Compare(max(b.Generation, 1), max(a.Generation, 1)),
		a.At.Compare(b.At), cmp.Compare(a.URL, b.URL), a.ExpiresAt.Compare(b.ExpiresAt),
		cmp.Compare(a.Generation, b.Generation)) <= 0 {
		return a
	}
	return b
}

// joinFailures keeps each failure as it was learned first, and of all the latest maxFailures.
func joinFailures(a, b []Failure) []Failure {
	all := slices.Concat(a, b)
	same := func(x, y Failure) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Message, y.Message))
	}
	slices.SortFunc(all, func(x, y Failure) int { return cmp.Or(same(x, y), x.LearnedAt.Compare(y.LearnedAt)) })
	// Keeps the first, which was learned first.
	all = slices.CompactFunc(all, func(x, y Failure) bool { return same(x, y) == 0 })
	return slices.Clip(all[max(0, len(all)-maxFailures):])
}

// joinConflicts keeps each conflict as it was learned first, and of all the maxConflicts with the lowest IDs. It
// reports whether there were more.
func joinConflicts(overflow bool, lists ...[]Conflict) ([]Conflict, bool) {
	all := slices.Concat(lists...)
	if len(all) == 0 {
		return nil, overflow
	}
	slices.SortFunc(all, func(x, y Conflict) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), compareKnown(x.LearnedAt, y.LearnedAt), x.At.Compare(y.At),
			cmp.Compare(x.Detail, y.Detail), compareNews(x.News, y.News))
	})
	all = slices.CompactFunc(all, func(x, y Conflict) bool { return x.ID == y.ID })
	return slices.Clip(all[:min(len(all), maxConflicts)]), overflow || len(all) > maxConflicts
}

// compareKnown orders times, with the unknown time last.
func compareKnown(a, b time.Time) int {
	switch {
	case a.IsZero() == b.IsZero():
		return a.Compare(b)
	case a.IsZero():
		return 1
	}
	return -1
}

// compareNews orders reports with equal times.
func compareNews(a, b *Facts) int {
	return cmp.Compare(fmt.Sprintf("%+v", moneyReport(a)), fmt.Sprintf("%+v", moneyReport(b)))
}

// moneyReport returns the first report of money in f, without its pointer.
func moneyReport(f *Facts) any {
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
		return cmp.Or(cmp.Compare(x.ID, y.ID), compareActs(x.Act, y.Act),
			cmp.Compare(decisionWord(x.Counts), decisionWord(y.Counts)))
	})
	return slices.Clip(slices.CompactFunc(all, func(x, y Decision) bool { return x.ID == y.ID }))
}

func compareActs(a, b Act) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.By, b.By), cmp.Compare(a.Username, b.Username),
		cmp.Compare(a.Note, b.Note))
}

func joinAct(a, b *Act) *Act {
	if a == nil || b != nil && compareActs(*b, *a) < 0 {
		return b
	}
	return a
}

// joinRemarks keeps each remark as it was learned first, and of all the first maxRemarks by kind and detail. If there
// are more, moreRemarks stands for the others.
func joinRemarks(a, b []Remark) []Remark {
	all := slices.Concat(a, b)
	if len(all) == 0 {
		return nil
	}
	same := func(x, y Remark) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Subject, y.Subject), cmp.Compare(x.Detail, y.Detail))
	}
	slices.SortFunc(all, func(x, y Remark) int { return cmp.Or(same(x, y), x.At.Compare(y.At)) })
	all = slices.CompactFunc(all, func(x, y Remark) bool { return same(x, y) == 0 })
	kept := slices.DeleteFunc(slices.Clone(all), moreRemarks.same)
	if len(kept) > maxRemarks || len(kept) < len(all) {
		kept = append(kept[:min(len(kept), maxRemarks)], moreRemarks)
	}
	return slices.Clip(kept)
}

// joinAuthorization merges two reports of an authorisation field by field, since each may leave out fields. Two
// acceptable amounts are no conflict: the lower one counts.
func joinAuthorization(a, b Authorization) (Authorization, []Conflict) {
	id, differ := joinID(ConflictAuthorization, "DOKU reported two different authorisations", a.ID, b.ID)
	card, others := joinCard(a.Card, b.Card, a.OtherCards, b.OtherCards)
	return Authorization{
		ID: id, At: earliest(a.At, b.At), LearnedAt: earliest(a.LearnedAt, b.LearnedAt),
		Amount: min(a.Amount, b.Amount), Card: card,
		OtherCards: others, PageID: pageOfKept(a.ID, a.PageID, b.ID, b.PageID),
	}, differ
}

// pageOfKept returns the page of the authorisation or payment that is kept. idA and idB are the authorize_ids or
// approval codes. A capture takes the kept one, and a refund names its page.
func pageOfKept(idA, pageA, idB, pageB string) string {
	switch {
	case idA == idB:
		return minNonEmpty(pageA, pageB)
	case minNonEmpty(idA, idB) == idA:
		return pageA
	}
	return pageB
}

func joinCapture(a, b Capture) (Capture, []Conflict) {
	var differ []Conflict
	if more := max(a.Amount, b.Amount); a.Amount != b.Amount {
		differ = []Conflict{NewConflict(ConflictCaptureAmount, strconv.FormatInt(more, 10),
			"DOKU reported two amounts of the capture", Facts{})}
	}
	return Capture{At: earliest(a.At, b.At), LearnedAt: earliest(a.LearnedAt, b.LearnedAt),
		Amount: min(a.Amount, b.Amount)}, differ
}

func joinPayment(a, b Payment) (Payment, []Conflict) {
	code, differ := joinID(ConflictSecondPayment, "DOKU reported two payments with different approval codes",
		a.ApprovalCode, b.ApprovalCode)
	card, others := joinCard(a.Card, b.Card, a.OtherCards, b.OtherCards)
	return Payment{
		At: earliest(a.At, b.At), LearnedAt: earliest(a.LearnedAt, b.LearnedAt), Amount: min(a.Amount, b.Amount),
		ApprovalCode: code, Acquirer: minNonEmpty(a.Acquirer, b.Acquirer), Card: card, OtherCards: others,
		PageID: pageOfKept(a.ApprovalCode, a.PageID, b.ApprovalCode, b.PageID),
	}, differ
}

// joinID merges two values that should be equal. It keeps the lower one, and the other becomes a conflict. Therefore,
// of any number of values in any order, all except the lowest become conflicts.
func joinID(kind ConflictKind, detail, a, b string) (string, []Conflict) {
	if a == "" || b == "" || a == b {
		return max(a, b), nil
	}
	return min(a, b), []Conflict{NewConflict(kind, max(a, b), detail, Facts{})}
}

// joinCard returns the report with the most known fields, whole, and the masked numbers of the other reports.
func joinCard(a, b Card, othersA, othersB []string) (Card, []string) {
	kept := a
	if cmp.Or(cmp.Compare(b.knownFields(), a.knownFields()), cmp.Compare(a.Masked, b.Masked),
		cmp.Compare(a.Brand, b.Brand),
		cmp.Compare(a.Issuer, b.Issuer), cmp.Compare(a.Type, b.Type)) > 0 {
		kept = b
	}
	all := slices.Concat([]string{a.Masked, b.Masked}, othersA, othersB)
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(masked string) bool { return masked == "" })
	all = slices.DeleteFunc(all[:min(len(all), maxCards)], func(masked string) bool { return masked == kept.Masked })
	if len(all) == 0 {
		return kept, nil
	}
	return kept, slices.Clip(all)
}

// otherCards returns the masked numbers that belong to another card than one before them in sorted order.
func otherCards(card Card, others []string) []string {
	all := slices.Sorted(slices.Values(append([]string{card.Masked}, others...)))
	var differ []string
	for i, masked := range all {
		if slices.ContainsFunc(all[:i], func(before string) bool { return otherCard(before, masked) }) {
			differ = append(differ, masked)
		}
	}
	return differ
}

// knownFields counts the fields that are not empty.
func (c Card) knownFields() int {
	n := 0
	for _, field := range []string{c.Masked, c.Brand, c.Issuer, c.Type} {
		if field != "" {
			n++
		}
	}
	return n
}

// otherCard reports whether two masked numbers belong to different cards: a position that holds digits in both
// differs.
func otherCard(a, b string) bool {
	if len(a) != len(b) { // masks of different lengths: compare the last four characters
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

// minNonEmpty returns the lower of two strings. An empty string does not count.
func minNonEmpty(a, b string) string {
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
