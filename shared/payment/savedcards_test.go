package payment_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/payment"
)

// countingDOKU counts the lists that it is asked for.
type countingDOKU struct {
	payment.DOKU
	lists int
	err   error
}

func (d *countingDOKU) ListTokens(_ context.Context, _, customerID string) ([]doku.Token, error) {
	d.lists++
	return []doku.Token{{ID: doku.Private("card of " + customerID)}}, d.err
}

func (d *countingDOKU) DeleteToken(context.Context, string, string, string) error { return d.err }

// DOKU is asked once in some seconds per customer, even if the customer asks more often.
func TestACustomerCannotUseUpWhatDOKUAllows(t *testing.T) {
	b := newBench()
	counted := &countingDOKU{DOKU: b.doku}
	b.DOKU = payment.CacheSavedCards(counted, func() time.Time { return b.now })
	ask := func(c payment.Caller, times, want int) {
		t.Helper()
		for range times {
			cards, err := b.Tokens(t.Context(), c, c.Subject)
			if !errors.Is(err, counted.err) || counted.err == nil &&
				(len(cards) != 1 || string(cards[0].ID) != "card of "+c.Subject) {
				t.Fatalf("%d cards, %v", len(cards), err)
			}
		}
		if counted.lists != want {
			t.Errorf("DOKU was asked for %d lists, want %d", counted.lists, want)
		}
	}
	ask(budi, 60, 1)
	ask(siti, 60, 2)
	for range 60 { // an unknown id costs no more
		if err := b.Unbind(t.Context(), budi, budi.Subject, "no such card"); !errors.Is(err, payment.ErrNotYours) {
			t.Fatal(err)
		}
	}
	ask(budi, 1, 2)
	if err := b.Unbind(t.Context(), budi, budi.Subject, "card of "+budi.Subject); err != nil {
		t.Fatal(err)
	}
	ask(budi, 2, 3) // a deleted card is not shown again
	b.now = b.now.Add(5 * time.Second)
	counted.err = fmt.Errorf("%w: down", doku.ErrUnknown)
	ask(budi, 60, 4)
	counted.err = nil
	b.now = b.now.Add(5 * time.Second)
	ask(budi, 2, 5)
	all := payment.Caller{Subject: "backend", AllTokens: true}
	for i := range 3000 {
		if _, err := b.Tokens(t.Context(), all, fmt.Sprint("OTHER-", i)); err != nil {
			t.Fatal(err)
		}
	}
	ask(budi, 2, 3006) // so many lists are not kept
}

// A caller that went away leaves no failure behind for the next.
func TestACancelledListIsNotKept(t *testing.T) {
	b := newBench()
	counted := &countingDOKU{DOKU: b.doku}
	b.DOKU = payment.CacheSavedCards(counted, func() time.Time { return b.now })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	counted.err = context.Canceled
	if _, err := b.Tokens(gone, budi, budi.Subject); err == nil {
		t.Fatal("no error")
	}
	counted.err = nil
	if _, err := b.Tokens(t.Context(), budi, budi.Subject); err != nil {
		t.Errorf("the next caller: %v", err)
	}
}
