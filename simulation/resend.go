package simulation

import (
	"slices"
	"time"

	"kasir/shared/order"
)

// doubt counts the attempts at an operation that may have had an effect, as seen from outside.
type doubt struct {
	n            int
	last, before time.Time // begin of the latest attempt, and of the one before
	refused      bool      // DOKU refused the latest, and an earlier one may have been carried out
}

// countDoubts counts an attempt from its intent on. An attempt no longer counts once a write records for certain that
// it had no effect: it was never sent, or DOKU rejected it without reading it.
func (w *World) countDoubts(invoice string, was, is order.Operation) {
	if is.RequestID != was.RequestID {
		was = order.Operation{}
	}
	d := w.doubts[is.RequestID]
	by := w.author
	switch {
	case is.Attempts > was.Attempts:
		if d.n > 0 && is.Kind != order.KindCreatePage {
			w.checkResend(invoice, d, is)
		}
		d.n += is.Attempts - was.Attempts
		d.before, d.last = d.last, w.now
	case by == nil:
		return
	case by.seen.clean == is.RequestID:
		by.seen.clean = ""
		d.n--
		d.last = d.before
	case by.seen.refused == is.RequestID:
		by.seen.refused = ""
		d.refused = is.State == order.Open && d.n > 1 && is.Clean < is.Attempts-1
	default:
		return
	}
	w.doubts[is.RequestID] = d
}

// Times of resending, and the largest difference between the clocks of two processes.
const (
	resendAfter     = 90 * time.Second // default of a schedule
	resendEvery     = 5 * time.Minute
	clockDifference = 20 * time.Second
)

// checkResend checks I16: check status is asked before an operation in doubt is sent again. It is not sent while DOKU
// may still be working on it, nor more often than every five minutes, nor once DOKU has refused it. It guards against
// a double effect where DOKU's memory is shorter than it is trusted to be.
func (w *World) checkResend(invoice string, d doubt, op order.Operation) {
	wait := w.schedule.Resend
	switch {
	case d.n > 1:
		wait = max(wait, resendEvery)
	case wait == 0:
		wait = resendAfter
	}
	switch gap := w.now.Sub(d.last); {
	case d.refused && !w.oldWriters():
		w.violate("I16", "%s: %s is sent again although DOKU refused it while an earlier attempt was in doubt",
			invoice, op.ID)
	case gap < wait-clockDifference && !w.oldWriters(): // they erase the refusal, which alone would hold it back
		w.violate("I16", "%s: %s is sent again %s after an attempt that is in doubt", invoice, op.ID, gap)
	case w.author != nil && !slices.Contains(w.author.seen.statusAsked, invoice):
		w.violate("I16", "%s: %s is in doubt, and is sent again without asking check status", invoice, op.ID)
	}
}
