package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// settle answers POST /control/settle {"invoice_number":"…"}: captured money reaches the merchant's bank account. It
// can then be refunded in parts, and no longer voided. Without an invoice number everything settles.
func (s *Server) settle(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		InvoiceNumber string `json:"invoice_number"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.decidePending(s.now())
	settled := s.book.settle(ask.InvoiceNumber)
	if ask.InvoiceNumber != "" && len(settled) == 0 {
		writeError(w, notFound("NOT_FOUND", "This invoice has no captured, unsettled payment"))
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"settled": settled})
}

// settleFromIndex answers the button on the sandbox's first page, and leads back there.
func (s *Server) settleFromIndex(w http.ResponseWriter, r *http.Request) {
	invoice := r.PostFormValue("invoice_number")
	s.mu.Lock()
	s.book.settle(invoice)
	s.mu.Unlock()
	leadTo(w, ".")
}

// settle settles the payments of an invoice, or all payments without one. It returns their invoice numbers.
func (b *book) settle(invoice string) []string {
	pages := b.pages
	if invoice != "" {
		pages = b.pagesOf[invoice]
	}
	settled := []string{}
	for _, p := range pages {
		if p.canSettle() {
			p.settled = true
			settled = append(settled, p.body.Order.InvoiceNumber)
		}
	}
	return settled
}

// switchManualRefunds answers POST /control/manual-refunds {"on":true,"invoice_number":"…"}: from then on DOKU's people
// refund settled money. Without an invoice number this applies to every payment.
func (s *Server) switchManualRefunds(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		On            bool   `json:"on"`
		InvoiceNumber string `json:"invoice_number"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ask.InvoiceNumber == "" {
		s.book.manualRefunds = ask.On
	} else if pages := s.book.pagesOf[ask.InvoiceNumber]; len(pages) == 0 {
		writeError(w, notFound("NOT_FOUND", "No such invoice"))
		return
	}
	for _, p := range s.book.pagesOf[ask.InvoiceNumber] {
		p.manual = ask.On
	}
	writeJSON(w, http.StatusOK, ask)
}

// readControl decodes a body of the control API. A missing body counts as an empty one. A misspelt field is an error,
// not a setting without effect.
func readControl(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		writeError(w, invalidParameter("the body cannot be decoded: "+err.Error()))
		return false
	}
	return true
}
