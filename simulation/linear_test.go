package simulation_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
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

var operations = flag.Int("operations", 150,
	"TestOneOrderIsLinearizable: how many operations each of 64 goroutines makes")

// counter is a DOKU that carries out every request and counts it.
type counter struct {
	payment.DOKU
	mu   sync.Mutex
	done map[string]int64 // refunds by Request-Id
	runs map[string]int   // running attempts by Request-Id
	bad  []string
}

func (c *counter) CreatePage(_ context.Context, requestID string,
	r doku.CreatePageRequest) (doku.CreatePageResponse, error) {
	var out doku.CreatePageResponse
	out.Order.InvoiceNumber, out.CreditCardPaymentPage.URL = r.Order.InvoiceNumber,
		doku.Private("https://pay.example/"+requestID)
	return out, nil
}

func (c *counter) Refund(_ context.Context, requestID string, r doku.RefundRequest) (doku.RefundResponse, error) {
	c.mu.Lock()
	if c.runs[requestID]++; c.runs[requestID] > 1 {
		c.bad = append(c.bad, "two attempts at "+requestID+" at once")
	}
	if amount, repeated := c.done[requestID]; repeated && amount != r.Amount {
		c.bad = append(c.bad, "two amounts under "+requestID)
	}
	c.done[requestID] = r.Amount
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.runs[requestID]--; c.mu.Unlock() }()
	return doku.RefundResponse{}, nil
}

// newLinearService returns use cases with an order of an amount that can be paid.
func newLinearService(t *testing.T, amount int64, writes payment.Store, bank payment.DOKU) *payment.Service {
	t.Helper()
	var clock, ids atomic.Int64
	now := func() time.Time {
		return time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC).Add(time.Duration(clock.Add(1)) * time.Millisecond)
	}
	keys := doku.Keyring{ClientID: "MCH-1", Current: "SK-1"}
	s := &payment.Service{
		Store: writes, DOKU: bank, Now: now, NewID: func() string { return strconv.FormatInt(ids.Add(1), 10) },
		Merchant:    order.Merchant{Environment: "test", ClientID: "MCH-1"},
		Receiver:    doku.Receiver{Keys: keys, Target: "/notifications", Now: now},
		TrustWindow: 1000 * time.Hour, PageLifetime: time.Hour,
	}
	page := payment.PageRequest{Caller: payment.Caller{Subject: "merchant", Prices: true}}
	page.Order = doku.PageOrder{InvoiceNumber: "INV-1", Amount: amount}
	page.Customer = doku.Customer{Email: "budi@example.com"}
	if _, err := s.CreatePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	return s
}

// notifySale delivers the n-th genuine notification of the order.
func notifySale(ctx context.Context, s *payment.Service, status string, amount, n int64) (payment.NotifyResult, error) {
	date := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
	at := date.Format(doku.TimestampLayout)
	body := fmt.Appendf(nil, `{"order":{"invoice_number":"INV-1","amount":%d},`+
		`"transaction":{"type":"SALE","status":%q,"date":%q}}`, amount, status, at)
	c := doku.Component{ClientID: "MCH-1", RequestID: "N" + strconv.FormatInt(n, 10), Timestamp: at,
		Target: "/notifications", Digest: doku.Digest(body)}
	return s.Notify(ctx, http.Header{"Client-Id": {c.ClientID}, "Request-Id": {c.RequestID},
		"Request-Timestamp": {at}, "Signature": {doku.Sign("SK-1", c)}}, body)
}

// TestOneOrderIsLinearizable is R9: 64 goroutines work on one order at once. Every answer shows a version of the order.
// None shows an older version than an answer that was complete before the request. With one conditional write for each
// version, that is linearizability. No write is lost, and no refund is made twice or beyond the money taken.
func TestOneOrderIsLinearizable(t *testing.T) {
	const amount, workers = 1_000_000, 64
	bank := &counter{done: map[string]int64{}, runs: map[string]int{}}
	counted := &countingStore{}
	s := newLinearService(t, amount, counted, bank)
	if _, err := notifySale(t.Context(), s, "SUCCESS", amount, 0); err != nil {
		t.Fatal(err)
	}
	var newest, events, lost atomic.Int64
	raise := func(version int64) {
		for seen := newest.Load(); version > seen && !newest.CompareAndSwap(seen, version); seen = newest.Load() {
		}
	}
	var group sync.WaitGroup
	for worker := range workers {
		dice := rand.New(rand.NewPCG(uint64(worker), 9))
		group.Go(func() {
			for range *operations {
				floor := newest.Load()
				var shown order.Order
				var err error
				switch dice.IntN(4) {
				case 0:
					var n payment.NotifyResult
					n, err = notifySale(t.Context(), s, "FAILED", amount, events.Add(1))
					shown = n.Order
				case 1:
					var a payment.Answer
					a, err = s.Refund(t.Context(), payment.RefundRequest{
						Invoice: "INV-1", Key: "key-" + strconv.Itoa(dice.IntN(90)), Amount: 15_000, Expected: -1,
					})
					shown = a.Order
				default:
					shown, err = s.Find(t.Context(), "INV-1")
				}
				if errors.Is(err, payment.ErrStore) { // lost every race; it may be repeated
					lost.Add(1)
				}
				if err == nil && shown.Version < floor {
					t.Errorf("version %d was shown after version %d", shown.Version, floor)
				}
				if err == nil {
					raise(shown.Version)
				}
			}
		})
	}
	group.Wait()
	o, err := s.Find(t.Context(), "INV-1")
	if err != nil {
		t.Fatal(err)
	}
	if want := counted.writes.Load(); o.Version != want {
		t.Errorf("version %d after %d successful writes", o.Version, want)
	}
	total := int64(0)
	for _, m := range bank.done {
		total += m
	}
	if total > amount || o.Refunded() > total {
		t.Errorf("refunds of %d were sent, %d are known, %d was taken", total, o.Refunded(), amount)
	}
	for _, what := range bank.bad {
		t.Error(what)
	}
	t.Logf("R9: %d goroutines × %d operations on one order: %d versions, none shown after a newer one; "+
		"%d operations lost every race", workers, *operations, o.Version, lost.Load())
}

// countingStore counts the writes that succeed.
type countingStore struct {
	store.Memory
	writes atomic.Int64
}

func (c *countingStore) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	stored, err := c.Memory.Create(ctx, o, joined)
	if err == nil {
		c.writes.Add(1)
	}
	return stored, err
}

func (c *countingStore) Update(ctx context.Context, o order.Order) error {
	err := c.Memory.Update(ctx, o)
	if err == nil {
		c.writes.Add(1)
	}
	return err
}
