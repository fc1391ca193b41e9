package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/local/aws/dynamodb"
	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// sale is an order in the merchant's own books.
type sale struct {
	invoice   string
	authorize bool
	paid      bool
	capture   bool  // the merchant wants it captured
	refund    int64 // the money that the merchant wants to give back, in whole rupiah
	asks      int   // requests for refunds, each under a key of its own
	// machine is set if the merchant's own books hold what was answered: it repeats a request under its key until it
	// has an answer, and asks for no more. Otherwise people look at the payment and ask, under a new key, for what it
	// lacks.
	machine bool
	// stubborn is set if people repeat a request that they have once decided on, with what they saw then.
	stubborn bool
	seen     string
	given    int64  // of a machine: the refunds that were answered
	key      string // of a machine: of the request that has no answer yet
	asked    int64  // of that request
}

// world is one drill.
type world struct {
	t      *testing.T
	random *rand.Rand
	stack  *stack.Stack
	api    merchant.API
	client *awsdynamodb.Client
	data   string

	orders   []*sale
	acts     int
	lostActs int // after the copy

	copied     []map[string]types.AttributeValue
	restoredTo time.Time
	lost       bool
	mu         sync.Mutex // of the two counts below
	lostMoney  int        // captures and refunds after the copy
	held       int        // requests that were answered 503
	again      int        // orders that were made again
	decided    int        // conflicts
	recovered  recovered
}

// recovered is the part of kasir recover's document that the drill reads.
type recovered struct {
	Released  bool
	Events    int
	Asked     int
	Lost      []string
	Attention []string
	Differ    []string
	Orphans   []string
	Unknown   []struct {
		Invoice string `json:"invoice_number"`
	}
}

const price = 90000

// drill runs one drill.
func drill(t *testing.T, seed uint64, c course) *world {
	t.Helper()
	w := &world{t: t, random: rand.New(rand.NewPCG(seed, 20)), stack: start(t, seed), data: t.TempDir()}
	w.api, w.client = harness.API(t, w.stack), dynamodb.Client(w.stack.DynamoDB)
	if c.empty {
		w.copy()
	}
	for range 40 {
		w.act()
	}
	if !c.empty {
		w.copy()
	}
	acts := 24 + w.random.IntN(16)
	for i := range acts {
		w.lostActs++
		w.act()
		if i%8 == 7 {
			w.advance(time.Minute + time.Duration(w.random.IntN(20))*time.Second)
		}
	}
	w.advance(max(0, 5*time.Minute-w.now().Sub(w.restoredTo)))
	w.lose(c.hold)
	w.repeatAll() // callers repeat what got no answer, and people refund what the table does not show
	w.reconcile()
	if c.again {
		w.makeAgain(2)
		w.repeatAll()
	}
	switch {
	case c.stopped:
		w.recoverStopped()
	case c.recover:
		w.recover(0)
	default:
		w.end()
	}
	if c.again {
		w.makeAgain(1)
	}
	for range 3 {
		w.repeatAll()
		w.reconcile()
	}
	if c.again {
		w.advance(2 * time.Hour) // check status is asked about the orders that were made again
		w.decide()
		w.repeatAll()
		w.reconcile()
		w.repeatAll()
	}
	w.advance(2 * time.Hour) // what is open is settled or parked
	return w
}

func (w *world) now() time.Time { return w.stack.Clock.Now() }

func (w *world) advance(by time.Duration) {
	w.t.Helper()
	if err := w.stack.Clock.Advance(w.t.Context(), by); by > 0 && err != nil {
		w.t.Fatal(err)
	}
}

// act does one random act: a new order, or a capture or refund of an earlier one.
func (w *world) act() {
	w.t.Helper()
	w.acts++
	s := &sale{}
	if len(w.orders) > 0 {
		s = w.orders[w.random.IntN(len(w.orders))]
	}
	switch n := w.random.IntN(10); {
	case n < 2, len(w.orders) < 16:
		w.buy()
		return
	case s.authorize && !s.paid:
		return
	case s.authorize && !s.capture && n < 8:
		s.capture = true
		w.request(s, "capture")
		return
	}
	if s.paid && (!s.authorize || s.capture) {
		s.refund = min(price, s.refund+30000)
		w.request(s, "refunds")
	}
}

// buy makes an order, which the customer mostly pays. Some orders never get their notification.
func (w *world) buy() {
	w.t.Helper()
	s := &sale{invoice: fmt.Sprintf("DRILL-%03d", len(w.orders)+1), authorize: w.random.IntN(2) == 0,
		machine: w.random.IntN(2) == 0}
	s.stubborn = !s.machine && w.random.IntN(2) == 0
	w.orders = append(w.orders, s)
	page := w.page(s)
	if w.random.IntN(6) == 0 {
		return
	}
	if err := customer.Pay(w.t.Context(), http.DefaultClient, page, customer.Mastercard); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	status := map[bool]string{false: "PAID", true: "AUTHORIZED"}[s.authorize]
	if _, err := w.api.Await(ctx, s.invoice, status); err != nil {
		w.t.Fatal(err)
	}
	w.control("settle", fmt.Sprintf(`{"invoice_number":%q}`, s.invoice))
	s.paid = true
}

// request asks for a capture, or for the refund that the merchant still wants.
func (w *world) request(s *sale, what string) {
	w.t.Helper()
	header, body := http.Header{}, "{}"
	if what == "refunds" {
		if !w.chooseRefund(s) {
			return
		}
		header.Set("Idempotency-Key", s.key)
		body = fmt.Sprintf(`{"refund":{"amount":%d}%s}`, s.asked, s.seen)
	}
	answer, err := w.api.Do(w.t.Context(), http.MethodPost, "/payments/"+s.invoice+"/"+what, header, []byte(body))
	if err == nil && answer.Status == http.StatusBadRequest {
		w.t.Errorf("%s of %s: %s", what, s.invoice, answer.Body)
	}
	w.mu.Lock()
	if err == nil && answer.Status == http.StatusServiceUnavailable {
		w.held++
	}
	if err == nil && answer.Status < 300 && w.lostActs > 0 && !w.lost {
		w.lostMoney++
	}
	settles := w.lostActs == 0 || w.held == 0
	w.mu.Unlock()
	if err == nil && what == "refunds" && answer.Status == http.StatusUnprocessableEntity {
		s.key = ""
	}
	if err == nil && what == "refunds" && answer.Status < 300 && answer.Status != http.StatusAccepted {
		s.key, s.given = "", s.given+s.asked
	}
	if settles {
		w.control("settle", fmt.Sprintf(`{"invoice_number":%q}`, s.invoice))
	}
}

// chooseRefund chooses the key and the amount of the next request for a refund. It returns false if the merchant wants
// none.
func (w *world) chooseRefund(s *sale) bool {
	w.t.Helper()
	if (s.machine || s.stubborn) && s.key != "" {
		return true
	}
	back := s.given
	if !s.machine {
		shown, ok := w.show(s)
		if back = number(shown, "captured") - number(shown, "refundable"); !ok || number(shown, "captured") == 0 {
			return false
		}
	}
	if s.asked = s.refund - back; s.asked <= 0 {
		return false
	}
	if s.stubborn {
		s.seen = fmt.Sprintf(`,"expected_refundable":%d`, price-back)
	}
	s.asks++
	s.key = fmt.Sprintf("refund-of-%s-%d", s.invoice, s.asks)
	return true
}

// repeatAll has the merchant's people look at every order, and ask again for what it does not show.
func (w *world) repeatAll() {
	w.t.Helper()
	for _, s := range w.orders {
		if shown, ok := w.show(s); ok && s.capture && shown["status"] == "AUTHORIZED" {
			w.request(s, "capture")
		}
		if s.refund > 0 {
			w.request(s, "refunds")
		}
	}
}

func (w *world) show(s *sale) (map[string]any, bool) {
	w.t.Helper()
	answer, err := w.api.Do(w.t.Context(), http.MethodGet, "/payments/"+s.invoice, http.Header{}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	shown := map[string]any{}
	_ = json.Unmarshal(answer.Body, &shown)
	return shown, answer.Status == http.StatusOK
}

func number(shown map[string]any, name string) int64 { n, _ := shown[name].(float64); return int64(n) }

func (w *world) control(path, body string) {
	w.t.Helper()
	response, err := http.Post(w.stack.DOKU+"/control/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
}

func (w *world) reconcile() {
	w.t.Helper()
	if _, err := w.stack.Reconcile(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}
