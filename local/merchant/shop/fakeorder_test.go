package shop_test

import (
	"testing"
	"time"
)

// paid and the functions below change an order as a notification would.
func paid(order map[string]any) {
	order["status"] = "PAID"
	order["card"] = map[string]any{"masked": "557338******1101", "brand": "MASTER", "issuer": "PT Bank Mandiri",
		"type": "CREDIT"}
}

func authorized(order map[string]any) {
	paid(order)
	order["status"] = "AUTHORIZED"
	order["authorization"] = map[string]any{"amount": order["order"].(map[string]any)["amount"],
		"expires_at": "2026-11-29T04:50:00Z"}
}

func declined(order map[string]any) {
	order["status"] = "FAILED"
	failures, _ := order["failures"].([]any)
	order["failures"] = append(failures,
		map[string]any{"at": "2026-11-22T03:04:05Z", "code": "51", "message": "INSUFFICIENT FUNDS"})
}

// ended makes the page of an order end unpaid: kasir then shows no page.
func ended(order map[string]any) {
	order["status"] = "EXPIRED"
	delete(order, "page")
}

// closed makes the merchant close an order.
func closed(order map[string]any) {
	delete(order, "page")
	order["closed"] = map[string]any{"at": "2026-11-22T06:00:00Z"}
}

// needsReview makes an order unpaid, with 80000 reported by DOKU.
func needsReview(order map[string]any) {
	order["status"] = "NEEDS_REVIEW"
	order["conflict"] = map[string]any{"reason": "DOKU reported 80000 as paid; the order asked for 90000"}
}

// change changes a stored order under the fake's lock.
func (f *fakeAPI) change(invoice string, how func(map[string]any)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how(f.orders[invoice])
}

// put stores an order without a create-page request.
func (f *fakeAPI) put(invoice string, amount int64, how func(map[string]any)) {
	order := map[string]any{
		"order":  map[string]any{"invoice_number": invoice, "amount": amount},
		"status": "PENDING",
		"page":   map[string]any{"url": f.URL + "/page/" + invoice, "expires_at": "2999-01-01T00:00:00Z"},
	}
	how(order)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders[invoice] = order
}

// set changes the fake itself under its lock.
func (f *fakeAPI) set(how func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how()
}

func (f *fakeAPI) sent() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.bodies...)
}

func (f *fakeAPI) stored() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.orders)
}

func (f *fakeAPI) reads() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// arrived waits until the given number of POSTs have arrived.
func (f *fakeAPI) arrived(t *testing.T, want int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); len(f.sent()) < want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d requests arrived, want %d", len(f.sent()), want)
		}
	}
}
