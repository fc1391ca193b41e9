package sandbox

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A customer's input is never kept or logged, and is never in an address.
func TestCardNumberLeavesNoTrace(t *testing.T) {
	var log bytes.Buffer
	// Without times, and with a CVV of digits that page ids never have, nothing is found by chance.
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	b := newBench(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: drop}))
	})
	page := b.create(simple("INV-1", 90000, ""))
	const real = "4111111111111111" // Luhn-valid, and not a card of the sandbox
	form := url.Values{"card_number": {real}, "expiry": {"11/29"}, "cvv": {"198"}, "name": {"Anton"}}
	if a := b.submit(page, form); a.status != 422 || !strings.Contains(string(a.body), "only the test cards") {
		t.Errorf("%d %s", a.status, a.body)
	} else if strings.Contains(string(a.body), "198") {
		t.Error("the CVV came back")
	}
	form.Set("card_number", goodCard)
	req, _ := http.NewRequest("POST", page, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := b.do(req); a.status != 303 || strings.Contains(a.header.Get("Location"), goodCard) {
		t.Errorf("%d %s", a.status, a.header.Get("Location"))
	}
	b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
	raw := b.next().raw
	b.s.mu.Lock()
	state := fmt.Sprintf("%+v", b.s.book.pages[0].body)
	b.s.mu.Unlock()
	b.s.Close()
	for where, text := range map[string]string{"log": log.String(), "state": state} {
		for _, secret := range []string{real, goodCard, "198", "signature=", OTP} {
			if strings.Contains(text, secret) {
				t.Errorf("%q in the %s: %s", secret, where, text)
			}
		}
	}
	if strings.Contains(string(raw), goodCard) {
		t.Errorf("notified %s", raw)
	}
	// A card number in a query is ignored.
	other := b.create(simple("INV-2", 90000, ""))
	if a := b.submit(stepOf(other, "?"+cardValues(goodCard).Encode()), nil); a.status != 422 {
		t.Errorf("a card in the query: %d", a.status)
	}
}

func TestFieldMessages(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-1", 90000, ""))
	for _, c := range []struct{ field, value, said string }{
		{"card_number", "", "Enter the card number"},
		{"card_number", "5573381011111102", "not a valid card number"},
		{"card_number", "abcd", "not a valid card number"},
		{"expiry", "", "Enter the expiry"},
		{"expiry", "13/30", "MM/YY"},
		{"expiry", "1230x", "MM/YY"},
		{"expiry", "07/26", "This card has expired"},
		{"cvv", "", "Enter the CVV"},
		{"cvv", "12", "3 digits"},
		{"cvv", "12a", "3 digits"},
		{"name", " ", "Enter the name"},
		{"name", strings.Repeat("n", 256), "name cannot be used"},
	} {
		form := cardValues(goodCard)
		form.Set(c.field, c.value)
		a := b.submit(page, form)
		if a.status != 422 || !strings.Contains(string(a.body), c.said) {
			t.Errorf("%s %q: %d, %q is not on the page", c.field, c.value, a.status, c.said)
		}
	}
	for _, expiry := range []string{"08/26", "0830", "08 / 30", "01/28"} {
		form := cardValues(goodCard)
		form.Set("expiry", expiry)
		if a := b.submit(page, form); a.status != 200 {
			t.Errorf("expiry %q refused: %d", expiry, a.status)
		}
	}
	// DOKU's card is accepted after the date printed on it.
	b.advance(1000 * 24 * 60 * 60 * 1e9)
	form := cardValues(goodCard)
	form.Set("expiry", "01/28")
	if a := b.submit(b.create(simple("INV-2", 90000, "")), form); a.status != 200 {
		t.Errorf("the published expiry after its date: %d", a.status)
	}
}

func TestBodiesAreCapped(t *testing.T) {
	b := newBench(t)
	large := strings.Repeat("x", maxBody+1)
	for path, status := range map[string]int{"/credit-card/v1/payment-page": 413, "/pay/x": 400,
		"/control/clock": 400} {
		req, _ := http.NewRequest("POST", b.url+path, strings.NewReader(large))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a := b.do(req); a.status != status {
			t.Errorf("%s: %d, want %d", path, a.status, status)
		}
	}
}
