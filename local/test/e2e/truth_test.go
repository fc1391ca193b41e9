package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"kasir/local/merchant"
)

// The functions below read the HTTP API and DOKU's sandbox, to compare with the pages.

// isPaid checks that the API shows PAID after the given number of declined attempts, and that DOKU sent one
// notification for each attempt and one for the payment.
func (s *shopper) isPaid(invoice string, declined int) merchant.Payment {
	s.t.Helper()
	p, err := s.api.Payment(s.t.Context(), invoice)
	if err != nil {
		s.t.Fatal(err)
	}
	if p.Status != "PAID" || len(p.Failures) != declined {
		s.t.Errorf("the API says %+v, want PAID after %d declined attempts", p, declined)
	}
	count := map[string]int{}
	for _, n := range s.delivered(invoice) {
		count[n.Body.Transaction.Status]++
		if len(n.Attempts) != 1 {
			s.t.Errorf("the notification of %s was sent %d times", n.Body.Transaction.Status, len(n.Attempts))
		}
	}
	if count["SUCCESS"] != 1 || count["FAILED"] != declined || len(count) > 2 {
		s.t.Errorf("DOKU notified %v, want one SUCCESS and %d FAILED", count, declined)
	}
	return p
}

type notification struct {
	State    string
	Attempts []struct{}
	Body     struct{ Transaction struct{ Status string } }
}

// delivered lists the notifications of an order, once none is pending.
func (s *shopper) delivered(invoice string) []notification {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		var listed struct{ Notifications []notification }
		s.control("/control/notifications", invoice, &listed)
		underWay := func(n notification) bool { return n.State != "DELIVERED" }
		if !slices.ContainsFunc(listed.Notifications, underWay) {
			return listed.Notifications
		}
	}
	s.t.Fatalf("DOKU has not delivered all notifications of %s", invoice)
	return nil
}

type dokuPayment struct {
	InvoiceNumber string `json:"invoice_number"`
	RequestID     string `json:"request_id"`
	Status        string
	Attempts      []struct {
		Status, Acquirer string
		Tenor            int64
	}
	Captured, Refunded int64
	Refunds            []struct{ Type, Status string }
}

// dokuPayments lists the pages that DOKU made for an order, or for all orders if it is "".
func (s *shopper) dokuPayments(invoice string) []dokuPayment {
	s.t.Helper()
	var listed struct{ Payments []dokuPayment }
	s.control("/control/payments", invoice, &listed)
	return listed.Payments
}

func (s *shopper) control(path, invoice string, into any) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet,
		s.doku+path+"?invoice_number="+url.QueryEscape(invoice), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		s.t.Fatal(err)
	}
}

// posts calls the sandbox's control API: the actions of time, banks and DOKU's staff.
func (s *shopper) posts(path, body string) {
	s.t.Helper()
	response, err := http.Post(s.doku+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %s", path, body, response.Status)
	}
}
