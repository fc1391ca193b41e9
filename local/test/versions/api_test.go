package versions

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/local/merchant"
	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/shared/order"
	"kasir/shared/store"
)

// request is a request of a caller, which repeats it.
type request struct{ path, key, body string }

// post sends a request once.
func (b *both) post(ctx context.Context, r request) (merchant.Answer, error) {
	header := http.Header{}
	if r.key != "" {
		header.Set("Idempotency-Key", r.key)
	}
	return b.Do(ctx, http.MethodPost, r.path, header, []byte(r.body))
}

// insist repeats a request until it gets a final answer, as a caller should.
func (b *both) insist(ctx context.Context, r request) (merchant.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		answer, err := b.post(ctx, r)
		switch {
		case err != nil:
			return answer, err
		case answer.Status == http.StatusOK, answer.Status == http.StatusCreated:
			return answer, nil
		case answer.Header.Get("Retry-After") == "":
			return answer, fmt.Errorf("POST %s answered %d: %s", r.path, answer.Status, answer.Body)
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return answer, fmt.Errorf("POST %s was never answered for good; last %d: %s", r.path, answer.Status,
				answer.Body)
		}
	}
}

// notify posts a notification of a sale.
func (b *both) notify(t *testing.T, invoice, status string) merchant.Answer {
	t.Helper()
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"transaction":{"type":"SALE","status":%q,`+
		`"date":%q},`+
		`"card_payment":{"response_code":"51","response_message":"Insufficient funds"}}`,
		invoice, amount, status, time.Now().UTC().Format(time.RFC3339))
	return b.report(t, body)
}

// report posts a notification, signed without any code of kasir.
func (b *both) report(t *testing.T, body string) merchant.Answer {
	t.Helper()
	id, at := rand.Text(), time.Now().UTC().Format(time.RFC3339)
	sum := sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(sandbox.DefaultSecretKey))
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:/notifications\nDigest:%s",
		sandbox.DefaultClientID, id, at, base64.StdEncoding.EncodeToString(sum[:]))
	answer, err := b.Do(t.Context(), http.MethodPost, "/notifications", http.Header{
		"Client-Id": {sandbox.DefaultClientID}, "Request-Id": {id}, "Request-Timestamp": {at},
		"Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// shown returns the API's view of an order, without its declined attempts.
func (b *both) shown(t *testing.T, invoice string) merchant.Payment {
	t.Helper()
	p, err := b.Payment(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	p.Failures = nil
	return p
}

// all reads every order, by invoice number.
func (b *both) all(t *testing.T) map[string]order.Order {
	t.Helper()
	found := map[string]order.Order{}
	err := b.orders.All(t.Context(), func(o order.Order) error { found[o.Invoice] = o; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func keyed(key string) attributes {
	return attributes{store.KeyAttribute: &types.AttributeValueMemberS{Value: key}}
}

// item reads a stored item.
func (b *both) item(t *testing.T, key string) attributes {
	t.Helper()
	out, err := b.orders.Client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(stack.Table), Key: keyed(key), ConsistentRead: aws.Bool(true),
	})
	if err != nil || len(out.Item) == 0 {
		t.Fatalf("reading %s: %v, %v", key, out, err)
	}
	return out.Item
}

// attributes returns those of an item, in the SDK's types.
type attributes = map[string]types.AttributeValue

// plant sets attributes of an item by hand and returns the item.
func (b *both) plant(t *testing.T, key string, some attributes) attributes {
	t.Helper()
	for name, value := range some {
		_, err := b.orders.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: aws.String(stack.Table), Key: keyed(key), UpdateExpression: aws.String("SET #a = :v"),
			ExpressionAttributeNames:  map[string]string{"#a": name},
			ExpressionAttributeValues: attributes{":v": value},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.item(t, key)
}

// age makes an order two minutes older, unless it is at rest. Its page has then ended, and reconcile may check it. The
// version rises, as with every write.
func (b *both) age(t *testing.T, invoice string) {
	t.Helper()
	_, err := b.orders.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(stack.Table), Key: keyed("order#" + invoice),
		UpdateExpression:    aws.String("SET e = e - :d, f.u.e = f.u.e - :d, due_at = due_at - :d, v = v + :one"),
		ConditionExpression: aws.String("attribute_exists(due_at)"),
		ExpressionAttributeValues: attributes{
			":d": &types.AttributeValueMemberN{Value: "120000"}, ":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	var atRest *types.ConditionalCheckFailedException // the schedule of reconcile was faster
	if err != nil && !errors.As(err, &atRest) {
		t.Fatal(err)
	}
}
