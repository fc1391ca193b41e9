package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/event"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

var restoredTo = noon.Add(-time.Hour)

// world is a restored table in memory, the archive, and DOKU's answers, which reconcile would bring.
type world struct {
	table   *store.Memory
	service *payment.Service
	archive []Event
	answers map[string]order.Facts // of check status, by invoice number; an order without one gets none
	orders  []string
	now     time.Time
}

func newWorld() *world {
	w := &world{table: &store.Memory{}, answers: map[string]order.Facts{}, now: noon}
	w.service = &payment.Service{Store: w.table, Now: func() time.Time { return noon }, TrustWindow: time.Hour,
		NewID: func() string { return "id" }, Log: slog.New(slog.DiscardHandler)}
	return w
}

// put stores a paid order of 90000 in the version that it has in the restored table.
func (w *world) put(t *testing.T, invoice string, facts order.Facts) order.Order {
	t.Helper()
	o := order.Order{Invoice: invoice, Amount: 90000, CreatedAt: restoredTo.Add(-time.Hour), Facts: facts}
	o, err := w.table.Create(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.orders = append(w.orders, invoice)
	return o
}

// lose puts the events of a change into the archive that the table does not have.
func (w *world) lose(t *testing.T, before, after order.Order, version int64) {
	t.Helper()
	after.Version = version
	events, err := event.FromChange(before, after)
	if err != nil || len(events) == 0 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for _, e := range events {
		w.archive = append(w.archive, Event{Type: e.Type, Detail: e.Detail})
	}
}

func (w *world) run(t *testing.T) (Result, error) {
	t.Helper()
	return Recovery{
		Service: w.service, RestoredTo: restoredTo, Since: restoredTo.Add(-time.Minute), Days: 7, Patience: time.Minute,
		Archive: func(_ context.Context, _ time.Time, see func(Event) error) error {
			var err error
			for _, e := range w.archive {
				err = errors.Join(err, see(e))
			}
			return err
		},
		Scan: func(ctx context.Context, see func(payment.Stored) error, orphan func(string)) error {
			orphan("INV-ORPHAN")
			var err error
			for _, invoice := range w.orders {
				o, problem := w.table.Get(ctx, invoice)
				err = errors.Join(err, problem, see(payment.Stored{Invoice: invoice, Order: o}))
			}
			return err
		},
		Reconcile: func(ctx context.Context) error {
			for invoice, news := range w.answers {
				o, err := w.table.Get(ctx, invoice)
				if err == nil && o.AwaitsRecheck() {
					err = w.table.Update(ctx, o.ApplyStatus(news, noon))
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
		Pace:  func(context.Context) error { return nil },
		Pause: func(context.Context) { w.now = w.now.Add(time.Second) },
		Say:   func(string, ...any) {}, Clock: func() time.Time { return w.now },
		Missing: func(context.Context) ([]payment.Difference, error) {
			return []payment.Difference{{Invoice: "INV-SETTLED", Theirs: 5000}, {Invoice: "INV-1"}}, nil
		},
	}.Run(t.Context())
}

func paid() order.Facts {
	return order.Facts{Paid: &order.Payment{At: restoredTo.Add(-time.Minute), LearnedAt: restoredTo.Add(-time.Minute),
		Amount: 90000}}
}

func back(amount int64) order.Facts {
	return order.Facts{Movements: []order.Movement{{Kind: order.MovedRefund, Source: order.FromStatus, Refund: "r",
		Amount: amount, At: noon, LearnedAt: noon}}}
}

func refunded(o order.Order, amount int64) order.Order {
	o.Operations = append(slices.Clone(o.Operations), order.Operation{ID: "refund-1", Kind: order.KindRefund,
		Amount: amount, State: order.Done, RequestID: "r", DoneAt: restoredTo.Add(time.Minute)})
	return o
}

// Each order is equal, on attention, or on a list. The hold ends last. A second run finds the same and changes nothing.
func TestARecoveryComparesEveryOrder(t *testing.T) {
	w := newWorld()
	same, told, partly, silent := w.put(t, "INV-1", paid()), w.put(t, "INV-2", paid()), w.put(t, "INV-3", paid()),
		w.put(t, "INV-4", paid())
	w.answers = map[string]order.Facts{"INV-1": {}, "INV-2": back(30000), "INV-3": back(30000)}
	w.lose(t, order.Order{}, same, 1)
	w.lose(t, told, refunded(told, 30000), 7)
	w.lose(t, partly, refunded(partly, 60000), 7)
	gone := silent
	gone.Invoice = "INV-GONE"
	w.lose(t, order.Order{}, gone, 3)
	first, err := w.run(t)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(first.Lost, first.Attention, first.Silent, first.Orphans, first.Differ); got !=
		"[INV-2 INV-3] [INV-3 INV-4] [INV-4] [INV-ORPHAN] [INV-2]" {
		t.Errorf("lost, attention, silent, orphans, differ: %s", got)
	}
	text, _ := json.Marshal(first.Unknown)
	if !strings.Contains(string(text), `"INV-GONE"`) || !strings.Contains(string(text), `"INV-SETTLED"`) ||
		len(first.Unknown) != 2 {
		t.Errorf("unknown: %s", text)
	}
	if ended, _ := w.table.Recovered(t.Context(), restoredTo); !ended {
		t.Error("the hold has not ended")
	}
	before, _ := w.table.Get(t.Context(), "INV-3")
	if before.Version <= 7 {
		t.Errorf("the next event has the sequence %d, and one of 7 was sent", before.Version)
	}
	again, err := w.run(t)
	after, _ := w.table.Get(t.Context(), "INV-3")
	if err != nil || after.Version != before.Version || !slices.Contains(again.Attention, "INV-3") {
		t.Errorf("again: %+v, %v; version %d, then %d", again, err, before.Version, after.Version)
	}
}

// Without the archive the hold stays.
func TestTheHoldStaysIfTheArchiveCannotBeRead(t *testing.T) {
	w := newWorld()
	w.archive = []Event{{Type: "payment.paid", Detail: []byte(`{}`)}}
	if _, err := w.run(t); err == nil || !strings.Contains(err.Error(), "--skip-unreadable") {
		t.Errorf("%v", err)
	}
	if ended, _ := w.table.Recovered(t.Context(), restoredTo); ended {
		t.Error("the hold has ended")
	}
}

// A lost conflict has no amount that could confirm it. Later writes of the restored order may have passed the sequence
// of its event, so the time of the event counts, too.
func TestALostConflictCallsAPerson(t *testing.T) {
	w := newWorld()
	o := w.put(t, "INV-1", paid())
	conflict := o
	conflict.Facts.Conflicts = []order.Conflict{order.NewConflict(order.ConflictSecondPayment, "x", "x", order.Facts{})}
	conflict.History = []order.HistoryEntry{{At: restoredTo.Add(time.Minute), What: "notified"}}
	w.lose(t, o, conflict, 1) // below the version of the order now
	w.answers = map[string]order.Facts{"INV-1": {}}
	if result, err := w.run(t); err != nil || !slices.Equal(result.Attention, []string{"INV-1"}) {
		t.Errorf("%+v, %v", result, err)
	}
}

// Another run counts what an earlier one marked, also if the table now has the sequence of the lost event.
func TestAnotherRunFindsWhatTheFirstMarked(t *testing.T) {
	w := newWorld()
	o := w.put(t, "INV-1", order.Facts{})
	w.lose(t, o, order.Order{Invoice: "INV-1", Amount: 90000, CreatedAt: o.CreatedAt, Facts: order.Facts{
		Movements: []order.Movement{{Kind: order.MovedVoid, Source: order.FromNotification, Amount: 90000,
			At: restoredTo.Add(-time.Hour), LearnedAt: restoredTo.Add(-time.Hour)}}}}, 7)
	w.answers = map[string]order.Facts{"INV-1": {}}
	first, err := w.run(t)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.run(t)
	if err != nil || len(first.Attention) != 1 || !slices.Equal(first.Attention, again.Attention) {
		t.Errorf("%v, then %v; %v", first.Attention, again.Attention, err)
	}
}

// The archive may hold an event twice, in any order, of a kind that this version does not know, or that it cannot read.
// A person is called if the event is about money that nothing else shows.
func TestTheArchiveMayHoldAnything(t *testing.T) {
	event := func(kind string, sequence int64, rest string) Event {
		return Event{Type: "payment." + kind, Detail: fmt.Appendf(nil, `{"id":"evt-%s-%d","sequence":%d,`+
			`"at":"2026-11-30T12:01:00Z","order":{"invoice_number":"INV-1","captured":90000,"refundable":60000}%s}`,
			kind, sequence, sequence, rest)}
	}
	refunded := event("refunded", 9, "")
	for _, c := range []struct {
		name    string
		archive []Event
		lost    string
		called  bool
	}{
		{"twice", []Event{refunded, refunded}, "", false},
		{"out of order", []Event{refunded, event("refunded", 8, "")}, "", false},
		{"an unknown kind", []Event{event("split", 9, "")}, "payment.split", true},
		{"an unknown kind, and out of order", []Event{refunded, event("split", 8, "")}, "payment.split", true},
		{"an unreadable amount", []Event{event("refunded", 9, `,"amount":"x"`)}, "unreadable payment.refunded", true},
		{"a sequence that no order has", []Event{event("refunded", 1<<62, "")}, "unreadable payment.refunded", true},
		{"another system's", []Event{{Type: "stock.low", Detail: []byte(`x`)}}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			w.put(t, "INV-1", paid())
			w.archive, w.answers = c.archive, map[string]order.Facts{"INV-1": back(30000)}
			result, err := w.run(t)
			o, _ := w.table.Get(t.Context(), "INV-1")
			lost := strings.Join(o.Facts.Restored.Lost, " ")
			if err != nil || len(result.Attention) > 0 != c.called || lost != c.lost {
				t.Errorf("%+v, %v; lost %+v", result, err, o.Facts.Restored)
			}
		})
	}
}

// An order that is not in the table is made again by the shop. What its lost events say holds its money then, also if
// DOKU shows nothing of the refund that was lost.
func TestAnOrderThatIsMadeAgainHoldsItsMoney(t *testing.T) {
	w := newWorld()
	gone := order.Order{Invoice: "INV-GONE", Amount: 90000, CreatedAt: restoredTo, Facts: paid()}
	w.lose(t, order.Order{}, gone, 2)
	w.lose(t, gone, refunded(gone, 30000), 3)
	for range 2 { // a repeat changes nothing
		if result, err := w.run(t); err != nil || len(result.Unknown) != 3 || !slices.Equal(result.Orphans,
			[]string{"INV-ORPHAN"}) {
			t.Fatalf("%+v, %v", result, err)
		}
	}
	var request payment.PageRequest
	request.Order.InvoiceNumber, request.Order.Amount, request.Payment.Type = gone.Invoice, gone.Amount, doku.Sale
	request.Customer.Email = "budi@example.com"
	request.Caller = payment.Caller{Subject: "shop", Prices: true}
	var paidBefore *order.NotAllowed
	if _, err := w.service.CreatePage(t.Context(), request); !errors.As(err, &paidBefore) {
		t.Fatal("a page of an order that was paid:", err)
	}
	o, err := w.table.Get(t.Context(), gone.Invoice)
	if err != nil {
		t.Fatal(err)
	}
	o = o.ApplyStatus(paid(), noon)
	_, _, denied := o.Refund(order.Policy{}, order.RefundID("new"), 90000, -1, noon)
	if o.Captured() != 90000 || denied == nil || len(o.Cases()) != 1 || o.Cases()[0].Kind != order.ReasonRestored {
		t.Errorf("captured %d, refund %v, cases %v", o.Captured(), denied, o.Cases())
	}
	if o = o.ApplyStatus(back(30000), noon); len(o.Cases()) != 1 || o.Cases()[0].Kind != order.RemarkElsewhere {
		t.Errorf("once DOKU shows the refund: %v", o.Cases())
	}
}
