package sandbox

import (
	"net/http"
	"strconv"
)

// ledgerEntry is everything that was done for one invoice, to compare with a merchant's own books.
type ledgerEntry struct {
	InvoiceNumber string `json:"invoice_number"`
	Status        string `json:"status"`
	Amount        int64  `json:"amount"`       // whole rupiah, as ordered
	Paid          int64  `json:"paid"`         // whole rupiah, after promo; reserved when authorised
	Captured      int64  `json:"captured"`     // whole rupiah
	Refunded      int64  `json:"refunded"`     // whole rupiah; a void of a charge counts too
	Voided        int64  `json:"voided"`       // whole rupiah; of a charge, or of an authorisation
	ChargedBack   int64  `json:"charged_back"` // whole rupiah, less what was won back

	Pages         []ledgerPage         `json:"pages"`
	Captures      []ledgerCapture      `json:"captures"` // each execution, also refused ones; a sale needs none
	Refunds       []controlRefund      `json:"refunds"`  // each execution, also refused ones
	Disputes      []controlDispute     `json:"disputes"`
	Notifications []ledgerNotification `json:"notifications"`

	DoublePages int `json:"double_pages"` // opened more than once under one Request-Id
	// The counts of captures and refunds are of the merchant's calls. Acts in the Back Office do not count.
	DoubleCaptures int `json:"double_captures"` // of one authorisation, under any Request-Id
	DoubleRefunds  int `json:"double_refunds"`  // done more than once under one Request-Id
	AlikeRefunds   int `json:"alike_refunds"`   // done again with the same amount, under any Request-Id
}

type ledgerPage struct {
	At        string `json:"at"`
	RequestID string `json:"request_id"`
	ExpiresAt string `json:"expires_at"`
	Amount    int64  `json:"amount"`
	Status    string `json:"status"`
	Paid      int64  `json:"paid"` // whole rupiah; the entry's on the paid page, 0 on all other pages of the invoice
}

type ledgerCapture struct {
	At           string `json:"at"`
	RequestID    string `json:"request_id"`
	AuthorizeID  string `json:"authorize_id"`
	Amount       int64  `json:"amount"`
	Status       string `json:"status"` // SUCCESS, FAILED
	ResponseCode string `json:"response_code"`
	Elsewhere    bool   `json:"elsewhere,omitempty"` // made in the Back Office
}

type ledgerNotification struct {
	ID           string `json:"id"`
	RequestID    string `json:"request_id"`
	State        string `json:"state"`
	Attempts     int    `json:"attempts"`
	Acknowledged bool   `json:"acknowledged"` // the merchant answered 2xx; that answer may have been lost
}

// ledgerSum is the sum of several entries.
type ledgerSum struct {
	Invoices       int   `json:"invoices"`
	Captured       int64 `json:"captured"`
	Refunded       int64 `json:"refunded"`
	Voided         int64 `json:"voided"`
	ChargedBack    int64 `json:"charged_back"`
	DoublePages    int   `json:"double_pages"`
	DoubleCaptures int   `json:"double_captures"`
	DoubleRefunds  int   `json:"double_refunds"`
	AlikeRefunds   int   `json:"alike_refunds"`
	Forgeries      int   `json:"forgeries_acknowledged"` // forged notifications that the merchant answered 2xx
}

// showLedger answers GET /control/ledger[?invoice_number=…], in the order of the invoices' first pages.
func (s *Server) showLedger(w http.ResponseWriter, r *http.Request) {
	invoice := r.FormValue("invoice_number")
	var sum ledgerSum
	list := []ledgerEntry{}
	s.mu.Lock()
	s.book.decidePending(s.now())
	sent := map[string][]*notification{}
	for _, n := range s.book.notifications {
		sent[n.page.body.Order.InvoiceNumber] = append(sent[n.page.body.Order.InvoiceNumber], n)
	}
	for _, p := range s.book.pages {
		if name := p.body.Order.InvoiceNumber; p == s.book.pagesOf[name][0] && (invoice == "" || invoice == name) {
			e := s.entryOf(name, sent[name])
			sum.add(e, sent[name])
			list = append(list, e)
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"ledger": list, "sum": sum})
}

func (sum *ledgerSum) add(e ledgerEntry, sent []*notification) {
	sum.Invoices++
	sum.Captured += e.Captured
	sum.Refunded += e.Refunded
	sum.Voided += e.Voided
	sum.ChargedBack += e.ChargedBack
	sum.DoublePages += e.DoublePages
	sum.DoubleCaptures += e.DoubleCaptures
	sum.DoubleRefunds += e.DoubleRefunds
	sum.AlikeRefunds += e.AlikeRefunds
	for _, n := range sent {
		for _, d := range n.attempts {
			if isReceived(d.Forged) {
				sum.Forgeries++
			}
		}
	}
}

// entryOf returns the entry of one invoice. s.mu must be held.
func (s *Server) entryOf(invoice string, sent []*notification) ledgerEntry {
	p := s.book.pageFor(invoice)
	shown := p.forControl(s.now())
	e := ledgerEntry{
		InvoiceNumber: invoice, Status: shown.Status, Amount: p.body.Order.Amount,
		Captured: p.captured, Refunded: p.refundedAmount(), Voided: shown.Voided, ChargedBack: shown.ChargedBack,
		Captures: []ledgerCapture{}, Refunds: append([]controlRefund{}, shown.Refunds...),
		Disputes: append([]controlDispute{}, shown.Disputes...), Notifications: []ledgerNotification{},
	}
	opened, captured, refunded, amounts := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range s.book.pagesOf[invoice] {
		e.Pages = append(e.Pages, s.pageEntry(p))
		e.DoublePages += countRepeat(opened, p.requestID)
	}
	if a := p.paidAttempt(); a != nil {
		e.Paid = a.amount
		for _, t := range p.captures {
			e.Captures = append(e.Captures,
				ledgerCapture{stamp(t.at), t.requestID, a.authorizeID, t.amount, t.status(), t.code, t.elsewhere})
			if t.done() && !t.elsewhere {
				e.DoubleCaptures += countRepeat(captured, a.authorizeID)
			}
		}
	}
	for _, r := range p.refunds {
		if r.done && !r.elsewhere {
			e.DoubleRefunds += countRepeat(refunded, r.requestID)
			e.AlikeRefunds += countRepeat(amounts, strconv.FormatInt(r.amount, 10))
		}
	}
	for _, n := range sent {
		e.Notifications = append(e.Notifications,
			ledgerNotification{n.id, n.requestID, n.state, len(n.attempts), n.heard})
	}
	return e
}

// pageEntry returns the entry of one page. s.mu must be held.
func (s *Server) pageEntry(p *page) ledgerPage {
	e := ledgerPage{
		At: stamp(p.createdAt), RequestID: p.requestID, ExpiresAt: stamp(p.expiresAt),
		Amount: p.body.Order.Amount, Status: p.status(s.now()),
	}
	if a := p.paidAttempt(); a != nil {
		e.Paid = a.amount
	}
	return e
}

// countRepeat returns 1 if key is in seen, otherwise it adds key and returns 0.
func countRepeat(seen map[string]bool, key string) int {
	if seen[key] {
		return 1
	}
	seen[key] = true
	return 0
}
