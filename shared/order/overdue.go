package order

import (
	"fmt"
	"slices"
	"time"
)

// MaxSettleWithin is the most working days that Policy.SettleWithin may have.
const MaxSettleWithin = 60

// jakarta is WIB, in which DOKU settles. Indonesia has no summer time.
var jakarta = time.FixedZone("WIB", 7*60*60)

// Day is a day in WIB, such as 2026-12-25.
type Day string

// ParseDay reads a day.
func ParseDay(text string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("%q is not a day such as 2026-12-25", text)
	}
	return Day(text), nil
}

// works reports whether DOKU settles on the day of a time.
func (p Policy) works(day time.Time) bool {
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return !weekend && !slices.Contains(p.Holidays, Day(day.Format(time.DateOnly)))
}

// overdueAt returns the time from which a payment is overdue if it was not settled: the end of the last of
// SettleWithin working days after its day.
func (p Policy) overdueAt(paid time.Time) time.Time {
	year, month, date := paid.In(jakarta).Date()
	day := time.Date(year, month, date, 0, 0, 0, 0, jakarta)
	for left := p.SettleWithin; left > 0; {
		if day = day.AddDate(0, 0, 1); p.works(day) {
			left--
		}
	}
	return day.AddDate(0, 0, 1).UTC()
}

// nextOverdue returns the time of the look whether the payment is overdue. Zero means never.
func (o Order) nextOverdue(p Policy) time.Time {
	if p.SettleWithin <= 0 || !o.awaitsSettlement() || !o.Watch.OverdueAt.IsZero() || o.Watch.Unsettled {
		return time.Time{}
	}
	return p.overdueAt(o.CapturedAt())
}

// awaitsSettlement reports whether DOKU has taken money that it must still pay out. Money that went back whole is not
// paid out.
func (o Order) awaitsSettlement() bool {
	return o.Captured() > 0 && len(o.Facts.Settled) == 0 && !o.wentBack()
}

// Overdue reports whether it is time to look whether the payment is overdue.
func (o Order) Overdue(p Policy, now time.Time) bool {
	at := o.nextOverdue(p)
	return !at.IsZero() && !now.Before(at)
}

// RecordOverdue records the look whether the payment is overdue. reports is the time since which settlement reports are
// read, and zero if none was read. A payment from before that time is not in those reports, so it is not looked at
// again.
func (o Order) RecordOverdue(p Policy, reports, now time.Time) (next Order, unchanged bool) {
	if !o.Overdue(p, now) {
		return o, true
	}
	if reports.IsZero() || o.CapturedAt().Before(reports) {
		o.Watch.Unsettled = true
		return o, false
	}
	o.Watch.OverdueAt = Stamp(now)
	return o.note(now, "not_settled", "", ""), false
}

// overdueCase returns the case of a payment that is overdue.
func (o Order) overdueCase() []Case {
	if o.Watch.OverdueAt.IsZero() || !o.awaitsSettlement() {
		return nil
	}
	return []Case{{Kind: ReasonNotSettled, Since: o.Watch.OverdueAt, Detail: notSettledDetail}}
}

const notSettledDetail = "No settlement report has the payment, and the time in which DOKU settles is over."
