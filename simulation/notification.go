package simulation

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// news is what DOKU notifies.
type news struct {
	kind, status string
	amount       int64
	authorizeID  string
	id           string // Request-Id of the notification
	at           time.Time

	// How it is written, when not as usual.
	figure  string // the amount
	date    string
	channel string
	page    string // whose page it says it is about
	odd     bool   // it need not be understood: check status will tell
}

// retries are when DOKU sends a notification that was not answered 2xx (the guide of its notifications): and never
// again.
var retries = []time.Duration{0, 30 * time.Minute, 6 * time.Hour, 12 * time.Hour}

// tell sends a notification: it may be late, come twice, overtake another, or never arrive.
func (w *World) tell(l *ledger, n news) {
	l.lastAt = w.now
	w.stats.Notifications++
	n.at = w.now
	n.id = "CREDIT_CARD" + strconv.FormatInt(w.stats.Notifications, 10)
	delay := time.Duration(w.dice.IntN(3000)) * time.Millisecond
	if w.chance(w.schedule.lateness) {
		delay = time.Duration(w.dice.IntN(7200)) * time.Second
	}
	lost := false
	if f := w.strike(telling, nil); f != nil {
		delay, lost = w.disturb(f, l, &n, delay)
	}
	first := w.now.Add(delay)
	if !lost {
		w.queue.put(first, func() { w.deliver(l, n, first, 0) })
	}
	if w.chance(w.schedule.repeats) {
		w.queue.put(first.Add(time.Duration(w.dice.IntN(60_000))*time.Millisecond), func() { w.deliver(l, n, first, len(retries)) })
	}
	if w.chance(100) {
		w.queue.put(w.now.Add(time.Duration(w.dice.IntN(60_000))*time.Millisecond), func() { w.forge(l) })
	}
}

// disturb changes how a notification is written or when it comes, and sends others beside it.
func (w *World) disturb(f *fault, l *ledger, n *news, delay time.Duration) (later time.Duration, lost bool) {
	money := n.kind != "REFUND" && n.status != "FAILED"
	switch f.name {
	case "notification_lost":
		return delay, true
	case "notification_days_late":
		return time.Duration(1+w.dice.IntN(5)) * 24 * time.Hour, false
	case "notification_doubled":
		again := *n
		w.queue.put(w.now.Add(delay), func() { w.deliver(l, again, w.now, len(retries)) })
	case "amount_forms":
		digits := strconv.FormatInt(n.amount, 10)
		n.figure = pick(w, `"`+digits+`"`, digits+".0", digits+".00", `"`+digits+`.00"`, digits+"E+0")
		if significant, thousands := strings.CutSuffix(digits, "000"); thousands {
			n.figure = pick(w, n.figure, significant+"E+3")
		}
		if strings.Contains(n.figure, "E") { // a person may have to look
			w.excuse(l.invoice)
		}
	case "odd_date":
		n.date = pick(w, "", "yesterday", n.at.Add(7*time.Hour).UTC().Format(stampLayout))
		if n.kind != "AUTHORIZE" { // whose end is counted from its date
			n.date = pick(w, n.date, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2199-01-01T00:00:00Z")
		}
	case "other_case":
		n.status, n.odd = pick(w, "success", "Success"), true
		if !money {
			n.status = "failed"
		}
	case "unknown_word":
		n.status, n.odd = pick(w, "SETTLED", "CONFIRMED", ""), true
	case "other_page":
		n.page = "somebodyelsespage"
		w.excuse(l.invoice)
	case "other_system":
		other := &ledger{invoice: "EXT-" + strconv.Itoa(w.dice.IntN(3)), pageID: "other"}
		made := news{kind: "SALE", status: "SUCCESS", amount: 5000, id: n.id + "X", at: n.at, odd: true}
		w.queue.put(w.now.Add(delay), func() { w.deliver(other, made, w.now, len(retries)) })
	case "other_channel":
		n.channel = "VIRTUAL_ACCOUNT_BCA"
		w.excuse(l.invoice)
		n.odd = true
	}
	return delay, false
}

// deliver posts a notification once; when it is lost or not acknowledged, DOKU tries again later.
func (w *World) deliver(l *ledger, n news, first time.Time, try int) {
	again := func() {
		if try+1 < len(retries) {
			at := first.Add(retries[try+1])
			w.queue.put(later(at, w.now), func() { w.deliver(l, n, first, try+1) })
		}
	}
	if w.schedule.Silent || (!w.calm() && w.chance(w.schedule.losses)) {
		w.stats.Lost++
		w.say("notification", n.kind, n.status, l.invoice, "lost, try", strconv.Itoa(try+1))
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
		w.say("answered", string(got.Effect), outcome(err))
		if err == nil {
			w.durable(l, n)
			acknowledged = true
		}
	}, func(bool) {
		if !acknowledged {
			again()
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// forge posts what DOKU never sent: it must not be believed.
func (w *World) forge(l *ledger) {
	n := news{kind: "SALE", status: "SUCCESS", amount: l.amount, id: "FORGED", at: w.now, authorizeID: "forged"}
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
		w.say("answered", string(got.Effect), outcome(err))
		if err == nil {
			w.violate("I4", "a forged notification about %s was believed", l.invoice)
		}
	}, nil)
}

// body is written as DOKU writes it.
func (n news) body(l *ledger) []byte {
	code, channel, page := "00", "CREDIT_CARD", l.pageID
	if n.status == "FAILED" || n.status == "failed" {
		code = "51"
	}
	if n.channel != "" {
		channel = n.channel
	}
	if n.page != "" {
		page = n.page
	}
	b := append(make([]byte, 0, 400), `{"order":{"invoice_number":"`+l.invoice+`","amount":`...)
	if n.figure != "" {
		b = append(b, n.figure...)
	} else {
		b = strconv.AppendInt(b, n.amount, 10)
	}
	date := n.date
	if date == "" {
		date = stampOf(n.at)
	}
	b = append(b, `},"transaction":{"type":"`+n.kind+`","status":"`+n.status+`","date":"`+date...)
	b = append(b, `","original_request_id":"`+page+`"},"service":{"id":"CREDIT_CARD"},"channel":{"id":"`+channel...)
	b = append(b, `"},"card_payment":{"response_code":"`+code+`","approval_code":"`+approval+`"`...)
	if n.authorizeID != "" {
		b = append(b, `,"authorize_id":"`+n.authorizeID+`"`...)
	}
	return append(b, `}}`...)
}

// headers are those of a notification.
func (w *World) headers(id string, at time.Time, body []byte, key *seal) http.Header {
	stamp := stampOf(at)
	return http.Header{
		"Client-Id": {clientID}, "Request-Id": {id}, "Request-Timestamp": {stamp},
		"Signature": {key.sign("Request", clientID, id, stamp, target, body, true)},
	}
}
