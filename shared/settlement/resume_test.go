package settlement_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// state is what a report leaves behind, without the times and the number of writes.
func state(t *testing.T, w *world, n int, r settlement.Result) string {
	t.Helper()
	var out strings.Builder
	for i := range n {
		o := w.order(t, fmt.Sprintf("INV-%d", i))
		o.Facts.Settled, o.Facts.Movements = slices.Clone(o.Facts.Settled), slices.Clone(o.Facts.Movements)
		o.Facts.Remarks = slices.Clone(o.Facts.Remarks)
		for i := range o.Facts.Settled {
			o.Facts.Settled[i].LearnedAt = time.Time{}
		}
		for i := range o.Facts.Movements {
			o.Facts.Movements[i].LearnedAt = time.Time{}
		}
		for i := range o.Facts.Remarks {
			o.Facts.Remarks[i].At = time.Time{}
		}
		fmt.Fprintf(&out, "%s %+v %+v %+v\n", o.Invoice, o.Facts.Settled, o.Facts.Movements, o.Facts.Remarks)
	}
	r.StartedAt, r.EndedAt = nil, nil
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A run may die at any write, before the write or after it. The next run ends in the same state as one that did not
// die.
func TestADeathAtAnyWriteIsResumedToTheSameEnd(t *testing.T) {
	const orders = 120
	w := newWorld()
	content := many(t, w, orders)
	r, err := w.apply(t.Context(), content, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, writes := state(t, w, orders, r), w.writes
	if writes < orders*8/10 {
		t.Fatalf("%d writes", writes)
	}
	for failAt := 1; failAt <= writes; failAt++ {
		for _, written := range []bool{false, true} {
			w := newWorld()
			many(t, w, orders)
			w.failAt, w.written = failAt, written
			if _, err := w.apply(t.Context(), content, settlement.Options{}); !errors.Is(err, errDied) ||
				!errors.Is(err, payment.ErrStore) {
				t.Fatalf("write %d: %v", failAt, err)
			}
			w.failAt = 0
			r, err := w.apply(t.Context(), content, settlement.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, state(t, w, orders, r)); diff != "" {
				t.Fatalf("after a death at write %d (carried out: %t):\n%s", failAt, written, diff)
			}
		}
	}
}

// Several runs at once, of the same report, end in one state.
func TestRunsAtOnceEndInOneState(t *testing.T) {
	const orders = 300
	w := newWorld()
	content := many(t, w, orders)
	r, err := w.apply(t.Context(), content, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := state(t, w, orders, r)
	for range 5 {
		w := newWorld()
		many(t, w, orders)
		results, errs := make([]settlement.Result, 4), make([]error, 4)
		var running sync.WaitGroup
		for i := range results {
			running.Go(func() { results[i], errs[i] = w.apply(t.Context(), content, settlement.Options{}) })
		}
		running.Wait()
		kept, err := w.Batch(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i := range results {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			if !results[i].EndedAt.Equal(kept.EndedAt) {
				t.Errorf("a run returns %v as the end, and %v is kept", results[i].EndedAt, kept.EndedAt)
			}
			if diff := cmp.Diff(want, state(t, w, orders, results[i])); diff != "" {
				t.Fatal(diff)
			}
		}
	}
}
