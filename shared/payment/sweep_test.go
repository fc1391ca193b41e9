package payment_test

import (
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// sweep sets CheckPaidAfter, and writes the order.
func (b *bench) sweep(t *testing.T, after ...time.Duration) {
	t.Helper()
	b.CheckPaidAfter = after
	if err := b.store.Update(t.Context(), b.order(t).Schedule(order.Policy{CheckPaidAfter: after})); err != nil {
		t.Fatal(err)
	}
}

// counted makes check status answer that the order is paid, and counts the questions.
func counted(asked *int) func(string) (doku.Status, error) {
	return func(invoice string) (doku.Status, error) {
		*asked++
		return told("SALE", "SUCCESS", 90000)(invoice)
	}
}

// Paid orders are asked about at the times of CheckPaidAfter, once each, whether they were taken at once or captured.
func TestPaidOrdersAreAskedAboutOnceAtEachTime(t *testing.T) {
	for name, paid := range map[string]func(*testing.T) *bench{
		"taken at once": bought,
		"captured": func(t *testing.T) *bench {
			b := held(t)
			if _, err := b.Capture(t.Context(), "INV-1", 0, tester); err != nil {
				t.Fatal(err)
			}
			return b
		},
	} {
		b := paid(t)
		b.sweep(t, 24*time.Hour, 168*time.Hour)
		asked := 0
		b.doku.told = counted(&asked)
		if b.order(t).DueMoney {
			t.Errorf("%s: a question about a paid order delays money", name)
		}
		for _, step := range []struct {
			lasting time.Duration
			asked   int
		}{
			{24*time.Hour - 5*time.Minute, 0}, {10 * time.Minute, 1}, {143 * time.Hour, 1}, {2 * time.Hour, 2},
			{240 * time.Hour, 2},
		} {
			b.run(t, step.lasting)
			if asked != step.asked {
				t.Errorf("%s, %s later: asked %d times, want %d", name, step.lasting, asked, step.asked)
			}
		}
		if o := b.order(t); !o.DueAt.IsZero() || o.Status() != order.Paid {
			t.Errorf("%s: %s, still due at %s", name, o.Status(), o.DueAt)
		}
	}
}

// A question without an answer is asked every hour for a day. One answer serves all times that have passed.
func TestASweepWithoutAnAnswerIsAskedAgain(t *testing.T) {
	b := bought(t)
	b.sweep(t, time.Hour, 2*time.Hour)
	asked := 0
	b.doku.told = func(string) (doku.Status, error) { asked++; return doku.Status{}, errUnknown }
	b.run(t, 4*time.Hour+30*time.Minute)
	if asked != 4 {
		t.Errorf("asked %d times in the 3.5 hours after the first time", asked)
	}
	b.doku.told = counted(&asked)
	if b.run(t, 48*time.Hour); asked != 5 || !b.order(t).DueAt.IsZero() {
		t.Errorf("asked %d times until there was an answer, due at %s", asked, b.order(t).DueAt)
	}
}

// Without the setting a paid order is never due.
func TestWithoutTheSettingPaidOrdersAreNotAskedAbout(t *testing.T) {
	b := bought(t)
	if o := b.order(t); !o.DueAt.IsZero() || o.Watch != (order.Watch{}) {
		t.Errorf("due at %s, %+v", o.DueAt, o.Watch)
	}
}
