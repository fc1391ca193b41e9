package simulation

import (
	"strconv"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// plan holds the intents of a merchant and a customer about one order.
type plan struct {
	invoice   string
	request   doku.CreatePageRequest
	amount    int64 // that the customer is to be charged
	off       int64 // discount of a promo
	delta     int64 // charged in addition, although nobody asked for it
	again     int   // how often callers ask for a page again when one ends
	declines  int   // cards that are declined first
	abandoned bool
	payDelay  time.Duration // before paying
	captures  []int64       // amounts of captures that race; 0 is everything
	refunds   []refundWish  // refunds that race
	early     bool          // somebody else's page for the same invoice is paid before the order exists

	openPages  []string  // pages that the customer has, by Request-Id
	captured   bool      // captures are under way
	refunded   bool      // refunds are under way
	due        time.Time // when reconciliation must look
	dueMoney   bool      // because of money
	learned    time.Time // beginning of the invocation that learned of the customer's money
	unanswered int       // number of questions to check status that DOKU left without an answer

	parked      bool                           // an operation was parked once
	reasons     []order.ConflictKind           // kinds of justified conflicts: a report contradicted the order
	misled      bool                           // an operator resolved an operation wrongly or too soon
	misdecided  bool                           // an operator decided a conflict wrongly
	vague       bool                           // DOKU did not report which page was paid, or reported a wrong one
	undated     bool                           // DOKU did not report the time of another order's payment
	erased      bool                           // the previous version has written the order
	unpaid      time.Time                      // time of the last genuine answer of check status that nothing was paid
	status      order.Status                   // last written
	moved       map[kindAmount]map[string]bool // names of changes about moves elsewhere
	mostMoved   map[kindAmount]int             // the most of them that were known at a time
	told        told
	untold      bool // a row about it is missing or not understood
	oddRow      bool // a row about it differs from what happened
	mustTell    bool // a person must be told of that row
	misrecorded bool // a person recorded what did not happen, until the end
	records     int  // keys of records that people used
	recording   int  // records under way
	decoy       bool // one of many pages that nobody pays
}

type refundWish struct {
	key              string
	amount, expected int64
}

func (w *World) drawPlans() {
	if w.schedule.Jam || w.schedule.Burst > 0 {
		w.drawLoad()
		return
	}
	w.schedule.losses = pick(w, 0, 100, 300, 1000)
	w.schedule.repeats = pick(w, 0, 200, 600)
	w.schedule.lateness = pick(w, 0, 100, 500)
	if w.schedule.Fault != "" { // that fault and no other
		w.schedule.losses, w.schedule.repeats, w.schedule.lateness = 0, 0, 0
	}
	w.service.RequireRequestID = w.chance(300)
	orders := 1 + w.dice.IntN(3)
	if w.schedule.Small {
		orders = 2
	}
	for i := range orders {
		w.plans = append(w.plans, w.drawPlan("INV-"+strconv.Itoa(i+1)))
	}
}

func (w *World) drawPlan(invoice string) *plan {
	p := &plan{invoice: invoice, amount: 1000 * (10 + int64(w.dice.IntN(90)))}
	p.request = doku.CreatePageRequest{
		Order:    doku.PageOrder{InvoiceNumber: invoice, Amount: p.amount},
		Customer: doku.Customer{Name: "Budi", Email: "budi@example.com"},
	}
	p.request.Payment.Type = pick(w, doku.Sale, "", doku.Authorize, doku.Authorize, doku.Authorize)
	p.request.Payment.AutoCapture = p.request.Payment.Type == doku.Authorize && w.chance(200)
	if w.chance(150) {
		p.request.OverrideConfiguration.Promo = []doku.Promo{{BIN: "400000", DiscountAmount: 5000}}
		if w.chance(500) {
			p.off = 5000
		}
	}
	if w.chance(40) {
		p.delta = pick(w, int64(1), -1, 1000, -3000)
	}
	p.declines = pick(w, 0, 0, 1, 2)
	p.abandoned = w.chance(100)
	p.amount = p.charge(p.amount)
	p.early = !w.schedule.Small && p.delta == 0 && (w.chance(60) || w.schedule.elsewhere && invoice == "INV-1")
	if w.chance(300) {
		p.again = 1 + w.dice.IntN(3)
	}
	p.payDelay = pick(w, 5*time.Second, 5*time.Second, 5*time.Second, 5*time.Second, 3*time.Minute, 58*time.Minute,
		pageLifetime-time.Duration(w.dice.IntN(9000))*time.Millisecond, time.Duration(w.dice.IntN(23*3600))*time.Second)
	for range pick(w, 0, 1, 1, 2) {
		p.captures = append(p.captures, pick(w, 0, 0, p.amount, p.amount/2))
	}
	for i := range pick(w, 0, 1, 2, 3, 3) {
		p.refunds = append(p.refunds, w.drawRefund(p, i))
	}
	return p
}

func (w *World) drawRefund(p *plan, i int) refundWish {
	wish := refundWish{key: p.invoice + "-key-" + strconv.Itoa(i), expected: -1}
	wish.amount = pick(w, p.amount, p.amount/2, p.amount/2, p.amount/3, 1000)
	if i > 0 && w.chance(150) {
		wish.key = p.refunds[0].key // the same key, perhaps for something else
	}
	if w.chance(150) {
		wish.expected = p.amount
	}
	return wish
}

// planOf returns the plan of an invoice, or nil.
func (w *World) planOf(invoice string) *plan {
	for _, p := range w.plans {
		if p.invoice == invoice {
			return p
		}
	}
	return nil
}
