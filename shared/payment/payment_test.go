package payment_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

const secret = "SK-test"

// bench is a Service on a store in memory and a stand-in for DOKU, with a clock that the test moves.
type bench struct {
	*payment.Service
	store *failingStore
	doku  *fakeDOKU
	now   time.Time
}

func newBench() *bench {
	b := &bench{now: time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC), store: &failingStore{}, doku: &fakeDOKU{}}
	clock := func() time.Time { return b.now }
	var ids atomic.Int64
	b.Service = &payment.Service{
		Store: b.store, DOKU: b.doku, Now: clock, Merchant: order.Merchant{Environment: "sandbox", ClientID: "MCH-1"},
		NewID:        func() string { return "id" + strconv.FormatInt(ids.Add(1), 10) },
		PageLifetime: time.Hour, TrustWindow: time.Hour,
		Receiver: doku.Receiver{Keys: doku.Keyring{ClientID: "MCH-1", Current: secret}, Target: "/notifications",
			Now: clock},
		CallbackHosts: []string{"shop.example", "localhost"}, NotificationHosts: []string{"hooks.example"},
		NotificationTarget: "/notifications",
	}
	return b
}

// fakeDOKU stands in for DOKU. It gives the answers that a test sets, and records the Request-Ids.
type fakeDOKU struct {
	mu     sync.Mutex
	asked  []string // Request-Ids
	bodies []string
	answer func() (string, error) // the page's URL; nil: a page
	money  func() (string, error) // a refund's type, or the result of a capture; nil: done
	tokens []doku.Token
	told   func(invoice string) (doku.Status, error) // check status; nil: no answer
}

func (f *fakeDOKU) moved(requestID string, body any) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, _ := json.Marshal(body)
	f.asked, f.bodies = append(f.asked, requestID), append(f.bodies, string(text))
	if f.money == nil {
		return "FULL_REFUND", nil
	}
	return f.money()
}

func (f *fakeDOKU) Capture(_ context.Context, requestID string, r doku.CaptureRequest) (doku.CaptureResponse, error) {
	_, err := f.moved(requestID, r)
	return doku.CaptureResponse{Signed: true}, err
}

func (f *fakeDOKU) Refund(_ context.Context, requestID string, r doku.RefundRequest) (doku.RefundResponse, error) {
	kind, err := f.moved(requestID, r)
	var out doku.RefundResponse
	out.Refund.Type, out.Signed = doku.Text(kind), true
	return out, err
}

func (f *fakeDOKU) Status(_ context.Context, _, invoice string) (doku.Status, error) {
	if f.told == nil {
		return doku.Status{}, errUnknown
	}
	return f.told(invoice)
}

func (f *fakeDOKU) ListTokens(context.Context, string, string) ([]doku.Token, error) {
	return f.tokens, nil
}

func (f *fakeDOKU) DeleteToken(_ context.Context, requestID, customerID, tokenID string) error {
	_, err := f.moved(requestID, customerID+" "+tokenID)
	return err
}

func (f *fakeDOKU) CreatePage(_ context.Context, requestID string,
	r doku.CreatePageRequest) (doku.CreatePageResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := json.Marshal(r)
	f.asked, f.bodies = append(f.asked, requestID), append(f.bodies, string(body))
	var out doku.CreatePageResponse
	out.CreditCardPaymentPage.URL = doku.Private("https://pay.example/" + requestID)
	if f.answer == nil {
		return out, nil
	}
	url, err := f.answer()
	out.CreditCardPaymentPage.URL = doku.Private(url)
	return out, err
}

// failingStore is a store in memory that fails on demand, before or after it has written.
type failingStore struct {
	store.Memory
	create, update, orphan error
	afterWrite             bool
}

func (f *failingStore) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (stored order.Order,
	err error) {
	err = f.failing(ctx, f.create, func() error { stored, err = f.Memory.Create(ctx, o, joined); return err })
	return stored, err
}

func (f *failingStore) Update(ctx context.Context, o order.Order) error {
	return f.failing(ctx, f.update, func() error { return f.Memory.Update(ctx, o) })
}

func (f *failingStore) PutOrphan(ctx context.Context, orphan payment.Orphan) error {
	return f.failing(ctx, f.orphan, func() error { return f.Memory.PutOrphan(ctx, orphan) })
}

func (f *failingStore) failing(ctx context.Context, failure error, write func() error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failure == nil {
		return write()
	}
	if f.afterWrite {
		write()
	}
	return failure
}

// backEnd is a caller with every right.
var backEnd = payment.Caller{Subject: "back-end", Prices: true, ReadsAll: true, AllTokens: true}

func request() payment.PageRequest {
	return payment.PageRequest{Caller: backEnd, CreatePageRequest: doku.CreatePageRequest{
		Order:    doku.PageOrder{InvoiceNumber: "INV-1", Amount: 90000, CallbackURL: "https://shop.example/back"},
		Customer: doku.Customer{Name: "Budi Santoso", Email: "budi@example.com", Phone: "6281122334455"},
	}}
}

func (b *bench) status(t *testing.T) order.Status {
	t.Helper()
	o, err := b.Find(t.Context(), "INV-1")
	if err != nil {
		t.Fatal(err)
	}
	return o.Status()
}

// notify posts a signed notification about an amount with a transaction of the given type and status.
func (b *bench) notify(t *testing.T, invoice string, amount any, transaction, status,
	extra string) (payment.NotifyResult, error) {
	t.Helper()
	code := "00"
	if status == "FAILED" {
		code = "51"
	}
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%v},`+
		`"transaction":{"type":%q,"status":%q,"date":"2026-08-27T10:00:00Z"},`+
		`"customer":{"name":"Budi Santoso"},`+
		`"card_payment":{"masked_card_number":"557338******1101","response_code":%q,"approval_code":"448998"%s}}`,
		invoice, amount, transaction, status, code, extra)
	return b.Notify(t.Context(), sign(body), []byte(body))
}

func sign(body string) http.Header {
	sum := sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "Client-Id:MCH-1\nRequest-Id:N-1\nRequest-Timestamp:2026-08-27T10:00:01Z\n"+
		"Request-Target:/notifications\nDigest:%s",
		base64.StdEncoding.EncodeToString(sum[:]))
	return http.Header{"Client-Id": {"MCH-1"}, "Request-Id": {"N-1"}, "Request-Timestamp": {"2026-08-27T10:00:01Z"},
		"Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
}

var (
	errUnknown = fmt.Errorf("no answer: %w", doku.ErrUnknown)
	errStore   = errors.New("dynamodb is down")
)

func keysOf(keys ...doku.Secret) func(context.Context, bool) []doku.Secret {
	return func(context.Context, bool) []doku.Secret { return keys }
}
