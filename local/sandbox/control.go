package sandbox

import (
	"net/http"
	"slices"
)

// The control API is for tests and for people who watch. It is not part of DOKU, and nothing in it is signed.

// listPayments answers GET /control/payments[?invoice_number=…], oldest first.
func (s *Server) listPayments(w http.ResponseWriter, r *http.Request) {
	invoice := r.FormValue("invoice_number")
	list := []controlPayment{}
	s.mu.Lock()
	s.book.decidePending(s.now())
	for _, p := range s.book.pages {
		if invoice == "" || invoice == p.body.Order.InvoiceNumber {
			list = append(list, p.forControl(s.now()))
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"payments": list})
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

// resendNotification answers POST /control/notifications/{id}/resend, like the Back Office's button. It sends now and
// waits for the outcome. The retry schedule stays as it is, unless the merchant answers 2xx.
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

// idleNotification finds the notification in the path and waits for the end of an attempt under way. It returns with
// s.mu held, or nil.
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
