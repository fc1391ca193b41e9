package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// newer are formats that no version knows yet. The negative one stands for a format that cannot be read.
var newer = []int{order.LastFormat + 1, order.LastFormat + 100, -1}

func newerOrder(t *testing.T, s Store, mark Format) {
	const invoice = "ST-NEWER"
	want := create(t, s, full(invoice))
	for _, format := range newer {
		mark(t, invoice, format)
		want.Format = format
		same(t, s, want)
		next := want
		next.Amount = 77
		if err := s.Update(t.Context(), next); !errors.Is(err, payment.ErrNewerFormat) {
			t.Errorf("Update of format %d: %v, want ErrNewerFormat", format, err)
		}
		same(t, s, want)
		other, err := s.Create(t.Context(), order.Order{Invoice: invoice, Amount: 2, CreatedAt: at}, nil)
		if diff := cmp.Diff(want, other); !errors.Is(err, payment.ErrExists) || diff != "" {
			t.Errorf("Create over format %d: %v, want ErrExists and what is there (-there +returned):\n%s",
				format, err, diff)
		}
	}
	mark(t, invoice, order.LastFormat) // a version that knows the format writes it
	want.Format = order.LastFormat
	must(t, s.Update(t.Context(), want))
}

func newerOrphans(t *testing.T, s Store, mark Format) {
	const invoice = "ST-NEWER-ORPHAN"
	kept := payment.Orphan{Invoice: invoice, RequestID: "first", ReceivedAt: at, News: full("x").Facts}
	must(t, s.PutOrphan(t.Context(), kept))
	for _, format := range newer {
		mark(t, invoice, format)
		second := kept
		second.RequestID = "second"
		if err := s.PutOrphan(t.Context(), second); !errors.Is(err, payment.ErrNewerFormat) {
			t.Errorf("PutOrphan beside format %d: %v, want ErrNewerFormat", format, err)
		}
		if got, err := s.Orphans(t.Context(), invoice); !errors.Is(err, payment.ErrNewerFormat) {
			t.Errorf("Orphans of format %d: %v, %v, want ErrNewerFormat", format, got, err)
		}
	}
	mark(t, invoice, order.LastFormat)
	got, err := s.Orphans(t.Context(), invoice)
	must(t, err)
	if diff := cmp.Diff([]payment.Orphan{kept}, got); diff != "" {
		t.Errorf("orphans differ after a refused write (-kept +read):\n%s", diff)
	}
}
