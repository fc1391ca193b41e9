package promises

import (
	"context"
	"crypto/rand"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/local/sandbox"
	"kasir/local/stack"
)

// outage is a stack whose DOKU goes down, for one test at a time.
var (
	outage   = lazyFixture(nil, "{}")
	oneAlone sync.Mutex
)

// without runs f while nothing listens at DOKU's address.
func (h *fixture) without(t *testing.T, f func()) {
	t.Helper()
	h.doku.down()
	f()
	if !until(t, 10*time.Second, func() bool { return h.doku.up() == nil }) {
		t.Fatal("the proxy cannot listen again")
	}
}

// No connection was made: the request was not sent, and nothing is in doubt.
func TestSeen9ARequestThatWasNotSent(t *testing.T) {
	t.Parallel()
	oneAlone.Lock()
	defer oneAlone.Unlock()
	h := outage(t)
	soon, never := h.begin(t, "refund"), h.begin(t, "refund")
	h.without(t, func() {
		for _, a := range []movement{soon, never} {
			if got := a.send(t); got.status != 503 || got.header.Get("Retry-After") == "" {
				t.Errorf("not sent: %d %s, Retry-After %q, want 503 and some seconds",
					got.status, got.text, got.header.Get("Retry-After"))
			}
		}
		h.age(t, never.invoice, 2*time.Hour)
		freed := func() bool { h.reconcile(t); return number(h.show(t, never.invoice), "refundable") == 90000 }
		if !until(t, 2*time.Second, freed) || h.attention(t, never.invoice) {
			t.Errorf("never sent, and the trust window has passed: %s, attention %v, want FAILED and the amount freed",
				brief(h.show(t, never.invoice)), h.attention(t, never.invoice))
		}
	})
	h.age(t, soon.invoice, 2*time.Minute)
	if !until(t, 10*time.Second, func() bool { s := soon.send(t).status; return s == 200 || s == 201 }) {
		t.Errorf("DOKU is back: %s", brief(h.show(t, soon.invoice)))
	}
	soon.checkOnce(t, "in the end")
	if b := h.ledger(t, soon.invoice); b.Refunded != 30000 {
		t.Errorf("DOKU refunded %d, want 30000", b.Refunded)
	}
}

// DOKU refused the request because of its headers: it did nothing, and nothing is in doubt.
func TestSeen9ARequestThatWasTurnedAway(t *testing.T) {
	t.Parallel()
	h := common(t)
	for _, code := range []string{"invalid_signature", "invalid_client_id", "invalid_header_request",
		"request_time_out_of_range"} {
		t.Run(code, func(t *testing.T) {
			away := answerSigned(400, fmt.Sprintf(`{"error":{"code":%q,"message":"header"}}`, code))
			soon, never := h.begin(t, "refund"), h.begin(t, "refund")
			for _, a := range []movement{soon, never} {
				h.doku.always("refund", a.invoice, away)
				if got := a.send(t); got.status != 503 || got.header.Get("Retry-After") == "" {
					t.Errorf("answered %d %s, Retry-After %q, want 503 and some seconds",
						got.status, got.text, got.header.Get("Retry-After"))
				}
			}
			h.age(t, never.invoice, 2*time.Hour)
			freed := func() bool { h.reconcile(t); return number(h.show(t, never.invoice), "refundable") == 90000 }
			if !until(t, 2*time.Second, freed) || h.attention(t, never.invoice) {
				t.Errorf("the trust window has passed: %s, attention %v, want the amount freed",
					brief(h.show(t, never.invoice)), h.attention(t, never.invoice))
			}
			h.doku.always("refund", soon.invoice, nil)
			h.age(t, soon.invoice, 2*time.Minute)
			if !until(t, 10*time.Second, func() bool { s := soon.send(t).status; return s == 200 || s == 201 }) {
				t.Errorf("DOKU accepts it: %s", brief(h.show(t, soon.invoice)))
			}
			soon.checkOnce(t, "in the end")
		})
	}
}

// Such a refusal proves nothing about an earlier attempt, which DOKU did.
func TestSeen9BeingTurnedAwayLeavesTheDoubtOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a movement) {
		a.h.doku.plan(a.kind, a.invoice, loseAnswer,
			answerSigned(400, `{"error":{"code":"invalid_signature","message":"header"}}`))
		a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
		a.resend(t, 91*time.Second, func() reply { return a.send(t) })
		a.checkOnce(t, "after the second")
		a.send(t)
		a.checkOnce(t, "after the third")
		a.checkEnd(t)
	})
}

// The server has read the request on a kept connection, carried it out and closed. For a page net/http repeats the
// request by itself, and its error is that nobody listens.
func TestSeen9ADialErrorAfterTheServerHasReadTheRequest(t *testing.T) {
	t.Parallel()
	oneAlone.Lock()
	defer oneAlone.Unlock()
	h := outage(t)
	for _, kind := range []string{"refund", "capture", "createpage"} {
		t.Run(kind, func(t *testing.T) {
			gone := make(chan struct{})
			vanish := func(x exchange) answer {
				x.forward()
				go func() { h.doku.down(); close(gone) }() // closes this connection too
				<-x.Context().Done()
				return answer{}
			}
			a := movement{h: h, kind: kind, invoice: freshInvoice("GONE"), amount: 90000, path: "/payments"}
			if a.body = createBody(a.invoice, ""); kind != "createpage" {
				a = h.begin(t, kind)
			}
			h.doku.plan(kind, a.invoice, vanish)
			if got := a.send(t); got.status != 202 {
				t.Errorf("answered %d %s, want 202: DOKU has read it, and did it", got.status, got.text)
			}
			<-gone
			if !until(t, 10*time.Second, func() bool { return h.doku.up() == nil }) {
				t.Fatal("the proxy cannot listen again")
			}
			if kind == "createpage" {
				h.age(t, a.invoice, time.Minute)
				if got := a.send(t); got.status != 201 && got.status != 200 || h.ledger(t, a.invoice).DoublePages > 0 {
					t.Errorf("repeated: %d %s", got.status, got.text)
				}
				return
			}
			a.checkOnce(t, "after it")
			h.age(t, a.invoice, 2*time.Minute)
			a.send(t)
			a.checkOnce(t, "after a repeat")
			a.checkEnd(t)
		})
	}
}

// A version that does not know the format of an item writes nothing, because it would erase facts. docs/migrations.md
// names the attribute.
func TestSeen9AnItemOfANewerFormatIsNotWritten(t *testing.T) {
	t.Parallel()
	h := common(t)
	sale, reserved, page := freshInvoice("NEWER"), freshInvoice("NEWER"), freshInvoice("NEWER")
	h.makeSale(t, sale)
	h.makeAuthorization(t, reserved, "")
	if _, err := h.CreatePage(t.Context(), []byte(createBody(page, ""))); err != nil {
		t.Fatal(err)
	}
	h.age(t, page, 70*time.Minute) // due: reconcile checks it
	items := map[string]map[string]types.AttributeValue{}
	for _, invoice := range []string{sale, reserved, page} {
		items[invoice] = h.makeNewer(t, invoice)
	}
	for name, got := range map[string]int{
		"a refund":  h.refund(t, sale, rand.Text(), 1000).status,
		"a capture": h.capture(t, reserved, `{}`).status,
	} {
		if got != 503 {
			t.Errorf("%s: %d, want 503", name, got)
		}
	}
	paid := freshInvoice("NEWER")
	if _, err := h.CreatePage(t.Context(), []byte(createBody(paid, ""))); err != nil {
		t.Fatal(err)
	}
	items[paid] = h.makeNewer(t, paid)
	if got := h.notify(t, paid, sandbox.DefaultSecretKey, "HMACSHA256="); got != 503 {
		t.Errorf("a notification: %d, want 503: DOKU sends it again", got)
	}
	h.reconcile(t)
	for invoice, want := range items {
		if got := h.item(t, invoice); !reflect.DeepEqual(got, want) {
			t.Errorf("the item of %s was written: %v", invoice, got)
		}
	}
	if b := h.ledger(t, sale); b.Refunded != 0 {
		t.Errorf("DOKU refunded %d", b.Refunded)
	}
	if b := h.ledger(t, reserved); b.Captured != 0 {
		t.Errorf("DOKU captured %d", b.Captured)
	}
	if len(h.log.lines(sale, `"StoreFailures":1`)) == 0 {
		t.Error("no log line counts StoreFailures")
	}
}

// makeNewer gives the item of an order a format that this version does not know, and a fact.
func (h *fixture) makeNewer(t *testing.T, invoice string) map[string]types.AttributeValue {
	t.Helper()
	_, err := h.orders.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(stack.Table), Key: itemKey(invoice),
		UpdateExpression: aws.String("SET m = :format, fact_of_tomorrow = :fact, v = v + :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":format": &types.AttributeValueMemberN{Value: "99"}, ":fact": &types.AttributeValueMemberS{Value: "money"},
			":one": &types.AttributeValueMemberN{Value: "1"}, // as every write does
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h.item(t, invoice)
}

func (h *fixture) item(t *testing.T, invoice string) map[string]types.AttributeValue {
	t.Helper()
	out, err := h.orders.Client.GetItem(context.WithoutCancel(t.Context()), &dynamodb.GetItemInput{
		TableName: aws.String(stack.Table), Key: itemKey(invoice), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

func itemKey(invoice string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "order#" + invoice}}
}
