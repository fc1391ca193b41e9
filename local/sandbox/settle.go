package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// settle answers POST /control/settle {"invoice_number":"…"}: captured money reaches the merchant's bank account, after
// which it can be refunded in parts but no longer voided. Without an invoice number everything settles.
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
	w.Header().Set("Location", ".") // as it is: behind a proxy the path has more in front
	w.WriteHeader(http.StatusSeeOther)
}

// settle settles the payments of an invoice, all of them without one, and tells of which.
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

// switchManualRefunds answers POST /control/manual-refunds {"on":true,"invoice_number":"…"}: from then on settled money
// is refunded by DOKU's people. Without an invoice number it is so for every payment.
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

// readControl decodes a body of the control API; none at all is an empty one. A misspelt field is an error, not a
// setting that silently does nothing.
func readControl(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		writeError(w, invalidParameter("the body is not the JSON this asks for: "+err.Error()))
		return false
	}
	return true
}
