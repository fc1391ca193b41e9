package promises

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	booksSeeds = flag.Int("books-seeds", 12, "TestTheBooksAgree: how many orders")
	booksSeed  = flag.Uint64("books-seed", 0, "TestTheBooksAgree: only this seed")
)

// backOffice is the stack of the tests of money that moves outside kasir.
var backOffice = lazyFixture(nil, `{}`)

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
