package simulation

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// news is the content of a notification.
type news struct {
	kind, status string
	amount       int64
	authorizeID  string
	id           string // Request-Id of the notification
	at           time.Time
	pay          *money // the reported payment

	// Its form, if unusual.
	amountText string // the amount
	date       string
	channel    string
	page       string // Request-Id of the page that it names
	unnamed    bool   // it names no page
	code       string // the bank's
	approval   string // if other than the payment's
	card       string // its number in another form
	block      *money // the refund block
	ref        string // of a move

	means meaning
}

// meaning is the required effect of a notification, in addition to its type and status.
type meaning int

const (
	plain    meaning = iota
	doubtful         // it causes a conflict, unless there is money already or no order yet
	remarked         // it causes a remark if there is an order
	moved            // it causes a movement, or a conflict, if there is an order
	anything         // no effect is required: check status will report it
)

// retries lists the times after which DOKU sends a notification that was not answered 2xx, as its guide to
// notifications says. After the last it gives up.
var retries = []time.Duration{0, 30 * time.Minute, 6 * time.Hour, 12 * time.Hour}

// sendNotification schedules a notification, and returns it as it is sent. It may be late, come twice, overtake
// another, or never arrive.
func (w *World) sendNotification(l *ledger, n news) news {
	l.lastAt = w.now
	w.stats.Notifications++
	n.at = w.now
	n.id = "CREDIT_CARD" + strconv.FormatInt(w.stats.Notifications, 10)
	delay := time.Duration(w.dice.IntN(3000)) * time.Millisecond
	if w.chance(w.schedule.lateness) {
		delay = time.Duration(w.dice.IntN(7200)) * time.Second
	}
	lost := false
	w.draft = draft{l, &n}
	if f := w.strike(notifying, nil); f != nil {
		delay, lost = w.disturb(f, l, &n, delay)
	}
	first := w.now.Add(delay)
	if !lost {
		w.queue.put(first, func() { w.deliver(l, n, first, 0) })
	}
	if w.chance(w.schedule.repeats) {
		w.queue.put(first.Add(time.Duration(w.dice.IntN(60_000))*time.Millisecond),
			func() { w.deliver(l, n, first, len(retries)) })
	}
	if w.chance(100) {
		w.queue.put(w.now.Add(time.Duration(w.dice.IntN(60_000))*time.Millisecond), func() { w.forge(l) })
	}
	return n
}

// deliver posts a notification once. If it is lost or not acknowledged, DOKU tries again later.
func (w *World) deliver(l *ledger, n news, first time.Time, try int) {
	again := func() {
		if try+1 < len(retries) {
			at := first.Add(retries[try+1])
			w.queue.put(laterOf(at, w.now), func() { w.deliver(l, n, first, try+1) })
		}
	}
	if w.schedule.Silent || (!w.calm() && w.chance(w.schedule.losses)) {
		w.stats.Lost++
		w.note("notification", n.kind, n.status, l.invoice, "lost, try", strconv.Itoa(try+1))
		again()
		return
	}
	body := n.body(l)
	stamp := n.at
	if w.dice.IntN(2) == 0 {
		stamp = w.now
	}
	header := w.headers(n.id, stamp, body, w.gateway.mac)
	acknowledged := false
	w.start("notify "+n.kind+" "+l.invoice, func(ctx context.Context) {
		got, err := w.service.Notify(ctx, header, body)
		w.note("answered", string(got.Effect), outcome(err))
		if err == nil {
			w.checkDurable(l, n, got)
			n.pay.noteReported(n)
			w.noteTold(l, n)
			acknowledged = true
		}
	}, func(bool) {
		if !acknowledged {
			again()
		}
	})
}

func laterOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// forge posts a notification that DOKU never sent. It must not be believed.
func (w *World) forge(l *ledger) {
	n := news{kind: "SALE", status: "SUCCESS", amount: l.latest().amount, id: "FORGED", at: w.now,
		authorizeID: "forged"}
	body := n.body(l)
	header := w.headers(n.id, w.now, body, newSeal("SK-guessed"))
	switch w.dice.IntN(3) {
	case 0: // genuinely signed, then changed
		header = w.headers(n.id, w.now, body, w.gateway.mac)
		body = append(body[:len(body)-1], " }"...)
	case 1:
		header.Del("Signature")
	}
	w.start("forgery "+l.invoice, func(ctx context.Context) {
		got, err := w.service.Notify(ctx, header, body)
		w.note("answered", string(got.Effect), outcome(err))
		if err == nil {
			w.violate("I4", "a forged notification about %s was believed", l.invoice)
		}
	}, nil)
}

// body returns the JSON that DOKU writes.
func (n news) body(l *ledger) []byte {
	code, channel, page, approval, card := "00", "CREDIT_CARD", n.page, firstApproval, ""
	if strings.EqualFold(n.status, "FAILED") {
		code = "51"
	}
	if n.pay != nil {
		approval, card = n.pay.approval, n.pay.card
		page = cmp.Or(page, n.pay.page)
	}
	if page = cmp.Or(page, l.latest().id); n.unnamed {
		page = ""
	}
	code, channel, approval, card = cmp.Or(n.code, code), cmp.Or(n.channel, channel), cmp.Or(n.approval, approval),
		cmp.Or(n.card, card)
	b := append(make([]byte, 0, 480), `{"order":{"invoice_number":"`+l.invoice+`","amount":`...)
	if n.amountText != "" {
		b = append(b, n.amountText...)
	} else {
		b = strconv.AppendInt(b, n.amount, 10)
	}
	date := n.date
	switch {
	case date != "":
	case n.pay != nil:
		date = stampOf(n.pay.at)
	default:
		date = stampOf(n.at)
	}
	b = append(b, `},"transaction":{"type":"`+n.kind+`","status":"`+n.status+`","date":"`+date...)
	b = append(b, `","original_request_id":"`+page+`"},"service":{"id":"CREDIT_CARD"},"channel":{"id":"`+channel...)
	b = append(b, `"},"card_payment":{"response_code":"`+code+`","approval_code":"`+approval+
		`","masked_card_number":"`+card+`"`...)
	if n.authorizeID != "" {
		b = append(b, `,"authorize_id":"`+n.authorizeID+`"`...)
	}
	b = append(b, '}')
	if n.block != nil {
		b = n.block.appendBlock(b)
	}
	return append(b, '}')
}

// appendBlock appends the block about a refund.
func (m money) appendBlock(b []byte) []byte {
	b = strconv.AppendInt(append(b, `,"refund":{"amount":`...), m.amount, 10)
	b = append(b, `,"type":"`+m.kind+`","status":"SUCCESS"`...)
	if m.requestID != "" {
		b = append(b, `,"request_id":"`+m.requestID+`"`...)
	}
	return append(b, '}')
}

// headers returns the signed headers of a notification.
func (w *World) headers(id string, at time.Time, body []byte, key *seal) http.Header {
	stamp := stampOf(at)
	return http.Header{
		"Client-Id": {clientID}, "Request-Id": {id}, "Request-Timestamp": {stamp},
		"Signature": {key.sign("Request", clientID, id, stamp, target, body, true)},
	}
}

// noteReported notes that a notification of the payment was acknowledged.
func (m *money) noteReported(n news) {
	if m == nil || n.means != plain {
		return
	}
	if m.reported = true; m.leastReported == 0 || n.amount < m.leastReported {
		m.leastReported = n.amount
	}
}
