package shop_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func quote(words string) string {
	quoted, err := json.Marshal(words)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

func TestBuyOnTheHostedPage(t *testing.T) {
	v := newShopper(t)
	v.open("/")
	v.looks("1-shop")
	for held, button := range []string{`[data-add="kopi-toraja"]`, `[data-add="cangkir"]`,
		`[data-product="cangkir"] [data-step="more"]`} {
		v.click(button)
		// a click makes new buttons, elsewhere
		v.until(fmt.Sprintf(`document.querySelector("#open-cart .count").textContent === "%d"`, held+1))
	}
	v.click("#open-cart")
	v.sees("Rp240.000")
	v.looksNow("2-cart")
	v.click("#to-checkout")
	v.until(`document.querySelector("#pay")?.textContent === "Pay Rp240.000"`)
	v.looks("3-checkout")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.click("#ok")
	v.until(`document.querySelector("#status")?.dataset.status === "PAID"`)
	v.sees("Confirmed by DOKU")
	v.sees("Mastercard 5573 38•• •••• 1101")
	v.looks("4-order-paid")
	if count := asks[string](v, `document.querySelector("#open-cart .count").textContent`); count != "0" {
		t.Errorf("the cart still holds %s after paying", count)
	}
	sent := v.api.sent()
	if len(sent) != 1 {
		t.Fatalf("%d requests, want 1", len(sent))
	}
	checkRequest(t, v, sent[0])
}

func checkRequest(t *testing.T, v *shopper, raw string) {
	t.Helper()
	var got struct {
		Order struct {
			Invoice   string `json:"invoice_number"`
			Amount    int64  `json:"amount"`
			LineItems []struct {
				Name            string
				Price, Quantity int64
			} `json:"line_items"`
			Callback     string `json:"callback_url"`
			Failed       string `json:"failed_url"`
			AutoRedirect bool   `json:"auto_redirect"`
		}
		Customer map[string]string
		Payment  map[string]any
		Override struct{ Themes map[string]string } `json:"override_configuration"`
	}
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, item := range got.Order.LineItems {
		sum += item.Price * item.Quantity
	}
	back := v.shop + "/order.html?invoice=" + got.Order.Invoice
	switch {
	case !regexp.MustCompile(`^KOPI-\d{8}-[a-z0-9]{8}$`).MatchString(got.Order.Invoice) || len(got.Order.Invoice) > 27:
		t.Errorf("invoice number %q", got.Order.Invoice)
	case got.Order.Amount != 240000 || sum != 240000 || len(got.Order.LineItems) != 2:
		t.Errorf("amount %d, lines %+v", got.Order.Amount, got.Order.LineItems)
	case got.Order.Callback != back+"&back=done" || got.Order.Failed != back+"&back=failed" || !got.Order.AutoRedirect:
		t.Errorf("urls %q %q", got.Order.Callback, got.Order.Failed)
	case got.Customer["name"] == "" || got.Customer["email"] == "" || !strings.HasPrefix(got.Customer["id"], "CUST-") ||
		len(got.Customer) != 3:
		t.Errorf("customer %v", got.Customer)
	case got.Payment["type"] != "SALE" || got.Override.Themes["language"] != "EN" ||
		got.Override.Themes["button_background_color"] != "9C3D22":
		t.Errorf("payment %v, themes %v", got.Payment, got.Override.Themes)
	}
}

func TestPagesDoNotJump(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	for _, path := range []string{"/", "/checkout.html", "/order.html?invoice=KOPI-0", "/orders.html"} {
		v.open(path)
		v.until(`document.readyState === "complete"`)
		shift := asks[float64](v,
			`performance.getEntriesByType("layout-shift").reduce((sum, entry) => sum + entry.value, 0)`)
		if shift > 0.05 {
			t.Errorf("%s moves by %.3f while it loads", path, shift)
		}
	}
}

func TestDoubleClickCreatesOneOrder(t *testing.T) {
	v := newShopper(t)
	hold := make(chan struct{})
	v.api.hold = hold
	v.putInCart("madu")
	v.do(chromedp.DoubleClick(chromedp.CSS("#pay")))
	v.sees("DOKU is opening your payment page")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#form").requestSubmit()`))
	v.looks("5-paying")
	close(hold)
	v.until(`document.title === "Hosted page"`)
	if sent := v.api.sent(); len(sent) != 1 {
		t.Errorf("%d requests, want 1", len(sent))
	}
}

func TestReloadRepeatsTheSameRequest(t *testing.T) {
	v := newShopper(t)
	hold := make(chan struct{})
	v.api.hold = hold
	v.putInCart("madu")
	v.click("#pay")
	v.api.arrived(t, 1)
	v.do(chromedp.Reload())
	v.sees("DOKU is opening your payment page")
	v.api.arrived(t, 2)
	close(hold)
	v.until(`document.title === "Hosted page"`)
	sameRequests(t, v, 2)
}

func TestAnUnknownOutcomeIsAskedForAgain(t *testing.T) {
	v := newShopper(t)
	v.api.script = []answer{
		{status: 202, retryAfter: "0", body: map[string]any{"status": "processing"}},
		{status: 409, retryAfter: "0", body: map[string]any{"title": "Still running", "status": 409}},
		{status: 502, retryAfter: "0", body: "Bad gateway"},
	}
	v.putInCart("madu")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	sameRequests(t, v, 4)
}

// sameRequests checks that the given number of equal requests were sent and made one order.
func sameRequests(t *testing.T, v *shopper, want int) {
	t.Helper()
	sent := v.api.sent()
	if len(sent) != want {
		t.Errorf("%d requests, want %d", len(sent), want)
	}
	for _, body := range sent {
		if body != sent[0] {
			t.Errorf("another request:\n%s\n%s", body, sent[0])
		}
	}
	if stored := v.api.stored(); stored != 1 {
		t.Errorf("%d orders, want 1", stored)
	}
}
