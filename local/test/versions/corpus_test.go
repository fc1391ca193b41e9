package versions

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/order"
)

var corpus = flag.Bool("corpus", false,
	"write shared/store/testdata/corpus anew, with the functions of the previous version")

// specimens are orders of every status, made only by requests and notifications.
var specimens = []struct {
	name   string
	status order.Status // in this version
	make   func(t *testing.T, b *both, invoice string)
}{
	{"creating", order.Creating, func(t *testing.T, b *both, invoice string) {
		b.control(t, "faults", `{"calls":{"createpage":{"lose_before":1}}}`)
		b.once(t, plan{invoice: invoice}.pageRequest(), http.StatusAccepted)
		b.control(t, "faults", `{}`)
	}},
	{"pending", order.Pending, func(t *testing.T, b *both, invoice string) { b.page(t, plan{invoice: invoice}) }},
	{"failed", order.Failed, func(t *testing.T, b *both, invoice string) {
		b.page(t, plan{invoice: invoice})
		b.notify(t, invoice, "FAILED")
	}},
	{"expired", order.Expired, func(t *testing.T, b *both, invoice string) {
		b.page(t, plan{invoice: invoice})
		b.age(t, invoice)
		until(t, "the page has ended",
			func() bool { b.reconcileOnce(t); return b.all(t)[invoice].Status() == order.Expired })
	}},
	{"authorized", order.Authorized,
		func(t *testing.T, b *both, invoice string) { b.bought(t, plan{invoice: invoice, authorize: true}) }},
	{"authorized-in-the-year-9999", order.Authorized, func(t *testing.T, b *both, invoice string) {
		b.authorizedAt(t, invoice, "9999-12-31T23:59:59Z")
	}},
	{"authorization-expired", order.AuthorizationExpired, func(t *testing.T, b *both, invoice string) {
		b.authorizedAt(t, invoice, time.Now().Add(-8*24*time.Hour).UTC().Format(time.RFC3339))
		b.reconcileOnce(t)
	}},
	{"capturing", order.Capturing, func(t *testing.T, b *both, invoice string) {
		p := plan{invoice: invoice, authorize: true}
		b.bought(t, p)
		b.control(t, "faults/next", `{"endpoint":"capture","fault":"lose_after"}`)
		b.once(t, p.captureRequests()[0], http.StatusAccepted)
	}},
	{"captured", order.Paid, func(t *testing.T, b *both, invoice string) {
		p := plan{invoice: invoice, authorize: true, capture: 60000}
		b.bought(t, p)
		b.once(t, p.captureRequests()[0], http.StatusOK)
	}},
	{"paid", order.Paid, func(t *testing.T, b *both, invoice string) { b.bought(t, plan{invoice: invoice}) }},
	{"partially-refunded", order.PartiallyRefunded, refunded("", 30000, http.StatusCreated)},
	{"refunded", order.Refunded, refunded("", amount, http.StatusCreated)},
	{"refunded-by-people", order.PartiallyRefunded, refunded(`manual-refunds {"on":true}`, 30000, http.StatusCreated)},
	{"refund-in-doubt", order.Paid,
		refunded(`faults/next {"endpoint":"refund","fault":"lose_after"}`, 30000, http.StatusAccepted)},
	{"refund-parked", order.Paid, func(t *testing.T, b *both, invoice string) {
		refunded(`faults/next {"endpoint":"refund","fault":"lose_after"}`, 30000, http.StatusAccepted)(t, b, invoice)
		asked := b.all(t)[invoice].Operations[1].FirstAt
		until(t, "the trust window has passed", func() bool { return time.Since(asked) > trustWindow })
		until(t, "the refund is parked",
			func() bool { b.reconcileOnce(t); return len(b.all(t)[invoice].Review()) == 1 })
	}},
	{"voided", order.Voided, func(t *testing.T, b *both, invoice string) {
		p := plan{invoice: invoice, refunds: []int64{amount}}
		b.bought(t, p)
		b.once(t, p.refundRequests(0)[0], http.StatusCreated)
	}},
	{"conflict", order.NeedsReview, func(t *testing.T, b *both, invoice string) {
		b.page(t, plan{invoice: invoice})
		b.paid(t, invoice, 80000, "448998")
	}},
	{"paid-twice", order.Paid, func(t *testing.T, b *both, invoice string) {
		b.bought(t, plan{invoice: invoice})
		b.paid(t, invoice, amount, "448998")
	}},
	{"orphan", "", func(t *testing.T, b *both, invoice string) { b.paid(t, invoice, amount, "448998") }},
}

func refunded(before string, sum int64, want int) func(*testing.T, *both, string) {
	return func(t *testing.T, b *both, invoice string) {
		t.Helper()
		p := plan{invoice: invoice, refunds: []int64{sum}}
		b.bought(t, p)
		b.control(t, "settle", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
		if path, body, some := strings.Cut(before, " "); some {
			b.control(t, path, body)
		}
		b.once(t, p.refundRequests(0)[0], want)
		b.control(t, "manual-refunds", `{"on":false}`)
	}
}

const trustWindow = 5 * time.Second

// The previous version makes an order of every status, and this version shows each with its status. With -corpus the
// items are kept for package store, which reads them, joins reports to them and writes them again.
func TestThisVersionReadsTheOrdersOfThePrevious(t *testing.T) {
	t.Parallel()
	b := startBothWith(t, map[string]string{
		"PAGE_LIFETIME": "1m", "TRUST_WINDOW": trustWindow.String(), "DOKU_TIMEOUT": "2s", "RESEND_AFTER": "3s",
	})
	for i, s := range specimens {
		invoice := fmt.Sprintf("CORPUS-%02d", i)
		b.to(older)
		s.make(t, b, invoice)
		key := "order#" + invoice
		if s.status == "" {
			key = "orphan#" + invoice
		}
		item := b.item(t, key)
		if *corpus {
			keep(t, s.name, item)
		}
		if s.status == "" {
			continue
		}
		b.to(newer)
		if shown, err := b.Payment(t.Context(), invoice); err != nil || shown.Status != string(s.status) {
			t.Errorf("%s is %s, %v, want %s", s.name, shown.Status, err, s.status)
		}
	}
}

func keep(t *testing.T, name string, item attributes) {
	t.Helper()
	folder := filepath.Join(harness.Root(), "shared/store/testdata/corpus")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := attributevalue.MarshalMapJSON(item)
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	if err := json.Indent(&lines, text, "", " "); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".json"), append(lines.Bytes(), '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func startBothWith(t *testing.T, settings map[string]string) *both {
	t.Helper()
	b := &both{suffered: map[string]int{}, runs: map[string]map[version]int{}}
	folder := previous(t)
	b.start(t, func(c *stack.Config) {
		c.Settings, c.Other = settings, stack.OtherVersion{Functions: folder, Takes: b.takes}
	})
	return b
}

// once sends a request, which must be answered with a status.
func (b *both) once(t *testing.T, r request, want int) merchant.Answer {
	t.Helper()
	answer, err := b.post(t.Context(), r)
	if err != nil || answer.Status != want {
		t.Fatalf("%s: %d %s %v, want %d", r.path, answer.Status, answer.Body, err, want)
	}
	return answer
}

func (b *both) page(t *testing.T, p plan) { t.Helper(); b.once(t, p.pageRequest(), http.StatusCreated) }

// bought pays an order by card, and waits until kasir has the payment.
func (b *both) bought(t *testing.T, p plan) {
	t.Helper()
	answer := b.once(t, p.pageRequest(), http.StatusCreated)
	var page struct {
		CreditCardPaymentPage struct{ URL string } `json:"credit_card_payment_page"`
	}
	err := json.Unmarshal(answer.Body, &page)
	if err == nil {
		err = customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa)
	}
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the order knows of its money", func() bool { return b.known(t, []plan{p}) })
}

func (b *both) authorizedAt(t *testing.T, invoice, date string) {
	t.Helper()
	b.page(t, plan{invoice: invoice, authorize: true})
	b.report(t, fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"transaction":{"type":"AUTHORIZE",`+
		`"status":"PENDING","date":%q},`+
		`"card_payment":{"masked_card_number":"476134******0039","response_code":"00","authorize_id":"17"}}`, invoice,
		amount, date))
}

func (b *both) paid(t *testing.T, invoice string, sum int64, code string) {
	t.Helper()
	b.report(t, fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"transaction":{"type":"SALE",`+
		`"status":"SUCCESS","date":%q},`+
		`"card_payment":{"masked_card_number":"557338******1101","response_code":"00","approval_code":%q}}`,
		invoice, sum, time.Now().UTC().Format(time.RFC3339), code))
}

func (b *both) reconcileOnce(t *testing.T) {
	t.Helper()
	if _, err := b.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
}
