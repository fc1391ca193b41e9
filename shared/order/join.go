package order

import (
	"cmp"
	"slices"
	"time"
)

const (
	maxFailures  = 10
	maxConflicts = 5
)

// Join merges two sets of facts.
func Join(a, b Facts) Facts {
	var out Facts
	var differ [3][]string
	out.Authorized, differ[0] = joinReports(a.Authorized, b.Authorized, joinAuthorization)
	out.Captured, differ[1] = joinReports(a.Captured, b.Captured, joinCapture)
	out.Paid, differ[2] = joinReports(a.Paid, b.Paid, joinPayment)
	out.Page = joinPage(a.Page, b.Page)
	out.Expired, out.Released = latest(a.Expired, b.Expired), latest(a.Released, b.Released)
	out.Failures = joinFailures(a.Failures, b.Failures)
	out.Conflicts = joinConflicts(a.Conflicts, b.Conflicts, differ[0], differ[1], differ[2])
	return out
}

// joinReports merges two reports of what happens at most once, and says where they contradict each other.
func joinReports[T any](a, b *T, join func(a, b T) (T, []string)) (*T, []string) {
	if a == nil {
		return b, nil
	}
	if b == nil {
		return a, nil
	}
	joined, differ := join(*a, *b)
	return &joined, differ
}

// joinPage keeps the page that was issued first: the caller may have shown it already.
func joinPage(a, b *Page) *Page {
	if a == nil {
		return b
	}
	if b == nil || cmp.Or(a.At.Compare(b.At), cmp.Compare(a.URL, b.URL), a.ExpiresAt.Compare(b.ExpiresAt)) <= 0 {
		return a
	}
	return b
}

func joinFailures(a, b []Failure) []Failure {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y Failure) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Message, y.Message))
	})
	all = slices.CompactFunc(all, func(x, y Failure) bool { return x.At.Equal(y.At) && x.Code == y.Code && x.Message == y.Message })
	return slices.Clip(all[max(0, len(all)-maxFailures):])
}

func joinConflicts(lists ...[]string) []string {
	if !slices.ContainsFunc(lists, func(list []string) bool { return len(list) > 0 }) {
		return nil
	}
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(lists...))))
	return slices.Clip(all[:min(len(all), maxConflicts)])
}

// joinAuthorization merges two reports of an authorisation field by field, since reports of one event may know
// different fields of it. Reports that name different authorisations are a conflict.
func joinAuthorization(a, b Authorization) (Authorization, []string) {
	var differ []string
	if different(a.ID, b.ID) {
		differ = append(differ, "DOKU reported two different authorisations")
	}
	if a.Amount != b.Amount {
		differ = append(differ, "DOKU reported two amounts of the authorisation")
	}
	return Authorization{
		ID: least(a.ID, b.ID), At: earliest(a.At, b.At), Amount: min(a.Amount, b.Amount), Card: joinCard(a.Card, b.Card),
	}, differ
}

func joinCapture(a, b Capture) (Capture, []string) {
	var differ []string
	if a.Amount != b.Amount {
		differ = append(differ, "DOKU reported two amounts of the capture")
	}
	return Capture{At: earliest(a.At, b.At), Amount: min(a.Amount, b.Amount)}, differ
}

func joinPayment(a, b Payment) (Payment, []string) {
	var differ []string
	if different(a.ApprovalCode, b.ApprovalCode) {
		differ = append(differ, "DOKU reported two payments with different approval codes")
	}
	if a.Amount != b.Amount {
		differ = append(differ, "DOKU reported two amounts of the payment")
	}
	return Payment{
		At: earliest(a.At, b.At), Amount: min(a.Amount, b.Amount), ApprovalCode: least(a.ApprovalCode, b.ApprovalCode),
		Acquirer: least(a.Acquirer, b.Acquirer), Card: joinCard(a.Card, b.Card),
	}, differ
}

func joinCard(a, b Card) Card {
	return Card{
		Masked: least(a.Masked, b.Masked), Brand: least(a.Brand, b.Brand),
		Issuer: least(a.Issuer, b.Issuer), Type: least(a.Type, b.Type),
	}
}

func different(a, b string) bool { return a != "" && b != "" && a != b }

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
