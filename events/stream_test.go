package events

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	localdynamodb "kasir/local/aws/dynamodb"
	"kasir/local/aws/eventbridge"
	"kasir/local/stack"
	"kasir/shared/event"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// published checks the events that the story's writes put on the bus. The embedded DynamoDB streams them to the
// function, through the deployment's filter.
func published(t *testing.T, running *stack.Stack) {
	t.Helper()
	running.Events.RefuseNext(1) // the function reports the record, and gets it again
	table := &store.DynamoDB{Client: localdynamodb.Client(running.DynamoDB), Table: stack.Table, NewID: rand.Text}
	batch := payment.Batch{ID: "0a1b2c3d4e5f", Name: "B-EVENT", State: payment.BatchApplying, Rows: 2,
		PaidOut: time.Unix(1787826227, 0), StartedAt: time.Unix(1787826227, 0)}
	for _, state := range []payment.BatchState{payment.BatchApplying, payment.BatchDone, payment.BatchDone} {
		if batch.State = state; state == payment.BatchDone {
			batch.Next, batch.EndedAt = 2, time.Unix(1787826228, 0)
			batch.Sums = []payment.Sum{{Kind: "sale", Count: 2, Amount: 3000, Fee: 20, Net: 2980}}
			batch.Counts = []payment.DifferenceCount{{Kind: payment.DiffersAmount, Count: 1}}
		}
		if err := table.PutBatch(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		batch.Version++
	}
	paid := &order.Payment{At: time.Unix(1787826227, 0), Amount: 1000}
	last := order.Order{Invoice: "INV-EVENT-LAST", Amount: 1000, Facts: order.Facts{Paid: paid}}
	if _, err := table.Create(t.Context(), last, nil); err != nil {
		t.Fatal(err)
	}
	const events = 11
	running.Events.Wait(t.Context(), events-1) // the last order's event comes after all others
	got := told(t, running.Events.Entries())
	for invoice, want := range map[string]string{
		"INV-EVENT-0001": "payment.failed payment.paid payment.refunded", // a person recorded the refund
		"INV-EVENT-0009": "payment.paid",                                 // this one from publish.json
		// A conflict. That it is decided, and the order closed, is no event.
		"INV-EVENT-0002": "payment.attention",
		"INV-EVENT-0003": "payment.authorized payment.captured payment.refunded",
		"INV-EVENT-4040": "", // a notification without order
		"INV-EVENT-LAST": "payment.paid",
		"B-EVENT-1":      "settlement.reconciled", // the report in the bucket
		"B-EVENT":        "settlement.reconciled", // once, when the batch became done
	} {
		if got[invoice] != want {
			t.Errorf("of %s the bus was told %q, want %q; all: %v", invoice, got[invoice], want, got)
		}
	}
	ids := map[string]bool{}
	for _, e := range running.Events.Entries() {
		ids[e.Detail] = true
	}
	if len(ids) != events {
		t.Errorf("%d events came, want %d", len(ids), events)
	}
}

// told returns the types of the events of each invoice on the bus, in order. Every event must match its schema.
func told(t *testing.T, entries []eventbridge.Entry) map[string]string {
	t.Helper()
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range event.Types {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		schema, err := compiler.Compile("../docs/events/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		schemas[name] = schema
	}
	all, used := map[string]string{}, map[string]bool{}
	for _, e := range entries {
		var detail any
		if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
			t.Fatal(err)
		}
		if schema := schemas[e.DetailType]; schema == nil || schema.Validate(detail) != nil ||
			e.Source != event.Source {
			t.Errorf("%s is not as docs/events says: %s", e.DetailType, e.Detail)
		}
		for schema, path := range openLists {
			if value, ok := in(detail, path...); ok && !listed(t, schema, path, value) {
				t.Errorf("%s: %v of %v is not among the examples of docs/events/%s", e.DetailType, path, value, schema)
			}
		}
		used[e.DetailType] = true
		invoice, _ := in(detail, "order", "invoice_number")
		if batch, isBatch := in(detail, "settlement", "batch_id"); isBatch {
			invoice = batch
		}
		all[invoice.(string)] = strings.TrimSpace(all[invoice.(string)] + " " + e.DetailType)
	}
	t.Logf("%d events of the types %v", len(entries), slices.Sorted(maps.Keys(used)))
	return all
}

// openLists are the values that later versions may add to. Their schemas name the known ones as examples.
var openLists = map[string][]string{
	"payment.json": {"order", "status"}, "payment.attention.json": {"attention", "reason"},
	"payment.refunded.json": {"refund", "type"},
}

func listed(t *testing.T, schema string, path []string, value any) bool {
	t.Helper()
	content, err := os.ReadFile("../docs/events/" + schema)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	known, _ := in(doc, "properties", path[0], "properties", path[1], "examples")
	examples, _ := known.([]any)
	return slices.Contains(examples, value)
}

// in finds a member of nested objects.
func in(value any, path ...string) (any, bool) {
	for _, name := range path {
		members, ok := value.(map[string]any)
		if value = members[name]; !ok || value == nil {
			return nil, false
		}
	}
	return value, true
}

// Cases that the story does not have: an unpaid end, orders that a person must look at, and a manual refund that fails.
func TestTheOtherEventsAreAsTheirSchemasSay(t *testing.T) {
	noon := time.Date(2026, 8, 27, 12, 0, 0, 0, time.UTC)
	end := noon.Add(time.Hour)
	before := order.Order{Invoice: "INV-1", Amount: 90000, Discounts: []int64{10000}, CreatedAt: noon, PageEnd: end,
		Version: 2}
	learn := func(o order.Order, news order.Facts) order.Order {
		o, _ = o.Learn(news)
		return o
	}
	paid := learn(before, order.Facts{Paid: &order.Payment{At: noon, LearnedAt: noon, Amount: 90000}})
	expired := learn(before, order.Facts{Expired: end})
	held := learn(before, order.Facts{Authorized: &order.Authorization{ID: "a", At: noon, LearnedAt: noon,
		Amount: 90000}})
	warned, parked, refused, manual := held, held, held, paid
	warned.Watch.Warned = true
	parked.Operations = []order.Operation{{ID: "capture", Kind: order.KindCapture, Amount: 90000, RequestID: "r",
		State: order.Parked}}
	refused.Operations = []order.Operation{{ID: "capture", Kind: order.KindCapture, Amount: 90000, RequestID: "r",
		State: order.Parked, HaltedAt: noon}}
	failed, unconfirmed, overdue := held, expired, paid
	overdue.Watch.OverdueAt = end
	failed.Watch.AutoFailed, unconfirmed.Watch.Unconfirmed = true, true
	closed, _, err := before.Close(order.Act{At: noon, By: "Sari"})
	if err != nil {
		t.Fatal(err)
	}
	manual.Operations = []order.Operation{
		{ID: "refund-1", Kind: order.KindRefund, Amount: 1000, State: order.Done, Type: order.ManualPartialRefund,
			DoneAt: noon},
	}
	rejected, err := manual.Resolve("refund-1", false, order.Act{At: end, By: "Sari"})
	if err != nil {
		t.Fatal(err)
	}
	remarks := order.Facts{Remarks: []order.Remark{
		{Kind: order.RemarkUnmatchedRequest, Detail: "x", At: noon}, {Kind: order.RemarkOddCode, Detail: "x", At: noon},
		{Kind: order.RemarkElsewhere, Detail: "x", At: noon}, {Kind: order.RemarkSettlement, Detail: "x", At: noon},
	}}
	moved := func(kind order.MovementKind, amount int64) order.Facts {
		return order.Facts{Movements: []order.Movement{{Kind: kind, Source: order.FromNotification, Ref: "n",
			Amount: amount, At: noon, LearnedAt: noon}}}
	}
	disputed := learn(paid, moved(order.MovedChargeback, 90000))
	var entries []eventbridge.Entry
	reasons := map[string]bool{}
	for _, change := range [][2]order.Order{
		{before, expired}, {expired,
			learn(expired, order.Facts{Paid: &order.Payment{At: end.Add(time.Minute), Amount: 90000}})},
		{before, learn(before, order.Facts{Paid: &order.Payment{At: noon, Amount: 1}})}, {before, held}, {held, warned},
		{held, parked}, {held, refused},
		{held, failed}, {expired, unconfirmed}, {paid, overdue}, {closed, learn(closed, paid.Facts)},
		{before, learn(before, remarks)},
		{paid, learn(paid, order.Facts{Paid: &order.Payment{At: noon, LearnedAt: noon, Amount: 80000}})},
		{paid, manual}, {manual, rejected},
		{paid, learn(paid, moved(order.MovedRefund, 50000))}, {paid, learn(paid, moved(order.MovedVoid, 90000))},
		{paid, learn(paid, moved(order.MovedRest, 50000))}, {held, learn(held, moved(order.MovedVoid, 90000))},
		{paid, disputed}, {disputed, learn(disputed, moved(order.MovedReversal, 90000))},
		{disputed, learn(disputed, moved(order.MovedRefund, 1000))},
	} {
		events, err := event.FromChange(change[0], change[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			entries = append(entries,
				eventbridge.Entry{Source: event.Source, DetailType: e.Type, Detail: string(e.Detail)})
			var detail any
			if err := json.Unmarshal(e.Detail, &detail); err != nil {
				t.Fatal(err)
			}
			if reason, ok := in(detail, "attention", "reason"); ok {
				reasons[fmt.Sprint(reason)] = true
			}
		}
	}
	for _, want := range []string{
		"payment.expired", "payment.paid", "payment.attention", "payment.authorized", "payment.refunded",
		"payment.refund_failed", "payment.voided", "payment.charged_back", "payment.chargeback_reversed",
	} {
		if !strings.Contains(told(t, entries)["INV-1"]+" ", want+" ") {
			t.Errorf("no %s", want)
		}
	}
	for _, row := range order.Attentions {
		if !reasons[string(row.Kind)] {
			t.Errorf("no attention for %s", row.Kind)
		}
	}
}
