package recovery

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"kasir/local/stack"
	"kasir/shared/store"
)

// recover runs kasir recover, which is killed after stopped if that is not 0.
func (w *world) recover(stopped time.Duration) {
	w.t.Helper()
	if w.stack.Environment["HOLD_UNTIL_RECOVERED"] == "" { // the command refuses to run without a hold
		w.stack.Environment["HOLD_UNTIL_RECOVERED"] = w.restoredTo.Format("2006-01-02T15:04:05Z")
	}
	forget, err := w.stack.Announce(w.data)
	if err != nil {
		w.t.Fatal(err)
	}
	defer forget()
	out := runRecover(w.t.Context(), w.t, w.data, stopped)
	if stopped > 0 {
		return
	}
	w.recovered = recovered{}
	if err := json.Unmarshal(out, &w.recovered); err != nil {
		w.t.Fatal(err)
	}
}

// recoverStopped stops kasir recover at a random moment, runs it to its end while reconcile runs, and then once more.
func (w *world) recoverStopped() {
	w.t.Helper()
	w.recover(time.Duration(200+w.random.IntN(1500)) * time.Millisecond)
	ended := make(chan struct{})
	var beside sync.WaitGroup
	beside.Go(func() {
		for {
			select {
			case <-ended:
				return
			default:
				w.reconcile()
			}
		}
	})
	w.recover(0)
	first := w.recovered
	close(ended)
	beside.Wait()
	w.recover(0)
	// DOKU may have confirmed an order since, but one that is gone stays gone.
	if len(first.Unknown) != len(w.recovered.Unknown) {
		w.t.Errorf("the last run found %v, the run before it %v", w.recovered.Unknown, first.Unknown)
	}
}

// end ends the hold without a comparison.
func (w *world) end() {
	w.t.Helper()
	orders := store.DynamoDB{Client: w.client, Table: stack.Table, NewID: rand.Text}
	if err := orders.EndRecovery(w.t.Context(), w.restoredTo); err != nil {
		w.t.Fatal(err)
	}
}

// entry is DOKU's ledger of an invoice.
type entry struct {
	Invoice        string `json:"invoice_number"`
	Paid           int64
	Captured       int64
	Refunded       int64
	DoubleCaptures int `json:"double_captures"`
	DoubleRefunds  int `json:"double_refunds"`
}

func (w *world) ledger() map[string]entry {
	w.t.Helper()
	response, err := http.Get(w.stack.DOKU + "/control/ledger")
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var all struct{ Ledger []entry }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		w.t.Fatal(err)
	}
	found := map[string]entry{}
	for _, e := range all.Ledger {
		found[e.Invoice] = e
	}
	return found
}

// state is what the comparison of an order with DOKU's ledger found.
type state string

const (
	equal     state = "equal"
	attention state = "on attention"
	listed    state = "on the printed list"
	unpaid    state = "gone, and no money came"
	differs   state = "different, and nobody is called"
)

// compare compares an order with DOKU's ledger.
func (w *world) compare(s *sale, e entry) state {
	shown, ok := w.show(s)
	back := number(shown, "refunded") + number(shown, "refunded_elsewhere")
	reserved := e.Paid == 0 || e.Captured > 0 || shown["status"] == "AUTHORIZED" || shown["status"] == "CAPTURING"
	switch {
	case ok && number(shown, "captured") == e.Captured && back == e.Refunded && reserved:
		return equal
	case ok && shown["attention"] != nil:
		return attention
	case slices.Contains(w.recovered.Orphans, s.invoice), w.unknown(s.invoice):
		return listed
	case !ok && e.Paid == 0:
		return unpaid
	}
	return differs
}

func (w *world) unknown(invoice string) bool {
	for _, u := range w.recovered.Unknown {
		if u.Invoice == invoice {
			return true
		}
	}
	return false
}

// faults returns the broken promises.
func (w *world) faults() []string {
	var all []string
	ledger := w.ledger()
	for _, s := range w.orders {
		e := ledger[s.invoice]
		if e.Refunded > s.refund || e.DoubleCaptures > 0 || e.DoubleRefunds > 0 {
			all = append(all, fmt.Sprintf("%s: moved twice: the merchant wanted %d back, DOKU gave %d; %+v", s.invoice,
				s.refund, e.Refunded, e))
		}
		if w.compare(s, e) == differs {
			shown, _ := w.show(s)
			all = append(all, fmt.Sprintf("%s: DOKU has %+v, kasir shows %v captured %v refunded %v", s.invoice, e,
				shown["status"], shown["captured"], shown["refunded"]))
		}
	}
	return all
}

// check reports every broken promise, and logs the figures.
func (w *world) check() {
	w.t.Helper()
	for _, fault := range w.faults() {
		w.t.Error(fault)
	}
	w.t.Logf("%d orders; %d acts, %d of them lost; table of %s, %d items\n%s", len(w.orders), w.acts, w.lostActs,
		w.restoredTo.Format(time.TimeOnly), len(w.copied), w.figures())
	if w.lostMoney == 0 {
		w.t.Error("the drill lost no capture or refund: it proves nothing")
	}
}

// figures returns the figures of the drill.
func (w *world) figures() string {
	counts, ledger := map[state]int{}, w.ledger()
	for _, s := range w.orders {
		counts[w.compare(s, ledger[s.invoice])]++
	}
	r := w.recovered
	return fmt.Sprintf("captures and refunds after the copy %d; held (503) %d; archive %d events, %d orders with lost "+
		"events; DOKU asked about %d; restored %v, other cases %v, unknown %v, orphans %v; made again %d, "+
		"decided %d\norders: %v",
		w.lostMoney, w.held, r.Events, len(r.Lost), r.Asked, r.Attention, r.Differ, r.Unknown, r.Orphans,
		w.again, w.decided, counts)
}
