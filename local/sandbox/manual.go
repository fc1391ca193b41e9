package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kasir/local/sandbox/faults"
)

// rejectManualRefund answers POST /control/manual-refunds/reject {"invoice_number":"…","request_id":"…","notify":true}.
// DOKU's people refuse a manual refund that was accepted. Its money stays with the merchant. Without a Request-Id it is
// the newest of the invoice. With notify the merchant gets a notification, otherwise only check status shows it.
func (s *Server) rejectManualRefund(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		InvoiceNumber string `json:"invoice_number"`
		RequestID     string `json:"request_id"`
		Notify        bool   `json:"notify"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.book.pageFor(ask.InvoiceNumber)
	if p == nil {
		writeError(w, notFound("NOT_FOUND", "No such invoice"))
		return
	}
	refund, refused := p.manualRefund(ask.RequestID)
	if refused != nil {
		writeError(w, refused)
		return
	}
	s.rejectManual(p, refund, ask.Notify)
	writeJSON(w, http.StatusOK, p.forControl(s.now()))
}

// manualRefund returns the manual refund with a Request-Id that can be rejected, or the newest without one.
func (p *page) manualRefund(requestID string) (*refund, *apiError) {
	for _, r := range slices.Backward(p.refunds) {
		switch {
		case !r.done || !r.isManual() || requestID != "" && requestID != r.requestID:
		case r.reported:
			return nil, notAllowed("A settlement report contains this refund already")
		default:
			return r, nil
		}
	}
	return nil, notFound("NOT_FOUND", "This invoice has no such manual refund")
}

// rejectManual rejects a manual refund. s.mu must be held.
func (s *Server) rejectManual(p *page, r *refund, notify bool) {
	r.done, r.message = false, "Refund was rejected"
	if notify {
		s.notifyRefund(p, r)
	}
}

func (r *refund) isManual() bool { return strings.HasPrefix(r.kind, manualPrefix) }

// notifyRefund notifies the merchant of the outcome of a refund, in the form of DOKU's Malaysian reference. s.mu must
// be held.
func (s *Server) notifyRefund(p *page, r *refund) {
	body := faults.Edit(encode(notificationOf(p, p.paidAttempt())), func(doc map[string]any) {
		transaction := faults.Object(doc, "transaction")
		transaction["type"], transaction["status"], transaction["date"] = "REFUND", r.transaction(), stamp(s.now())
		doc["refund"] = r.notified()
	})
	s.queue(p, body, "refund\n"+r.requestID+"\n"+strconv.FormatBool(r.done))
}

// notified returns the refund as a notification shows it.
func (r *refund) notified() map[string]any {
	return map[string]any{
		"amount": r.amount, "type": r.kind, "status": r.status(), "message": r.message, "request_id": r.requestID,
	}
}
