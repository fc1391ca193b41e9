package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/payment"
)

// RunBatches tests a store of batches against the contract of payment.BatchStore. The store need not be empty.
func RunBatches(t *testing.T, s payment.BatchStore) {
	t.Run("a batch reads back as it was written, every field", func(t *testing.T) { batchRoundTrip(t, s) })
	t.Run("a write over another one is refused", func(t *testing.T) { batchConflict(t, s) })
	t.Run("batches are listed by year, the newest first", func(t *testing.T) { batchList(t, s) })
	t.Run("the differences of a part are kept once", func(t *testing.T) { batchDifferences(t, s) })
}

func batchRoundTrip(t *testing.T, s payment.BatchStore) {
	if _, err := s.Batch(t.Context(), "st-none"); !errors.Is(err, payment.ErrNoBatch) {
		t.Error(err)
	}
	var full payment.Batch
	n := 0
	fill(reflect.ValueOf(&full).Elem(), &n)
	full.ID, full.Version = "st-full", 0
	bare := payment.Batch{ID: "st-bare", StartedAt: at}
	for _, b := range []payment.Batch{full, bare} {
		must(t, s.PutBatch(t.Context(), b))
		b.Version++
		sameBatch(t, s, b)
		b.Next, b.State = 99, payment.BatchDone
		must(t, s.PutBatch(t.Context(), b))
		b.Version++
		sameBatch(t, s, b)
	}
}

func sameBatch(t *testing.T, s payment.BatchStore, want payment.Batch) {
	t.Helper()
	got, err := s.Batch(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func batchConflict(t *testing.T, s payment.BatchStore) {
	b := payment.Batch{ID: "st-race", StartedAt: at}
	var writing sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		writing.Go(func() {
			mine := b
			mine.Rows = i
			errs[i] = s.PutBatch(t.Context(), mine)
		})
	}
	writing.Wait()
	written := 0
	for i, err := range errs {
		switch {
		case err == nil:
			written++
			b.Rows = i
		case !errors.Is(err, payment.ErrConflict):
			t.Error(err)
		}
	}
	if written != 1 {
		t.Fatalf("%d of 8 wrote a new batch", written)
	}
	b.Version = 1
	sameBatch(t, s, b)
	stale := b
	stale.Version = 7
	if err := s.PutBatch(t.Context(), stale); !errors.Is(err, payment.ErrConflict) {
		t.Error(err)
	}
	sameBatch(t, s, b)
}

func batchList(t *testing.T, s payment.BatchStore) {
	newYear := time.Date(1991, 12, 31, 17, 0, 0, 0, time.UTC) // midnight in Jakarta
	for i := range 105 {
		must(t, s.PutBatch(t.Context(), payment.Batch{ID: fmt.Sprintf("st-list-%03d", i),
			StartedAt: newYear.Add(time.Duration(i) * time.Hour)}))
	}
	must(t, s.PutBatch(t.Context(), payment.Batch{ID: "st-before", StartedAt: newYear.Add(-time.Millisecond)}))
	listed, err := s.Batches(t.Context(), 1992)
	if err != nil || len(listed) != 105 || listed[0].ID != "st-list-104" || listed[104].ID != "st-list-000" {
		t.Errorf("%d batches, %v", len(listed), err)
	}
	if before, err := s.Batches(t.Context(), 1991); err != nil || len(before) != 1 || before[0].ID != "st-before" {
		t.Error(before, err)
	}
	if none, err := s.Batches(t.Context(), 1980); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
	for year, want := range map[int]time.Time{1992: newYear, 1991: newYear.Add(-time.Millisecond), 1980: {}} {
		if first, err := s.FirstBatch(t.Context(), year); err != nil || !first.Equal(want) {
			t.Errorf("the first batch of %d is of %v, %v, want %v", year, first, err, want)
		}
	}
}

func batchDifferences(t *testing.T, s payment.BatchStore) {
	var one payment.Difference
	n := 0
	fill(reflect.ValueOf(&one).Elem(), &n)
	two := payment.Difference{Kind: payment.DiffersFee, Line: 7, Row: 8}
	var want []payment.Difference
	for part, all := range [][]payment.Difference{{one, two}, nil, {two}} {
		kept, err := s.PutDifferences(t.Context(), "st-parts", part, all)
		if diff := cmp.Diff(all, kept); err != nil || diff != "" {
			t.Error(err, diff)
		}
		want = append(want, all...)
	}
	kept, err := s.PutDifferences(t.Context(), "st-parts", 0, []payment.Difference{two})
	if diff := cmp.Diff([]payment.Difference{one, two}, kept); err != nil || diff != "" {
		t.Error(err, diff)
	}
	read, err := s.Differences(t.Context(), "st-parts", 3)
	if diff := cmp.Diff(want, read); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.Differences(t.Context(), "st-parts", 4); err == nil {
		t.Error("a part that was not kept is read")
	}
	if none, err := s.Differences(t.Context(), "st-parts", 0); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}
