package versions

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"kasir/local/sandbox"
	"kasir/shared/store"
)

// The old version writes an order in the middle of an operation: its answer was lost, or DOKU refused it unread. The
// new version reads the order as before and finishes the operation without doing it twice.
func TestTheOldVersionWritesAnOrderInDoubt(t *testing.T) {
	t.Parallel()
	b := startBoth(t)
	b.to(newer)
	p := plan{invoice: "DOUBT-1", authorize: true, refunds: []int64{30000, 20000}, metadata: `{"cart_id":"CART-77"}`}
	b.control(t, "faults/next", `{"endpoint":"createpage","fault":"error_after"}`)
	b.buyAll(t, []plan{p})
	until(t, "the order is authorised", func() bool { return b.known(t, []plan{p}) })

	b.interrupted(t, p, p.captureRequests()[0], func() {
		b.control(t, "faults/next", `{"endpoint":"capture","fault":"lose_after"}`)
	})
	b.control(t, "settle", `{}`)
	b.interrupted(t, p, p.refundRequests(0)[0], func() {
		b.control(t, "faults/next", `{"endpoint":"refund","fault":"lose_after"}`)
	})
	b.interrupted(t, p, p.refundRequests(1)[0], func() {
		b.control(t, "rotate", `{"secret_key":"SK-of-nobody-at-all"}`) // DOKU then refuses every signature of kasir
	})
	b.compare(t, []plan{p})
}

// interrupted sends a request that fails, makes the old version write the order, and repeats the request at the new
// one.
func (b *both) interrupted(t *testing.T, p plan, r request, fail func()) {
	t.Helper()
	fail()
	if answer, err := b.post(t.Context(), r); err != nil || answer.Header.Get("Retry-After") == "" {
		t.Fatalf("%s: %d %s %v, want an answer with Retry-After", r.path, answer.Status, answer.Body, err)
	}
	b.control(t, "rotate", `{"secret_key":"`+sandbox.DefaultSecretKey+`"}`)
	b.rewrite(t, p.invoice)
	if _, err := b.insist(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// rewrite makes the old version write an order, by a notification of a declined attempt, and then compares the item.
// The new version must read the same.
func (b *both) rewrite(t *testing.T, invoice string) {
	t.Helper()
	b.to(newer)
	defer b.to(newer)
	item, shown := b.item(t, "order#"+invoice), b.shown(t, invoice)
	b.to(older)
	if diff := cmp.Diff(shown, b.shown(t, invoice)); diff != "" {
		t.Errorf("the old version shows %s otherwise (-new +old):\n%s", invoice, diff)
	}
	if answer := b.notify(t, invoice, "FAILED"); answer.Status != http.StatusOK {
		t.Fatalf("a notification for %s at the old version: %d %s", invoice, answer.Status, answer.Body)
	}
	b.to(newer)
	b.judge(t, invoice, item, b.item(t, "order#"+invoice))
	if diff := cmp.Diff(shown, b.shown(t, invoice)); diff != "" {
		t.Errorf("the new version shows %s otherwise after the old one wrote it (-before +after):\n%s", invoice, diff)
	}
}

// changes are the attributes that a notification of a declined attempt changes: version, write id, due time, history,
// and the list of declined attempts.
var changes = map[string]bool{"v": true, "w": true, "due_at": true, "h[]": true, "f.x[]": true}

// judge compares an item before and after the old version wrote it. An attribute that is gone or has another value must
// be one of changes, or one that docs/migrations.md lists as safe to lose.
func (b *both) judge(t *testing.T, invoice string, before, after attributes) {
	t.Helper()
	safe := safeToLose(t)
	was, is := map[string]string{}, map[string]string{}
	flatten("", &types.AttributeValueMemberM{Value: before}, was)
	flatten("", &types.AttributeValueMemberM{Value: after}, is)
	if was["v"] == is["v"] {
		t.Fatalf("the old version did not write %s", invoice)
	}
	if stale, there := is[store.NewsAttribute]; there {
		t.Errorf("the old version kept %q in %s, by which the stream's filter may drop its news", stale, invoice)
	}
	for at, value := range was {
		path := index.ReplaceAllString(at, "[]")
		if is[at] == value || changes[path] || strings.HasPrefix(path, "f.x[]") || covers(safe, path) {
			continue
		}
		t.Errorf("the old version made %q of %q in %s of %s, which docs/migrations.md does not list as safe to lose",
			is[at], value, at, invoice)
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// flatten lists the values of an item by their paths, such as o[1].s.
func flatten(path string, v types.AttributeValue, into map[string]string) {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		for name, part := range v.Value {
			flatten(strings.TrimPrefix(path+"."+name, "."), part, into)
		}
	case *types.AttributeValueMemberL:
		for i, part := range v.Value {
			flatten(fmt.Sprintf("%s[%d]", path, i), part, into)
		}
	case *types.AttributeValueMemberS:
		into[path] = v.Value
	case *types.AttributeValueMemberN:
		into[path] = v.Value
	default:
		into[path] = fmt.Sprintf("%+v", v)
	}
}
