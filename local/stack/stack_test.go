package stack_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

func TestMain(m *testing.M) { harness.Main(m) }

// shopfront is a stack with helpers for the tests.
type shopfront struct {
	*stack.Stack
	merchant.API
}

func open(t *testing.T, change func(*stack.Config)) shopfront {
	running := harness.Start(t, change)
	return shopfront{running, harness.API(t, running)}
}

// page requests a page of Rp90.000.
func (s shopfront) page(t *testing.T, invoice string) string {
	t.Helper()
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`,
		invoice)
	page, err := s.CreatePage(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return page.CreditCardPaymentPage.URL
}

func (s shopfront) await(t *testing.T, invoice, status string) merchant.Payment {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	p, err := s.Await(ctx, invoice, status)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s shopfront) status(t *testing.T, invoice string) string {
	t.Helper()
	p, err := s.Payment(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	return p.Status
}

func TestAPaymentFromEndToEnd(t *testing.T) {
	s := open(t, nil)
	page := s.page(t, "E2E-1")
	if got := s.status(t, "E2E-1"); got != "PENDING" {
		t.Errorf("before paying: %s", got)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page, customer.Insufficient); err != nil {
		t.Fatal(err)
	}
	if p := s.await(t, "E2E-1", "FAILED"); len(p.Failures) != 1 || p.Failures[0].Code != "51" {
		t.Errorf("after a decline: %+v", p)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page, customer.Mastercard); err != nil {
		t.Fatal(err)
	}
	if p := s.await(t, "E2E-1", "PAID"); p.Card.Masked != "557338******1101" || p.Order.Amount != 90000 {
		t.Errorf("after paying: %+v", p)
	}
}

// A dozen identical requests at once make one page.
func TestADoubleClickIsOnePage(t *testing.T) {
	s := open(t, nil)
	var wg sync.WaitGroup
	pages := make([]string, 12)
	for i := range pages {
		wg.Go(func() { pages[i] = s.page(t, "CLICK-1") })
	}
	wg.Wait()
	for _, page := range pages {
		if page == "" || page != pages[0] {
			t.Errorf("pages %q", pages)
			break
		}
	}
	var listed struct{ Payments []any }
	control(t, s.DOKU+"/control/payments?invoice_number=CLICK-1", &listed)
	if len(listed.Payments) != 1 {
		t.Errorf("DOKU's sandbox made %d pages", len(listed.Payments))
	}
}

// notification is the content of a notification.
type notification struct {
	invoice, status string
	amount          int
	secret          string // the sandbox's if empty
	change          func(header http.Header, body string) string
}

// post signs a notification without any code of kasir and posts it through the HTTP API.
func (s shopfront) post(t *testing.T, n notification) int {
	t.Helper()
	if n.secret == "" {
		n.secret = sandbox.DefaultSecretKey
	}
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"transaction":{"type":"SALE","status":%q,`+
		`"date":"2026-08-27T10:25:00Z"},`+
		`"card_payment":{"masked_card_number":"557338******1101","approval_code":"448998","response_code":"00"}}`,
		n.invoice, n.amount, n.status)
	const id, at = "CREDIT_CARD0001", "2026-08-27T10:25:01Z"
	sum := sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(n.secret))
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:/notifications\nDigest:%s",
		sandbox.DefaultClientID, id, at, base64.StdEncoding.EncodeToString(sum[:]))
	header := http.Header{"Client-Id": {sandbox.DefaultClientID}, "Request-Id": {id}, "Request-Timestamp": {at},
		"Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	if n.change != nil {
		body = n.change(header, body)
	}
	answer, err := s.Do(t.Context(), http.MethodPost, "/notifications", header, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status
}

func TestNotificationsThatAreNotGenuineChangeNothing(t *testing.T) {
	s := open(t, nil)
	s.page(t, "FORGE-1")
	paid := notification{invoice: "FORGE-1", status: "SUCCESS", amount: 90000}
	with := func(change func(*notification)) notification { n := paid; change(&n); return n }
	for name, test := range map[string]struct {
		n    notification
		want int
	}{
		"forged":                  {with(func(n *notification) { n.secret = "SK-somebody-else" }), 401},
		"signed with a stale key": {with(func(n *notification) { n.secret = "SK-kasir-sandbox-of-last-year" }), 401},
		"altered by one byte": {with(func(n *notification) {
			n.change = func(_ http.Header, b string) string { return strings.Replace(b, "90000", "90001", 1) }
		}), 401},
		"signature sent twice": {with(func(n *notification) {
			n.change = func(h http.Header, b string) string { h.Add("Signature", h.Get("Signature")); return b }
		}), 400},
		"signature joined by hand": {with(func(n *notification) {
			n.change = func(h http.Header, b string) string { h.Set("Signature", h.Get("Signature")+",x"); return b }
		}), 400},
		"without signature": {with(func(n *notification) {
			n.change = func(h http.Header, b string) string { h.Del("Signature"); return b }
		}), 401},
		"larger than 64 KB": {with(func(n *notification) {
			n.change = func(_ http.Header, b string) string { return b + strings.Repeat(" ", 64<<10) }
		}), 413},
	} {
		if got := s.post(t, test.n); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	if got := s.status(t, "FORGE-1"); got != "PENDING" {
		t.Errorf("the order is %s", got)
	}
	if got := s.post(t, paid); got != 200 || s.status(t, "FORGE-1") != "PAID" {
		t.Errorf("the genuine one: %d, %s", got, s.status(t, "FORGE-1"))
	}
}

func TestNotificationsInAnyOrder(t *testing.T) {
	s := open(t, nil)
	for invoice, statuses := range map[string][]string{
		"ORDER-1": {"SUCCESS", "SUCCESS"}, "ORDER-2": {"SUCCESS", "FAILED"}, "ORDER-3": {"FAILED", "SUCCESS"},
		"ORDER-4": {"FAILED", "SUCCESS", "FAILED", "SUCCESS"},
	} {
		s.page(t, invoice)
		for _, status := range statuses {
			if got := s.post(t, notification{invoice: invoice, status: status, amount: 90000}); got != 200 {
				t.Errorf("%s %s: %d", invoice, status, got)
			}
		}
		if got := s.status(t, invoice); got != "PAID" {
			t.Errorf("%s after %v: %s", invoice, statuses, got)
		}
	}
}

func TestAnAmountThatWasNotAskedIsNotMoney(t *testing.T) {
	s := open(t, nil)
	s.page(t, "AMOUNT-1")
	if got := s.post(t, notification{invoice: "AMOUNT-1", status: "SUCCESS", amount: 9}); got != 200 {
		t.Errorf("answered %d", got)
	}
	p, err := s.Payment(t.Context(), "AMOUNT-1")
	if err != nil || p.Status != "NEEDS_REVIEW" || p.Conflict.Reason == "" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestANotificationForAnUnknownOrderIsKept(t *testing.T) {
	s := open(t, nil)
	if got := s.post(t, notification{invoice: "ORPHAN-1", status: "SUCCESS", amount: 90000}); got != 200 {
		t.Errorf("answered %d", got)
	}
	orders := store.DynamoDB{Client: dynamodb.Client(s.DynamoDB), Table: stack.Table}
	orphans, err := orders.Orphans(t.Context(), "ORPHAN-1")
	if err != nil || len(orphans) != 1 || orphans[0].News.Paid == nil || orphans[0].News.Paid.Amount != 90000 {
		t.Errorf("%+v, %v", orphans, err)
	}
}

// DOKU repeats a notification until the merchant answers 2xx. No detail of the store's failure is in the answer.
func TestAStoreThatIsDownLosesNothing(t *testing.T) {
	s := open(t, func(c *stack.Config) { c.Settings = map[string]string{"TABLE_NAME": "not-there"} })
	body := []byte(`{"order":{"invoice_number":"DOWN-1","amount":90000},"customer":{"email":"budi@example.com"}}`)
	answer, err := s.Do(t.Context(), http.MethodPost, "/payments", nil, body)
	if err != nil || answer.Status != 503 || answer.Header.Get("Retry-After") == "" ||
		strings.Contains(string(answer.Body), "not-there") {
		t.Errorf("%d %s %v", answer.Status, answer.Body, err)
	}
	if got := s.post(t, notification{invoice: "DOWN-1", status: "SUCCESS", amount: 90000}); got != 503 {
		t.Errorf("notification: %d, want 503: a 2xx would be the last DOKU sends of it", got)
	}
	var listed struct{ Payments []any }
	control(t, s.DOKU+"/control/payments", &listed)
	if len(listed.Payments) != 0 {
		t.Error("DOKU made a page without an order here")
	}
}

func TestAWrongSettingIsNamedAtTheStart(t *testing.T) {
	_, err := stack.Start(t.Context(), stack.Config{
		Root: harness.Root(), Functions: harness.Functions(), Settings: map[string]string{"PAGE_LIFETIME": "an hour"},
	})
	if err == nil || !strings.Contains(err.Error(), "PAGE_LIFETIME") {
		t.Errorf("%v", err)
	}
}

func control(t *testing.T, url string, into any) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
