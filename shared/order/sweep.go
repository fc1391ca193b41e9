package order

import "time"

// A question about a paid order that DOKU does not answer is asked again every hour, for a day.
const (
	sweepAgain = time.Hour
	sweepFor   = 24 * time.Hour
)

// nextSweep returns the time at which DOKU is asked next about a paid order. Zero means never.
func (o Order) nextSweep(p Policy) time.Time {
	if o.Watch.Sweeps >= len(p.CheckPaidAfter) || o.Captured() == 0 {
		return time.Time{}
	}
	return latest(o.CapturedAt().Add(p.CheckPaidAfter[o.Watch.Sweeps]), o.Watch.NextAt)
}

// Swept records a question about a paid order, if one was due. answered is false if DOKU gave no answer.
func (o Order) Swept(p Policy, answered bool, now time.Time) Order {
	next := o.nextSweep(p)
	if next.IsZero() || now.Before(next) {
		return o
	}
	captured := o.CapturedAt()
	last := captured.Add(p.CheckPaidAfter[o.Watch.Sweeps])
	if !answered && now.Before(last.Add(sweepFor)) {
		o.Watch.NextAt = Stamp(now.Add(sweepAgain))
		return o
	}
	o.Watch.NextAt = time.Time{}
	for o.Watch.Sweeps < len(p.CheckPaidAfter) && !now.Before(captured.Add(p.CheckPaidAfter[o.Watch.Sweeps])) {
		o.Watch.Sweeps++ // one answer serves all that are due
	}
	return o
}
