package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"kasir/local/sandbox/faults"
)

// sale pays an invoice. Its notification is under way afterwards.
func (b *bench) sale(invoice string) { b.pay(b.create(simple(invoice, 90000, "")), goodCard) }

func TestADroppedNotificationNeverComes(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Faults.Notifications.Drop = 1 })
	b.sale("INV-1")
	for range 4 {
		b.advance(6 * time.Hour)
	}
	b.silent("though it was dropped")
	if n := b.notification(0); n.State != givenUp || len(n.Attempts) != 4 || n.Attempts[3].Fault != faults.Drop {
		t.Errorf("%+v", n)
	}
	if e := b.ledger("INV-1"); e.Notifications[0].Acknowledged || e.Status != statusPaid {
		t.Errorf("%+v", e)
	}
	// The Back Office's button still works.
	b.control("POST", "/control/notifications/1/resend", "", nil)
	b.next()
}

func TestARequestedDropIsForGood(t *testing.T) {
	b := newBench(t)
	b.requestFault(faults.Notifications, faults.Drop)
	b.sale("INV-1")
	for range 4 {
		b.advance(6 * time.Hour)
	}
	b.silent("though it was dropped")
	b.sale("INV-2")
	if n := b.next(); n.body.Order.InvoiceNumber != "INV-2" {
		t.Errorf("%+v", n)
	}
}

func TestTheFirstAttemptsAreLost(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Faults.Notifications.DropFirst = 2 })
	b.sale("INV-1")
	b.advance(0)
	b.advance(30 * time.Minute)
	b.silent("before the third attempt")
	b.advance(6 * time.Hour)
	b.next()
	if n := b.notification(0); n.State != delivered || len(n.Attempts) != 3 || n.Attempts[1].Fault != faults.Lose {
		t.Errorf("%+v", n)
	}
}

func TestALostAnswerMeansSendingAgain(t *testing.T) {
	b := newBench(t)
	b.requestFault(faults.Notifications, faults.LoseAnswer)
	b.sale("INV-1")
	first := b.next()
	b.advance(0)
	if n := b.notification(0); n.State != queued || n.Attempts[0].Lost != 200 || n.Attempts[0].Status != 0 {
		t.Errorf("%+v", n)
	}
	if e := b.ledger("INV-1"); !e.Notifications[0].Acknowledged {
		t.Errorf("the merchant had said 200: %+v", e)
	}
	b.advance(30 * time.Minute)
	if again := b.next(); string(again.raw) != string(first.raw) || again.requestID != first.requestID {
		t.Errorf("%+v", again)
	}
	if n := b.notification(0); n.State != delivered {
		t.Errorf("%+v", n)
	}
}

func TestADuplicateComesAtOnce(t *testing.T) {
	b := newBench(t)
	b.requestFault(faults.Notifications, faults.Duplicate)
	b.sale("INV-1")
	first, second := b.next(), b.next()
	b.advance(0)
	if string(first.raw) != string(second.raw) || first.requestID != second.requestID {
		t.Errorf("%+v\n%+v", first, second)
	}
	if n := b.notification(0); n.State != delivered || len(n.Attempts) != 1 || n.Attempts[0].Again != 200 {
		t.Errorf("%+v", n)
	}
	b.silent("a third time")
}

func TestALateNotificationWaits(t *testing.T) {
	waits, alarm := make(chan time.Duration), make(chan time.Time)
	b := newBench(t, func(c *Config) {
		c.Faults.Notifications = NotificationFaults{Delay: 1,
			DelayRange: DelayRange{DelayMin: Duration(time.Second), DelayMax: Duration(time.Second)}}
		c.after = func(d time.Duration) <-chan time.Time { waits <- d; return alarm }
	})
	b.sale("INV-1")
	if d := <-waits; d != time.Second {
		t.Errorf("waits %s", d)
	}
	b.silent("before its time")
	close(alarm)
	b.next()
}

// The customer's first card is declined and the next one pays. The notifications come in the opposite order.
func TestALaterNotificationOvertakes(t *testing.T) {
	held := make(chan bool)
	b := newBench(t, func(c *Config) {
		c.after = func(time.Duration) <-chan time.Time { held <- true; return nil } // never by itself
	})
	b.requestFault(faults.Notifications, faults.Reorder)
	page := b.create(simple("INV-1", 90000, ""))
	b.pay(page, "4000000000000051")
	<-held
	b.pay(page, goodCard)
	if n := b.next(); n.body.Transaction.Status != "SUCCESS" {
		t.Errorf("%+v", n)
	}
	if n := b.next(); n.body.Transaction.Status != "FAILED" {
		t.Errorf("%+v", n)
	}
	// A move of the clock releases the attempt that waits.
	b.requestFault(faults.Notifications, faults.Reorder)
	b.sale("INV-2")
	<-held
	b.advance(0)
	b.next()
}

func TestAForgeryComesFirst(t *testing.T) {
	var mu sync.Mutex
	var heard []*http.Request
	answers := map[bool]int{true: 200, false: 401}
	b := newBench(t, func(c *Config) {
		c.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, r)
			genuine := len(heard)%2 == 0
			return &http.Response{StatusCode: answers[genuine], Body: http.NoBody}, nil
		})}
	})
	for i, c := range []struct{ card, more, says string }{
		{goodCard, "", `"status":"FAILED"`},
		{goodCard, `,"payment":{"type":"AUTHORIZE"}`, `"status":"FAILED"`},
		{"4000000000000051", "", `"status":"SUCCESS"`},
	} {
		b.requestFault(faults.Notifications, faults.Forge)
		b.pay(b.create(simple(fmt.Sprint("INV-", i), 90000, c.more)), c.card)
		b.advance(0)
		forged, genuine := heard[2*i], heard[2*i+1]
		if forged.Header.Get("Request-Id") != genuine.Header.Get("Request-Id") {
			t.Error("another Request-Id")
		}
		signedBy := func(r *http.Request) bool {
			body, _ := r.GetBody()
			raw, _ := io.ReadAll(body)
			if r == forged && !bytes.Contains(raw, []byte(c.says)) {
				t.Errorf("forged %s", raw)
			}
			return r.Header.Get("Signature") == hmacOver("Client-Id:"+DefaultClientID+"\nRequest-Id:"+
				r.Header.Get("Request-Id")+
				"\nRequest-Timestamp:"+r.Header.Get("Request-Timestamp")+
				"\nRequest-Target:/payments/notifications\nDigest:"+sha(raw))
		}
		if signedBy(forged) || !signedBy(genuine) {
			t.Errorf("forged is genuine: %t, genuine is: %t", signedBy(forged), signedBy(genuine))
		}
		if n := b.notification(i); n.State != delivered || n.Attempts[0].Forged != 401 {
			t.Errorf("%+v", n)
		}
	}
	answers[false] = 200 // a merchant who believes anybody
	b.requestFault(faults.Notifications, faults.Forge)
	b.sale("INV-believed")
	b.advance(0)
	var got struct{ Sum ledgerSum }
	b.control("GET", "/control/ledger", "", &got)
	if got.Sum.Forgeries != 1 {
		t.Errorf("%+v", got.Sum)
	}
}
