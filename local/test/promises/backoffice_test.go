package promises

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// click lets people act in DOKU's Back Office, or a bank, and reports whether DOKU allowed it.
func (h *fixture) click(t *testing.T, invoice, act string, amount int64) bool {
	t.Helper()
	body := fmt.Sprintf(`{"invoice_number":%q,"act":%q,"anyway":true}`, invoice, act)
	if amount > 0 {
		body = fmt.Sprintf(`{"invoice_number":%q,"act":%q,"amount":%d,"anyway":true}`, invoice, act, amount)
	}
	response, err := http.Post(h.doku.doku+"/control/backoffice", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	if response.StatusCode >= 500 || response.StatusCode == 400 {
		t.Fatalf("Back Office: %s %d: %s", act, amount, content)
	}
	return response.StatusCode == http.StatusOK
}

// sentNotification is a notification as the sandbox's control lists it.
type sentNotification struct {
	ID           string
	Acknowledged bool
}

// notifications lists DOKU's notifications of an order.
func (h *fixture) notifications(t *testing.T, invoice string) []sentNotification {
	t.Helper()
	response, err := http.Get(h.doku.doku + "/control/ledger?invoice_number=" + invoice)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all struct {
		Ledger []struct{ Notifications []sentNotification }
	}
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil || len(all.Ledger) != 1 {
		t.Fatalf("the ledger of %s: %+v %v", invoice, all, err)
	}
	return all.Ledger[0].Notifications
}

// allTold reports whether kasir has acknowledged every notification of an order.
func (h *fixture) allTold(t *testing.T, invoice string) bool {
	t.Helper()
	return !slices.ContainsFunc(h.notifications(t, invoice), func(n sentNotification) bool { return !n.Acknowledged })
}

// fullBooks is DOKU's ledger of an invoice, with what people moved.
type fullBooks struct {
	books
	ChargedBack int64 `json:"charged_back"`
	Voided      int64
}

func (h *fixture) ledgerOf(t *testing.T, invoice string) fullBooks {
	t.Helper()
	response, err := http.Get(h.doku.doku + "/control/ledger?invoice_number=" + invoice)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all struct{ Ledger []fullBooks }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil || len(all.Ledger) != 1 {
		t.Fatalf("the ledger of %s: %+v %v", invoice, all, err)
	}
	return all.Ledger[0]
}

// asksForPerson reports whether the API shows an open case about amounts.
func (h *fixture) asksForPerson(t *testing.T, invoice string) bool {
	t.Helper()
	other := []order.AttentionKind{order.ReasonLate, order.ReasonClosedPaid, order.ReasonAuthorizationExpiring,
		order.ReasonAutoCaptureFailed, order.RemarkOddCode, order.RemarkUnmatchedRequest}
	return slices.ContainsFunc(h.cases(t, invoice), func(c openCase) bool { return !slices.Contains(other, c.Kind) })
}

// differences compares an order with DOKU's ledger.
func (h *fixture) differences(t *testing.T, invoice string) string {
	t.Helper()
	b := h.ledgerOf(t, invoice)
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	back := b.Refunded
	if b.Captured == 0 { // an authorisation that was voided
		back = b.Voided
	}
	if o.Captured() == b.Captured && o.Refunded()+o.ElsewhereRefunded() == back && o.ChargedBack() == b.ChargedBack &&
		o.Refundable() == max(0, b.Captured-b.Refunded-b.ChargedBack) {
		return ""
	}
	return fmt.Sprintf("here %d taken, %d and %d given back, %d charged back, %d refundable, %s; at DOKU %d, %d, %d",
		o.Captured(), o.Refunded(), o.ElsewhereRefunded(), o.ChargedBack(), o.Refundable(), o.Status(), b.Captured,
		back, b.ChargedBack)
}

// settleAll lets DOKU send its settlement report, and kasir read it, twice.
func (h *fixture) settleAll(t *testing.T) {
	t.Helper()
	response, err := http.Post(h.doku.doku+"/control/settlement", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	report, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the settlement report: %d %s %v", response.StatusCode, report, err)
	}
	for range 2 {
		h.applyReport(t, string(report))
	}
}

// applyReport applies a settlement report to the orders.
func (h *fixture) applyReport(t *testing.T, report string) {
	t.Helper()
	desk := &payment.Service{Store: &h.orders, Batches: &h.orders, Now: time.Now}
	source := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(report)), nil }
	opened, err := settlement.Open(source, settlement.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	if _, err := (settlement.Settler{Service: desk}).Apply(t.Context(), opened); err != nil {
		t.Fatal(err)
	}
}
