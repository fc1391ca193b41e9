package simulation

import (
	"context"
	"time"

	"kasir/shared/doku"
)

// ledger is the truth about one invoice, as DOKU's Back Office would show it.
type ledger struct {
	invoice    string
	kind       string // SALE, AUTHORIZE
	auto       bool   // captured as soon as it is authorised
	autoType   string // what such a payment is called when told of
	amount     int64  // asked for
	pageID     string // Request-Id that made the page
	pageEnd    time.Time
	pages      int
	authorized *money
	paid       *money
	captures   []money
	refunds    []money
	failures   int
	lastAt     time.Time // of the last event
	sent       []money   // refunds that reached DOKU, refused or not
}

// money is a sum that was moved or reserved.
type money struct {
	requestID string
	amount    int64
	at        time.Time
	id        string // authorize_id
	kind      string // of a refund
	refused   bool
}

// taken is the money that went to the merchant, before refunds.
func (l *ledger) taken() int64 {
	if l.paid != nil {
		return l.paid.amount
	}
	if len(l.captures) > 0 {
		return l.captures[0].amount
	}
	return 0
}

func sum(of []money) int64 {
	total := int64(0)
	for _, m := range of {
		if !m.refused {
			total += m.amount
		}
	}
	return total
}

// CreatePage makes a page; see payment.DOKU.
func (d *DOKU) CreatePage(_ context.Context, requestID string, r doku.CreatePageRequest) (doku.CreatePageResponse, error) {
	invoice := r.Order.InvoiceNumber
	return ask(d, "createpage", requestID, invoice, func(refuse bool) (doku.CreatePageResponse, *doku.Error) {
		var out doku.CreatePageResponse
		if refuse {
			return out, refusalOf(requestID, "INVALID_PARAMETER")
		}
		d.w.hasIntent("createpage", invoice, requestID)
		l := d.ledgers[invoice]
		if l == nil {
			l = &ledger{invoice: invoice, autoType: pick(d.w, "SALE", "AUTHORIZE", "CAPTURE")}
			d.ledgers[invoice] = l
		}
		l.kind, l.auto, l.amount, l.pageID = string(r.Payment.Type), r.Payment.AutoCapture, r.Order.Amount, requestID
		if l.kind == "" {
			l.kind = "SALE"
		}
		l.pages++
		l.pageEnd = d.w.now.Add(pick(d.w, pageLifetime, pageLifetime, 2*pageLifetime, 20*time.Hour))
		out.Order.InvoiceNumber = invoice
		out.CreditCardPaymentPage.URL = doku.Private("https://pay.example/" + requestID)
		return out, nil
	})
}

// Capture takes authorised money, again for every new Request-Id; see payment.DOKU.
func (d *DOKU) Capture(_ context.Context, requestID string, r doku.CaptureRequest) (doku.CaptureResponse, error) {
	return ask(d, "capture", requestID, r.InvoiceNumber, func(refuse bool) (doku.CaptureResponse, *doku.Error) {
		w := d.w
		var out doku.CaptureResponse
		l := d.ledgers[r.InvoiceNumber]
		switch {
		case refuse:
			return out, refusalOf(requestID, "CAPTURE_REFUSED")
		case l == nil || l.authorized == nil || l.authorized.id != r.AuthorizeID:
			return out, refusalOf(requestID, "NO_SUCH_AUTHORIZATION")
		case w.now.Sub(l.authorized.at) >= 7*24*time.Hour:
			return out, refusalOf(requestID, "RELEASED")
		case r.Amount <= 0 || r.Amount > l.authorized.amount:
			return out, refusalOf(requestID, "N8")
		}
		w.hasIntent("capture", r.InvoiceNumber, requestID)
		l.captures = append(l.captures, money{requestID: requestID, amount: r.Amount, at: w.now})
		l.lastAt = w.now
		w.stats.Captures++
		w.capturedOnce(l)
		w.notPromisedRefused(l, requestID)
		w.wantRefunds(l)
		if w.chance(300) {
			w.tell(l, news{kind: "CAPTURE", status: "SUCCESS", amount: pick(w, r.Amount, l.authorized.amount)})
		}
		return out, nil
	})
}

// Refund gives money back; see payment.DOKU.
func (d *DOKU) Refund(_ context.Context, requestID string, r doku.RefundRequest) (doku.RefundResponse, error) {
	return ask(d, "refund", requestID, r.InvoiceNumber, func(refuse bool) (doku.RefundResponse, *doku.Error) {
		w := d.w
		var out doku.RefundResponse
		l := d.ledgers[r.InvoiceNumber]
		if l == nil || l.taken() == 0 || r.OriginalRequestID != l.pageID {
			return out, refusalOf(requestID, "NO_SUCH_PAYMENT")
		}
		w.hasIntent("refund", r.InvoiceNumber, requestID)
		l.sent = append(l.sent, money{requestID: requestID, amount: r.Amount, refused: refuse})
		w.neverTooMuch(l)
		if refuse || sum(l.refunds)+r.Amount > l.taken() {
			return out, refusalOf(requestID, "REFUND_REFUSED")
		}
		kind := d.refundType(l, r.Amount)
		l.refunds = append(l.refunds, money{requestID: requestID, amount: r.Amount, at: w.now, kind: kind})
		l.lastAt = w.now
		w.stats.Refunds++
		w.refundedOnce(l)
		w.notPromisedRefused(l, requestID)
		if w.chance(200) {
			w.tell(l, news{kind: "REFUND", status: "REFUNDED", amount: r.Amount})
		}
		out.Refund.Type, out.Refund.Status = doku.Text(kind), "SUCCESS"
		return out, nil
	})
}

func (d *DOKU) refundType(l *ledger, amount int64) string {
	whole := amount == l.taken()
	switch {
	case whole && d.w.now.Sub(l.lastAt) < d.settles:
		return "VOID"
	case whole:
		return pick(d.w, "FULL_REFUND", "MANUAL_FULL_REFUND")
	default:
		return pick(d.w, "PARTIAL_REFUND", "MANUAL_PARTIAL_REFUND")
	}
}
