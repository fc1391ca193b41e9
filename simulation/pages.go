package simulation

import (
	"context"
	"slices"
	"time"

	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// page is a payment page at DOKU. It may live longer than kasir believes, and another of its number may be paid too.
type page struct {
	id        string // Request-Id that made it
	kind      string // SALE, AUTHORIZE
	auto      bool   // captured as soon as it is authorised
	amount    int64  // asked for
	end       time.Time
	elsewhere bool // kasir did not ask for it
	paid      bool
}

// page returns the page with a Request-Id, or nil.
func (l *ledger) page(id string) *page {
	i := slices.IndexFunc(l.pages, func(p *page) bool { return p.id == id })
	if i < 0 {
		return nil
	}
	return l.pages[i]
}

// latest returns the page that was made last.
func (l *ledger) latest() *page {
	if len(l.pages) == 0 {
		return &page{id: "unknown", kind: "SALE", amount: 5000}
	}
	return l.pages[len(l.pages)-1]
}

// createPage makes a page, unless it refuses.
func (d *DOKU) createPage(s *dokuRequest, p *passage) *reply {
	if p.refuse {
		return d.refusal(s, 400, "INVALID_PARAMETER", "simulated")
	}
	w := d.w
	w.checkIntent(s)
	l := d.ledgers[s.invoice]
	if l == nil {
		l = &ledger{invoice: s.invoice, autoType: pick(w, "SALE", "AUTHORIZE", "CAPTURE")}
		d.ledgers[s.invoice] = l
	}
	if l.page(s.requestID) == nil {
		made := &page{id: s.requestID, kind: s.fields.Payment.Type, auto: s.fields.Payment.AutoCapture,
			amount: s.fields.Order.Amount}
		made.end = w.now.Add(pick(w, pageLifetime, pageLifetime, 2*pageLifetime, 20*time.Hour))
		if made.kind == "" {
			made.kind = "SALE"
		}
		l.pages = append(l.pages, made)
	}
	return &reply{status: 200, body: s.page(s.invoice, s.fields.Order.Amount, pageURL(s.requestID)),
		sign: d.signatureFor(s, false)}
}

// askForNextPages lets callers ask again at about the end of a page, with the same body or another.
func (w *World) askForNextPages(p *plan, start time.Duration) {
	for i := range p.again {
		at := start + time.Duration(i+1)*pageLifetime
		at += pick(w, -20*time.Second, 30*time.Second, 5*time.Minute, 40*time.Minute, 3*time.Hour, 26*time.Hour)
		e := w.createTask(p)
		if w.chance(100) {
			e = w.otherAmountTask(p)
		}
		w.scheduleTask(at, e)
	}
}

// otherAmountTask asks for the same invoice number with another amount. That is allowed where the first request had no
// effect.
func (w *World) otherAmountTask(p *plan) *task {
	request := payment.PageRequest{CreatePageRequest: p.request, Caller: merchant}
	if request.Order.Amount += 1000; p.early {
		w.allowConflict(p.invoice, order.ConflictAmount)
	}
	return w.pageTask(p, request)
}

// checkShownPage checks I18 for the page in an answer, as GET shows it too: a page is shown only before its end and
// while the order may be paid. It returns the page's Request-Id, or nothing if there is no page.
func (w *World) checkShownPage(p *plan, o order.Order) (requestID string) {
	shown := edge.ShowPayment(merchant, o, w.clock()).Page
	if shown == nil {
		return ""
	}
	if !w.clock().Before(o.Facts.Page.ExpiresAt) || !shown.ExpiresAt.Equal(o.Facts.Page.ExpiresAt) {
		w.violate("I18", "%s: a page was shown after its end", p.invoice)
	}
	if o.Facts.Closed != nil {
		w.violate("I18", "%s: a page of a closed order was shown", p.invoice)
	}
	return string(shown.URL[len(pageURL("")):])
}

// readOrder reads an order, as a caller may at any time, and checks the page in the answer.
func (w *World) readOrder(p *plan) {
	w.start("get "+p.invoice, func(ctx context.Context) {
		if o, err := w.service.Find(ctx, p.invoice); err == nil {
			w.checkShownPage(p, o)
		}
	}, nil)
}

// checkNextPage checks I6 and I18: no page is requested once there is money, an open conflict or a closed order, nor
// while another page stands. A next page is requested only after check status said, during this request, that nothing
// was paid. It guards against a customer who pays twice.
func (w *World) checkNextPage(p *plan, before, after order.Order) {
	was, _ := before.Operation(string(order.KindCreatePage))
	is, _ := after.Operation(string(order.KindCreatePage))
	if is.Generation == was.Generation && is.Attempts == was.Attempts {
		return
	}
	f := before.Facts
	switch {
	case p.erased && (w.current == nil || w.current.old):
		// written by the previous version, perhaps late; it knows none of this
	case f.Authorized != nil || f.Captured != nil || f.Paid != nil:
		w.violate("I6", "a page of %s was requested, but the order has money", after.Invoice)
	case f.Closed != nil:
		w.violate("I18", "a page of %s was requested, but the order is closed", after.Invoice)
	case len(before.OpenConflicts()) > 0:
		w.violate("I18", "a page of %s was requested, but a person must decide about a conflict", after.Invoice)
	case f.Page == nil || w.current == nil: // no page was handed out, or the write was late
	case w.now.Add(clockTolerance).Before(f.Page.ExpiresAt):
		w.violate("I18", "a page of %s was requested, but another stands until %s", after.Invoice,
			f.Page.ExpiresAt.Sub(epoch))
	case w.current.unpaid != after.Invoice && !(w.current.answeredAbout == after.Invoice && paymentSetAside(before)) &&
		!p.erased:
		w.violate("I18", "a next page of %s was requested, but DOKU was not asked whether the last was paid",
			after.Invoice)
	case before.Amount != after.Amount && !p.erased:
		w.violate("I18", "a next page of %s is for %d, the last was for %d", after.Invoice, after.Amount, before.Amount)
	}
	if is.Generation > was.Generation {
		if f.Page != nil {
			w.stats.NextPages++
		}
		p.unpaid = time.Time{}
	}
}

// paymentSetAside reports whether a person decided that a payment in DOKU's reports does not count.
func paymentSetAside(o order.Order) bool {
	for _, c := range o.Facts.Conflicts {
		if made, ok := o.Decision(c.ID); ok && !made.Counts && (c.News != nil || c.Kind == order.ConflictWentBack) {
			return true
		}
	}
	return false
}

// clockTolerance is more than the difference of two clocks.
const clockTolerance = 20 * time.Second

// closeOrder lets a person close an order.
func (w *World) closeOrder(p *plan) {
	w.start("close "+p.invoice, func(ctx context.Context) {
		_, err := w.service.Close(ctx, p.invoice, order.Act{By: "closer", Note: "simulated"})
		w.note("answered", outcome(err))
		if o := w.store.peek(p.invoice); err == nil && o.Facts.Closed == nil && !p.erased {
			w.violate("I18", "%s: a person was told that it is closed, and it is not", p.invoice)
		}
	}, nil)
}
