package events

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"kasir/local"
	localdynamodb "kasir/local/dynamodb"
	"kasir/local/eventbridge"
	"kasir/local/localtest"
	"kasir/shared/event"
	"kasir/shared/order"
	"kasir/shared/store"
)

// tableStream makes the records that DynamoDB would stream, of the items as the functions really stored them: the embedded DynamoDB
// has no streams. Two writes between two looks are one record, as they never are at AWS.
type tableStream struct {
	stack   *local.Stack
	images  map[string]map[string]any // by key
	records []any
}

// look compares every item with what it was.
func (s *tableStream) look(t *testing.T) {
	t.Helper()
	table := local.Table
	out, err := localdynamodb.Client(s.stack.DynamoDB).Scan(t.Context(), &dynamodb.ScanInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	if s.images == nil {
		s.images = map[string]map[string]any{}
	}
	for _, stored := range out.Items {
		image := wire(&types.AttributeValueMemberM{Value: stored})["M"].(map[string]any)
		key := image[store.KeyAttribute].(map[string]any)["S"].(string)
		was, known := s.images[key]
		if known && fmt.Sprint(was) == fmt.Sprint(image) {
			continue
		}
		change := map[string]any{
			"Keys": map[string]any{store.KeyAttribute: image[store.KeyAttribute]}, "NewImage": image,
			"SequenceNumber": fmt.Sprint(len(s.records) + 1), "StreamViewType": "NEW_AND_OLD_IMAGES",
		}
		name := "INSERT"
		if known {
			name, change["OldImage"] = "MODIFY", was
		}
		s.records = append(s.records, map[string]any{"eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change})
		s.images[key] = image
	}
}

// wire writes an attribute as DynamoDB's JSON does.
func wire(v types.AttributeValue) map[string]any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": true}
	case *types.AttributeValueMemberL:
		list := []any{}
		for _, part := range v.Value {
			list = append(list, wire(part))
		}
		return map[string]any{"L": list}
	case *types.AttributeValueMemberM:
		m := map[string]any{}
		for name, part := range v.Value {
			m[name] = wire(part)
		}
		return map[string]any{"M": m}
	}
	panic(fmt.Sprintf("%T", v))
}

// matches is the part of EventBridge's patterns that the filter uses: lists of exact texts, and prefixes.
func matches(pattern, record any) bool {
	switch p := pattern.(type) {
	case map[string]any:
		r, ok := record.(map[string]any)
		for name, part := range p {
			if !ok || !matches(part, r[name]) {
				return false
			}
		}
		return true
	case []any:
		return slices.ContainsFunc(p, func(one any) bool {
			text, isText := record.(string)
			if prefix, ok := one.(map[string]any); ok && len(prefix) == 1 && prefix["prefix"] != nil {
				return isText && strings.HasPrefix(text, prefix["prefix"].(string))
			}
			return one == record
		})
	}
	panic(fmt.Sprintf("a pattern of %T", pattern))
}

// publish hands the records of orders to the function, and judges what it put on the bus by docs/events.
func (s *tableStream) publish(t *testing.T) {
	t.Helper()
	var pattern any
	if err := json.Unmarshal([]byte(store.StreamFilter), &pattern); err != nil {
		t.Fatal(err)
	}
	kept := slices.DeleteFunc(slices.Clone(s.records), func(r any) bool { return !matches(pattern, r) })
	if left := len(s.records) - len(kept); left == 0 || len(kept) < 8 {
		t.Fatalf("%d of %d records are left out, want those of orphans", left, len(s.records))
	}
	s.put(t, kept, "")
	got := told(t, s.stack.Events.Entries())
	for invoice, want := range map[string]string{
		"INV-EVENT-0001": "payment.failed payment.paid", "INV-EVENT-0009": "payment.paid", // this one from publish.json
		"INV-EVENT-0003": "payment.authorized payment.captured payment.refunded",
	} {
		if got[invoice] != want {
			t.Errorf("of %s the bus was told %q, want %q; all: %v", invoice, got[invoice], want, got)
		}
	}
	s.stack.Events.Refuse(1) // of a batch, one event: it is read again from there
	s.put(t, kept, "again")
	s.put(t, kept, "")
	ids := map[string]bool{}
	for _, e := range s.stack.Events.Entries() {
		ids[e.Detail] = true
	}
	if len(ids) != 6 { // five of the story, one of publish.json
		t.Errorf("read again, the records gave %d events, want the same 6", len(ids))
	}
}

// put invokes the function; again is anything when some record must be read again.
func (s *tableStream) put(t *testing.T, records []any, again string) {
	t.Helper()
	content, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := local.Invoke(t.Context(), localtest.Functions(), "publish", s.stack.Environment, content, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if clean := string(answer) == `{"batchItemFailures":[]}`; clean != (again == "") {
		t.Errorf("publish answered %s", answer)
	}
}

// told is which types the bus was told of each invoice, in that order. Every event must be as its schema says.
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
		if schema := schemas[e.DetailType]; schema == nil || schema.Validate(detail) != nil || e.Source != event.Source {
			t.Errorf("%s is not as docs/events says: %s", e.DetailType, e.Detail)
		}
		used[e.DetailType] = true
		invoice := detail.(map[string]any)["order"].(map[string]any)["invoice_number"].(string)
		all[invoice] = strings.TrimSpace(all[invoice] + " " + e.DetailType)
	}
	t.Logf("%d events of the types %v", len(entries), slices.Sorted(maps.Keys(used)))
	return all
}

// What the story has not: an end unpaid, and what a person must look at.
func TestTheOtherEventsAreAsTheirSchemasSay(t *testing.T) {
	noon := time.Date(2026, 8, 27, 12, 0, 0, 0, time.UTC)
	before := order.Order{Invoice: "INV-1", Amount: 90000, CreatedAt: noon, PageEnd: noon.Add(time.Hour), Version: 2}
	expired, _ := before.Learn(order.Facts{Expired: noon.Add(time.Hour)})
	late, _ := expired.Learn(order.Facts{Paid: &order.Payment{At: noon, Amount: 90000}})
	conflict, _ := before.Learn(order.Facts{Paid: &order.Payment{At: noon, Amount: 1}})
	held, _ := before.Learn(order.Facts{Authorized: &order.Authorization{ID: "a", At: noon, Amount: 90000}})
	warned, parked := held, held
	warned.Watch.Warned = true
	parked.Operations = []order.Operation{{ID: "capture", Kind: order.CapturePart, Amount: 90000, RequestID: "r", State: order.Parked}}
	var entries []eventbridge.Entry
	for _, change := range [][2]order.Order{{before, expired}, {expired, late}, {before, conflict}, {before, held}, {held, warned}, {held, parked}} {
		events, err := event.Of(change[0], change[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			entries = append(entries, eventbridge.Entry{Source: event.Source, DetailType: e.Type, Detail: string(e.Detail)})
		}
	}
	want := "payment.expired payment.paid payment.attention payment.attention payment.authorized payment.attention payment.attention"
	if got := told(t, entries)["INV-1"]; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
