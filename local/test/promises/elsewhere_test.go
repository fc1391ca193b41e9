package promises

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
)

var (
	booksSeeds = flag.Int("books-seeds", 12, "TestTheBooksAgree: how many orders")
	booksSeed  = flag.Uint64("books-seed", 0, "TestTheBooksAgree: only this seed")
)

// backOffice is the stack of the tests of money that moves outside kasir.
var backOffice = lazyFixture(nil, `{}`)

// click lets people act in DOKU's Back Office, or a bank, and reports whether DOKU allowed it.
func (h *fixture) click(t *testing.T, invoice, act string, amount int64) bool {
	t.Helper()
	body := fmt.Sprintf(`{"invoice_number":%q,"act":%q,"anyway":true}`, invoice, act)
	if amount > 0 {
		body = fmt.Sprintf(`{"invoice_number":%q,"act":%q,"amount":%d,"anyway":true}`, invoice, act, amount)
	}
	response, err := http.Post(h.doku.doku+"/control/backoffice", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	if response.StatusCode >= 500 || response.StatusCode == 400 {
		t.Fatalf("Back Office: %s %d: %s", act, amount, content)
	}
	return response.StatusCode == http.StatusOK
}

// sentNotification is a notification as the sandbox's control lists it.
type sentNotification struct {
	ID           string
	Acknowledged bool
}

// notifications lists DOKU's notifications of an order.
func (h *fixture) notifications(t *testing.T, invoice string) []sentNotification {
	t.Helper()
	response, err := http.Get(h.doku.doku + "/control/ledger?invoice_number=" + invoice)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all struct {
		Ledger []struct{ Notifications []sentNotification }
	}
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil || len(all.Ledger) != 1 {
		t.Fatalf("the ledger of %s: %+v %v", invoice, all, err)
	}
	return all.Ledger[0].Notifications
}

// allTold reports whether kasir has acknowledged every notification of an order.
func (h *fixture) allTold(t *testing.T, invoice string) bool {
	t.Helper()
	return !slices.ContainsFunc(h.notifications(t, invoice), func(n sentNotification) bool { return !n.Acknowledged })
}

// story is what happens to one order, drawn from a seed.
type story struct {
	*fixture
	t       *testing.T
	dice    *rand.Rand
	invoice string
	seed    uint64
	steps   []string
	keys    []string // of refunds, with their amounts
	amounts []int64
}

func (s *story) say(format string, args ...any) {
	s.steps = append(s.steps, fmt.Sprintf(format, args...))
}

// forms are how DOKU may show and report what people did, as the sandbox's faults.
var forms = []string{
	`{}`, `{"partial_refunds":"reduced"}`, `{"partial_refunds":"whole"}`,
	`{"partial_refunds":"hidden","hide_chargebacks":true}`, `{"notifications":{"duplicate":0.6}}`,
	`{"notifications":{"drop":0.5}}`, `{"partial_refunds":"reduced","notifications":{"drop":1}}`,
	`{"notifications":{"odd_amount":0.4,"odd_case":0.4}}`, `{"notifications":{"lose_answer":0.5,"delay":0.4}}`,
	`{"lose_after":0.3,"notifications":{"drop":0.3}}`, `{"pending_first":0.3}`,
}

// play makes an order and lets its owner, people and banks move its money in random sequence.
func (s *story) play() {
	t := s.t
	reserved := s.dice.IntN(3) == 0
	if reserved {
		s.makeAuthorization(t, s.invoice, "")
		s.say("an authorisation of 90000")
	} else {
		s.buy(t, s.invoice, "", "PAID")
		s.say("a sale of 90000")
	}
	if !reserved && s.dice.IntN(4) > 0 {
		s.control(t, "settle", fmt.Sprintf(`{"invoice_number":%q}`, s.invoice))
		s.say("it is settled")
	}
	if s.dice.IntN(4) == 0 {
		s.control(t, "manual-refunds", fmt.Sprintf(`{"on":true,"invoice_number":%q}`, s.invoice))
		s.say("people at DOKU carry out its refunds")
	}
	form := forms[s.dice.IntN(len(forms))]
	s.control(t, "faults/order", fmt.Sprintf(`{"invoice_number":%q,"faults":%s}`, s.invoice, form))
	s.say("DOKU: %s", form)
	for range 3 + s.dice.IntN(5) {
		s.step(reserved)
	}
}

func (s *story) step(reserved bool) {
	amount := []int64{90000, 50000, 50000, 40000, 30000, 10000}[s.dice.IntN(6)]
	acts := []string{"refund", "refund", "refund", "void", "dispute", "dispute-won", "reject-manual"}
	if reserved {
		acts = append(acts, "capture", "capture", "void")
	}
	switch n := s.dice.IntN(10); {
	case n < 4:
		for range 5 { // DOKU does not offer every act at all times
			act := acts[s.dice.IntN(len(acts))]
			sum := amount
			if act == "void" || act == "reject-manual" || act == "dispute-won" {
				sum = 0
			}
			if s.click(s.t, s.invoice, act, sum) {
				s.say("Back Office: %s %d", act, sum)
				return
			}
		}
	case n < 7:
		s.refundOwn(fmt.Sprintf("refund-of-%s-%d", s.invoice, len(s.keys)), amount)
	case n == 7 && len(s.keys) > 0:
		i := s.dice.IntN(len(s.keys))
		s.refundOwn(s.keys[i], s.amounts[i])
	case n == 8 && reserved:
		got := s.capture(s.t, s.invoice, []string{`{}`, `{"payment":{"capture_amount":60000}}`}[s.dice.IntN(2)])
		s.say("capture: %d", got.status)
	default:
		s.look()
	}
}

// refundOwn asks kasir for a refund. Once kasir was told of everything, it sends none that exceeds what is left.
func (s *story) refundOwn(key string, amount int64) {
	settled := until(s.t, 300*time.Millisecond, func() bool { return s.allTold(s.t, s.invoice) })
	before, sent := s.ledgerOf(s.t, s.invoice), len(s.doku.ids("refund", s.invoice))
	got := s.refund(s.t, s.invoice, key, amount)
	if got.status == 400 {
		s.t.Fatalf("refund: %s", got.text)
	}
	s.say("refund %d under %s: %d %.100s", amount, key[len(key)-1:], got.status, got.text)
	if !slices.Contains(s.keys, key) {
		s.keys, s.amounts = append(s.keys, key), append(s.amounts, amount)
		left := before.Captured - before.Refunded - before.ChargedBack
		if settled && amount > left && len(s.doku.ids("refund", s.invoice)) > sent {
			s.t.Errorf("kasir knew that %d was left, and sent a refund of %d", left, amount)
		}
	}
}

// look lets an hour pass, and reconcile look at the order.
func (s *story) look() {
	s.age(s.t, s.invoice, 5*time.Minute)
	s.reconcile(s.t)
	s.say("five minutes later reconcile has run")
}

// tell lets DOKU report everything: each notification is sent again by hand.
func (s *story) tell() {
	s.control(s.t, "faults/order", fmt.Sprintf(`{"invoice_number":%q,"faults":{}}`, s.invoice))
	for _, n := range s.notifications(s.t, s.invoice) {
		if !n.Acknowledged {
			s.control(s.t, "notifications/"+n.ID+"/resend", "")
		}
	}
	for _, d := range []time.Duration{2 * time.Minute, 6 * time.Minute, 11 * time.Minute, 65 * time.Minute} {
		s.age(s.t, s.invoice, d)
		s.reconcile(s.t)
	}
	s.say("DOKU has reported everything")
}

// fullBooks is DOKU's ledger of an invoice, with what people moved.
type fullBooks struct {
	books
	ChargedBack int64 `json:"charged_back"`
	Voided      int64
}

func (h *fixture) ledgerOf(t *testing.T, invoice string) fullBooks {
	t.Helper()
	response, err := http.Get(h.doku.doku + "/control/ledger?invoice_number=" + invoice)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all struct{ Ledger []fullBooks }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil || len(all.Ledger) != 1 {
		t.Fatalf("the ledger of %s: %+v %v", invoice, all, err)
	}
	return all.Ledger[0]
}

// asksForPerson reports whether the API shows an open case about amounts.
func (h *fixture) asksForPerson(t *testing.T, invoice string) bool {
	t.Helper()
	other := []order.AttentionKind{order.ReasonLate, order.ReasonClosedPaid, order.ReasonAuthorizationExpiring,
		order.ReasonAutoCaptureFailed, order.RemarkOddCode, order.RemarkUnmatchedRequest}
	return slices.ContainsFunc(h.cases(t, invoice), func(c openCase) bool { return !slices.Contains(other, c.Kind) })
}

// differences compares an order with DOKU's ledger.
func (h *fixture) differences(t *testing.T, invoice string) string {
	t.Helper()
	b := h.ledgerOf(t, invoice)
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	back := b.Refunded
	if b.Captured == 0 { // an authorisation that was voided
		back = b.Voided
	}
	if o.Captured() == b.Captured && o.Refunded()+o.ElsewhereRefunded() == back && o.ChargedBack() == b.ChargedBack &&
		o.Refundable() == max(0, b.Captured-b.Refunded-b.ChargedBack) {
		return ""
	}
	return fmt.Sprintf("here %d taken, %d and %d given back, %d charged back, %d refundable, %s; at DOKU %d, %d, %d",
		o.Captured(), o.Refunded(), o.ElsewhereRefunded(), o.ChargedBack(), o.Refundable(), o.Status(), b.Captured,
		back, b.ChargedBack)
}

// Whatever people, DOKU and banks move outside kasir, in any sequence and however it is reported: once it was reported,
// kasir's books agree with DOKU's ledger, or the order has an open case. Every second order is told of it by the
// settlement report alone. A failed seed prints its steps.
func TestTheBooksAgree(t *testing.T) {
	first, n := uint64(1), *booksSeeds
	if *booksSeed > 0 {
		first, n = *booksSeed, 1
	}
	h := backOffice(t)
	stories := make([]*story, n)
	t.Run("before the report", func(t *testing.T) {
		for i := range stories {
			seed := first + uint64(i)
			s := &story{fixture: h, dice: rand.New(rand.NewPCG(seed, 19)), invoice: freshInvoice("BOOKS"), seed: seed}
			stories[i] = s
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				s.t = t
				defer s.print()
				s.play()
				if seed%2 == 1 || h.ledgerOf(t, s.invoice).Voided > 0 { // a void is in no settlement report
					s.tell()
					s.compare("once notified")
				}
			})
		}
	})
	h.settleAll(t)
	for _, s := range stories {
		t.Run(fmt.Sprintf("%d, after the report", s.seed), func(t *testing.T) {
			s.t = t
			defer s.print()
			s.compare("once settled")
		})
	}
}

// compare compares the order with DOKU's ledger.
func (s *story) compare(when string) {
	differ := s.differences(s.t, s.invoice)
	s.say("%s: %s", when, differ)
	if differ != "" && !s.asksForPerson(s.t, s.invoice) {
		s.t.Errorf("%s, the books differ and nobody is asked to look: %s", when, differ)
	}
}

// print prints the steps of a story that failed.
func (s *story) print() {
	if s.t.Failed() || testing.Verbose() {
		s.t.Logf("seed %d:\n  %s", s.seed, strings.Join(s.steps, "\n  "))
	}
}

// settleAll lets DOKU send its settlement report, and kasir read it, twice.
func (h *fixture) settleAll(t *testing.T) {
	t.Helper()
	response, err := http.Post(h.doku.doku+"/control/settlement", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	report, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the settlement report: %d %s %v", response.StatusCode, report, err)
	}
	desk := &payment.Service{Store: &h.orders, Batches: &h.orders, Now: time.Now}
	for range 2 {
		source := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(report)), nil }
		opened, err := settlement.Open(source, settlement.Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, report)
		}
		if _, err := (settlement.Settler{Service: desk}).Apply(t.Context(), opened); err != nil {
			t.Fatal(err)
		}
	}
}
