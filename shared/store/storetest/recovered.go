package storetest

import (
	"testing"
	"time"
)

func recovered(t *testing.T, s Store) {
	first := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	updateAbove(t, s)
	if err := s.EndRecovery(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	inJakarta := first.In(time.FixedZone("WIB", 7*3600))
	for to, want := range map[time.Time]bool{inJakarta: true, first.Add(time.Second): false} {
		if ended, err := s.Recovered(t.Context(), to); err != nil || ended != want {
			t.Errorf("restored to %s: ended %v, %v, want %v", to, ended, err, want)
		}
	}
}

func updateAbove(t *testing.T, s Store) {
	o, err := s.Create(t.Context(), full("INV-ABOVE"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ above, want int64 }{{7, 8}, {7, 9}, {0, 10}} {
		if err := s.UpdateAbove(t.Context(), o, step.above); err != nil {
			t.Fatal(err)
		}
		if o, err = s.Get(t.Context(), o.Invoice); err != nil || o.Version != step.want {
			t.Errorf("above %d: version %d, %v, want %d", step.above, o.Version, err, step.want)
		}
	}
	o.Version--
	if s.UpdateAbove(t.Context(), o, 50) == nil {
		t.Error("an order that has changed meanwhile was replaced")
	}
}
