package versions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

// future holds possible additions of the next version to an item: a format, and attributes that this version does not
// know.
var future = attributes{
	store.FormatAttribute: &types.AttributeValueMemberN{Value: "2"},
	"zz": &types.AttributeValueMemberM{Value: attributes{
		"money": &types.AttributeValueMemberN{Value: "90000.00"},
		"raw":   &types.AttributeValueMemberB{Value: []byte{0, 1}},
	}},
}

// unreadable is an item of the next version that this one cannot decode.
func unreadable() attributes {
	changed := maps.Clone(future)
	changed["o"] = &types.AttributeValueMemberS{Value: "operations are kept in another way"}
	return changed
}

// The functions of this version do not write an item of the next version for any request. The answer is 503, and
// the item stays unchanged.
func TestNoFunctionWritesANewerFormat(t *testing.T) {
	t.Parallel()
	log := &tape{}
	b := start(t, func(c *stack.Config) { c.Log = log })
	sale := plan{invoice: "SALE-2", refunds: []int64{30000}}
	held := plan{invoice: "HELD-2", authorize: true}
	blank := plan{invoice: "BLANK-2"}
	doubt := plan{invoice: "DOUBT-2", refunds: []int64{30000}}
	other := plan{invoice: "DOUBT-3", refunds: []int64{30000}}
	b.buyAll(t, []plan{sale, held, doubt, other})
	until(t, "the orders know of their money", func() bool { return b.known(t, []plan{sale, held, doubt, other}) })
	b.control(t, "settle", `{}`)
	for _, p := range []plan{doubt, other} {
		b.control(t, "faults/next", `{"endpoint":"refund","fault":"lose_after"}`)
		if answer, err := b.post(t.Context(), p.refundRequests(0)[0]); err != nil ||
			answer.Status != http.StatusAccepted {
			t.Fatalf("%d %s %v, want 202", answer.Status, answer.Body, err)
		}
	}
	if _, err := b.insist(t.Context(), blank.pageRequest()); err != nil {
		t.Fatal(err)
	}
	b.notify(t, "ORPHAN-2", "FAILED")

	notify := func(invoice, status string) func() merchant.Answer {
		return func() merchant.Answer { return b.notify(t, invoice, status) }
	}
	for _, name := range []string{"readable", "unreadable"} { // in this order: an item stays unreadable
		next := future
		if name == "unreadable" {
			next = unreadable()
		}
		b.planted(t, name, "order#SALE-2", next, b.posts(t, sale.refundRequests(0)[0]))
		b.planted(t, name, "order#SALE-2", next, b.posts(t, sale.pageRequest()))
		b.planted(t, name, "order#HELD-2", next, b.posts(t, held.captureRequests()[0]))
		b.planted(t, name, "order#BLANK-2", next, b.posts(t, blank.pageRequest()))
		b.planted(t, name, "order#BLANK-2", next, notify("BLANK-2", "SUCCESS"))
		b.planted(t, name, "order#BLANK-2", next, notify("BLANK-2", "UNKNOWN"))
		b.reconcileLeaves(t, name, next, other)
	}
	b.planted(t, "readable", "order#ORPHAN-2", future, notify("ORPHAN-2", "SUCCESS"))
	if count := strings.Count(log.String(), `"StoreFailures":1`); count < 13 {
		t.Errorf("StoreFailures counts %d, want at least 13", count)
	}
}

func (b *both) posts(t *testing.T, r request) func() merchant.Answer {
	return func() merchant.Answer {
		answer, err := b.post(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// planted makes an item one of the next version, sends a request, and expects a 503.
func (b *both) planted(t *testing.T, name, key string, next attributes, ask func() merchant.Answer) {
	t.Helper()
	before := b.plant(t, key, next)
	if answer := ask(); answer.Status != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s: %d %s, want 503 with Retry-After", name, key, answer.Status, answer.Body)
	}
	if after := b.item(t, key); !reflect.DeepEqual(before, after) {
		t.Errorf("%s %s was changed from %v to %v", name, key, before, after)
	}
	invoice, isOrder := strings.CutPrefix(key, "order#")
	if !isOrder {
		return
	}
	want := map[string]int{"readable": http.StatusOK, "unreadable": http.StatusServiceUnavailable}[name]
	if strings.HasPrefix(invoice, "ORPHAN-") { // notifications that wait for their order
		want = http.StatusNotFound
	}
	answer, err := b.Do(t.Context(), http.MethodGet, "/payments/"+invoice, nil, nil)
	if err != nil || answer.Status != want {
		t.Errorf("GET of the %s %s: %d %s %v, want %d", name, key, answer.Status, answer.Body, err, want)
	}
}

// reconcileLeaves runs reconcile until it has reached an order of the next version whose refund is in doubt. Meanwhile
// the refund of another order is finished.
func (b *both) reconcileLeaves(t *testing.T, name string, next attributes, other plan) {
	t.Helper()
	before := b.plant(t, "order#DOUBT-2", next)
	failed := 0
	until(t, "reconcile fails at the one order and finishes the other", func() bool {
		answer, err := b.Reconcile(t.Context())
		var done struct{ Failed int }
		if err != nil || json.Unmarshal(answer, &done) != nil {
			t.Fatalf("reconcile: %s %v", answer, err)
		}
		failed += done.Failed
		return failed > 0 && b.shown(t, other.invoice).Refunded == other.refunded()
	})
	if after := b.item(t, "order#DOUBT-2"); !reflect.DeepEqual(before, after) {
		t.Errorf("reconcile changed the %s order from %v to %v", name, before, after)
	}
}

// A record of the next version is not published as if it were understood. It is read again.
func TestPublishReadsANewerFormatAgain(t *testing.T) {
	t.Parallel()
	b := start(t, func(*stack.Config) {})
	const record = `{"Records":[{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"7",` +
		`"NewImage":{"pk":{"S":"order#INV-1"},"v":{"N":"1"},"a":{"N":"90000"},"c":{"N":"1"},%s` +
		`"f":{"M":{"p":{"M":{"t":{"N":"2"},"a":{"N":"90000"}}}}}}}}]}`
	for format, want := range map[string]string{
		``: `{"batchItemFailures":[]}`, `"m":{"N":"2"},`: `{"batchItemFailures":[{"itemIdentifier":"7"}]}`,
	} {
		event := fmt.Appendf(nil, record, format)
		answer, err := stack.Invoke(t.Context(), harness.Functions(), "publish", b.Environment, event, io.Discard)
		if err != nil || string(answer) != want {
			t.Errorf("publish of format %q: %s %v, want %s", format, answer, err, want)
		}
	}
	if n := len(b.Events.Entries()); n != 1 {
		t.Errorf("%d events were put, want the one that is understood", n)
	}
}

// tape keeps the output of the functions.
type tape struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
