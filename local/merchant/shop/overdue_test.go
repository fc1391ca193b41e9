package shop_test

import "testing"

// A page on which nobody paid ends without news from DOKU. The shop sees the end by the clock, and continues to ask.
func TestAPageThatEndedIsNotWaitedFor(t *testing.T) {
	v := newShopper(t)
	v.api.put("KOPI-1", 95000, func(order map[string]any) {
		order["status"] = "PENDING"
		order["page"] = map[string]any{"url": "https://example.com/", "expires_at": "2020-01-01T00:00:00Z"}
	})
	v.open("/order.html?invoice=KOPI-1")
	v.sees("The payment page has expired")
	v.sees("If you paid at the last moment, this page will say so by itself.")
	v.api.change("KOPI-1", paid)
	v.sees("Paid. Terima kasih!")
}
