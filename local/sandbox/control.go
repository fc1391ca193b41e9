package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// The control API is for tests and for looking on. It is not part of DOKU, and nothing in it is signed.

type controlPayment struct {
	InvoiceNumber string           `json:"invoice_number"`
	Status        string           `json:"status"`
	Type          string           `json:"type"`
	Amount        int64            `json:"amount"` // whole rupiah, as ordered
	RequestID     string           `json:"request_id"`
	PageURL       string           `json:"page_url"`
	CreatedAt     string           `json:"created_at"`
	ExpiresAt     string           `json:"expires_at"`
	Attempts      []controlAttempt `json:"attempts"`
}

// Rupiah is the amount as people read it.
func (c controlPayment) Rupiah() string { return rupiah(c.Amount) }

type controlAttempt struct {
	At              string `json:"at"`
	Status          string `json:"status"` // WAITING_FOR_OTP, FAILED, PENDING (authorised), SUCCESS
	Type            string `json:"type"`
	Amount          int64  `json:"amount"`
	Card            string `json:"card"` // masked
	Brand           string `json:"brand"`
	ResponseCode    string `json:"response_code,omitempty"`
	ResponseMessage string `json:"response_message,omitempty"`
	ApprovalCode    string `json:"approval_code,omitempty"`
	AuthorizeID     string `json:"authorize_id,omitempty"`
}

type controlNotification struct {
	ID            string          `json:"id"`
	InvoiceNumber string          `json:"invoice_number"`
	RequestID     string          `json:"request_id"`
	URL           string          `json:"url"`
	State         string          `json:"state"`
	CreatedAt     string          `json:"created_at"`
	NextAttempt   string          `json:"next_attempt,omitempty"`
	Attempts      []delivery      `json:"attempts"`
	Body          json.RawMessage `json:"body"`
}

// listPayments answers GET /control/payments[?invoice_number=…], oldest first.
func (s *Server) listPayments(w http.ResponseWriter, r *http.Request) {
	invoice := r.FormValue("invoice_number")
	list := []controlPayment{}
	s.mu.Lock()
	for _, p := range s.book.pages {
		if invoice == "" || invoice == p.body.Order.InvoiceNumber {
			list = append(list, p.forControl(s.now()))
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"payments": list})
}

func (p *page) forControl(now time.Time) controlPayment {
	c := controlPayment{
		InvoiceNumber: p.body.Order.InvoiceNumber,
		Status:        p.status(now),
		Type:          p.body.Payment.Type,
		Amount:        p.body.Order.Amount,
		RequestID:     p.requestID,
		PageURL:       p.url,
		CreatedAt:     stamp(p.createdAt),
		ExpiresAt:     stamp(p.expiresAt),
		Attempts:      []controlAttempt{},
	}
	for _, a := range p.attempts {
		status := "WAITING_FOR_OTP"
		if a.state != waiting {
			status = a.transactionStatus()
		}
		c.Attempts = append(c.Attempts, controlAttempt{
			At: stamp(a.at), Status: status, Type: a.kind, Amount: a.amount, Card: a.card.Masked(), Brand: a.card.Brand,
			ResponseCode: a.code, ResponseMessage: a.message, ApprovalCode: a.approvalCode, AuthorizeID: a.authorizeID,
		})
	}
	return c
}

// listNotifications answers GET /control/notifications[?invoice_number=…], oldest first.
func (s *Server) listNotifications(w http.ResponseWriter, r *http.Request) {
	invoice := r.FormValue("invoice_number")
	list := []controlNotification{}
	s.mu.Lock()
	for _, n := range s.book.notifications {
		if invoice == "" || invoice == n.page.body.Order.InvoiceNumber {
			list = append(list, n.forControl())
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"notifications": list})
}

func (n *notification) forControl() controlNotification {
	c := controlNotification{
		ID:            n.id,
		InvoiceNumber: n.page.body.Order.InvoiceNumber,
		RequestID:     n.requestID,
		URL:           n.url,
		State:         n.state,
		CreatedAt:     stamp(n.createdAt),
		Attempts:      append([]delivery{}, n.attempts...),
		Body:          n.body,
	}
	if n.state == queued {
		c.NextAttempt = stamp(n.due)
	}
	return c
}

// resendNotification answers POST /control/notifications/{id}/resend, as the Back Office's button would: it sends now,
// waits for the outcome, and leaves the retry schedule as it is unless the merchant answers 2xx.
func (s *Server) resendNotification(w http.ResponseWriter, r *http.Request) {
	n := s.idleNotification(r)
	if n == nil {
		writeError(w, notFound("NOT_FOUND", "No such notification"))
		return
	}
	if n.url == "" {
		s.mu.Unlock()
		writeError(w, invalidParameter("There is no NotificationURL to send it to"))
		return
	}
	s.courier.send(n, true)
	done := n.busy
	s.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-r.Context().Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(w, http.StatusOK, n.forControl())
}

// idleNotification finds the one in the path and waits out an attempt under way. It returns with s.mu held, or nil.
func (s *Server) idleNotification(r *http.Request) *notification {
	for {
		s.mu.Lock()
		i := slices.IndexFunc(s.book.notifications, func(n *notification) bool { return n.id == r.PathValue("id") })
		if i < 0 {
			s.mu.Unlock()
			return nil
		}
		n := s.book.notifications[i]
		if n.busy == nil {
			return n
		}
		busy := n.busy
		s.mu.Unlock()
		select {
		case <-busy:
		case <-r.Context().Done():
			return nil
		}
	}
}
