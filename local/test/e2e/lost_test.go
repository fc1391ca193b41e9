package e2e

import (
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/test/harness"
)

// The notification of a payment is lost. The customer's page has DOKU asked a minute after they came back, long before
// the page ends and reconciliation asks.
func TestALostNotificationLeavesTheCustomerWaitingForAMinute(t *testing.T) {
	s := newShopper(t, nil)
	s.posts("/control/faults", `{"notifications":{"drop":1}}`)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.picks(customer.Visa)
	s.confirms()
	s.comesBack()
	s.seesStatus("PENDING")
	if err := s.stack.Clock.Advance(t.Context(), 40*time.Second); err != nil {
		t.Fatal(err)
	}
	if p, err := s.api.Payment(t.Context(), invoice); err != nil || p.Status != "PENDING" {
		t.Fatalf("after 40 s: %+v %v", p, err)
	}
	if err := s.stack.Clock.Advance(t.Context(), 21*time.Second); err != nil {
		t.Fatal(err)
	}
	s.seesStatus("PAID")
	s.sees("Confirmed by DOKU")
	s.looks("115-lost-notification")
	s.api = harness.API(t, s.stack)
	if p, err := s.api.Payment(t.Context(), invoice); err != nil || p.Status != "PAID" {
		t.Errorf("the API says %+v %v", p, err)
	}
}

// The pages of docs/checkout do the same. Their clock is the browser's.
func TestCheckoutALostNotification(t *testing.T) {
	eachVariant(t, func(t *testing.T, page string) {
		m := newMerchant(t, page, undisturbed(t))
		m.posts("/control/faults", `{"notifications":{"drop":1}}`)
		m.orders()
		m.goesToPay()
		m.paysWith(customer.Visa)
		m.shows("waiting")
		if err := m.stack.Clock.Advance(t.Context(), 61*time.Second); err != nil {
			t.Fatal(err)
		}
		m.does(`((now) => { Date.now = () => now() + 61000 })(Date.now)`)
		m.shows("paid")
	})
}
