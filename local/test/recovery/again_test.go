package recovery

import (
	"fmt"
	"net/http"
)

// makeAgain has the shops send the requests for pages again whose orders are not in the table, of every nth order.
func (w *world) makeAgain(n int) {
	w.t.Helper()
	for i, s := range w.orders {
		if i%n != 0 {
			continue
		}
		if _, ok := w.show(s); !ok {
			w.again++
			answer, err := w.api.Do(w.t.Context(), http.MethodPost, "/payments", http.Header{}, s.request())
			if err != nil || answer.Status >= 300 && answer.Status != http.StatusConflict { // 409: it was paid
				w.t.Errorf("making %s again: %d %s, %v", s.invoice, answer.Status, answer.Body, err)
			}
		}
	}
}

// decide has a person look at each report that is older than its order, and decide that it counts if DOKU has it.
func (w *world) decide() {
	w.t.Helper()
	ledger := w.ledger()
	for _, s := range w.orders {
		shown, _ := w.show(s)
		conflicts, _ := shown["conflicts"].([]any)
		for _, c := range conflicts {
			one, _ := c.(map[string]any)
			if one["decision"] != nil || ledger[s.invoice].Paid == 0 {
				continue
			}
			for _, decision := range []string{"counts", "none"} { // a report of a capture alone cannot count
				body := fmt.Appendf(nil, `{"conflict":%q,"decision":%q,"note":"Seen in the Back Office."}`, one["id"],
					decision)
				answer, err := w.api.Do(w.t.Context(), http.MethodPost, "/payments/"+s.invoice+"/resolve",
					http.Header{}, body)
				if err == nil && answer.Status == http.StatusOK {
					break
				}
				if decision == "none" {
					w.t.Errorf("deciding about %s: %d %s, %v", s.invoice, answer.Status, answer.Body, err)
				}
			}
			w.decided++
		}
	}
}

// request returns the request for the page of an order.
func (s *sale) request() []byte {
	kind := "SALE"
	if s.authorize {
		kind = "AUTHORIZE"
	}
	return fmt.Appendf(nil, `{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"budi@example.com"},`+
		`"payment":{"type":%q}}`, s.invoice, price, kind)
}

// page returns the page of an order. The shop sends its request again if it was not answered: on a busy machine the
// store may be late.
func (w *world) page(s *sale) string {
	w.t.Helper()
	for tries := 0; ; tries++ {
		page, err := w.api.CreatePage(w.t.Context(), s.request())
		if err == nil {
			return page.CreditCardPaymentPage.URL
		}
		if tries == 4 {
			w.t.Fatal(err)
		}
	}
}
