package simulation

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"
)

// news is what DOKU notifies.
type news struct {
	kind, status string
	amount       int64
	authorizeID  string
	id           string // Request-Id of the notification
	at           time.Time
}

// retries are when DOKU sends a notification that was not answered 2xx (the guide of its notifications): and never again.
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
	first := w.now.Add(delay)
	w.queue.put(first, func() { w.deliver(l, n, first, 0) })
	if w.chance(w.schedule.repeats) {
		w.queue.put(first.Add(time.Duration(w.dice.IntN(60_000))*time.Millisecond), func() { w.deliver(l, n, first, len(retries)) })
	}
	if w.chance(100) {
		w.queue.put(w.now.Add(time.Duration(w.dice.IntN(60_000))*time.Millisecond), func() { w.forge(l) })
	}
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
	header := signed(n.id, stamp, body, secretKey)
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
	header := signed(n.id, w.now, body, "SK-guessed")
	switch w.dice.IntN(3) {
	case 0: // genuinely signed, then changed
		header = signed(n.id, w.now, body, secretKey)
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
	code := "00"
	if n.status == "FAILED" {
		code = "51"
	}
	b := []byte(`{"order":{"invoice_number":"` + l.invoice + `","amount":`)
	b = strconv.AppendInt(b, n.amount, 10)
	b = append(b, `},"transaction":{"type":"`+n.kind+`","status":"`+n.status+`","date":"`...)
	b = n.at.UTC().AppendFormat(b, stampLayout)
	b = append(b, `","original_request_id":"`+l.pageID+`"},"card_payment":{"response_code":"`+code+`","approval_code":"`+approval+`"`...)
	if n.authorizeID != "" {
		b = append(b, `,"authorize_id":"`+n.authorizeID+`"`...)
	}
	return append(b, `}}`...)
}

const stampLayout = "2006-01-02T15:04:05Z"

// signed makes the headers of a notification with code of its own, so that mistakes of ours in verifying do not cancel out.
func signed(id string, at time.Time, body []byte, key string) http.Header {
	stamp := at.UTC().Format(stampLayout)
	digest := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("Client-Id:" + clientID + "\nRequest-Id:" + id + "\nRequest-Timestamp:" + stamp + "\nRequest-Target:" + target +
		"\nDigest:" + base64.StdEncoding.EncodeToString(digest[:])))
	return http.Header{
		"Client-Id": {clientID}, "Request-Id": {id}, "Request-Timestamp": {stamp},
		"Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
}
