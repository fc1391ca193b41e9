package dynamodb

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// mark sets the format of an invoice's items, if there are any.
func mark(t *testing.T, s *store.DynamoDB, invoice, format string) {
	t.Helper()
	for _, key := range []string{"order#" + invoice, "orphan#" + invoice} {
		if len(stored(t, s, key)) > 0 {
			set(t, s, key, store.FormatAttribute, &types.AttributeValueMemberN{Value: format})
		}
	}
}

func set(t *testing.T, s *store.DynamoDB, key, attribute string, value types.AttributeValue) {
	t.Helper()
	_, err := s.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &s.Table, Key: keyed(key), UpdateExpression: aws.String("SET #a = :v"),
		ExpressionAttributeNames:  map[string]string{"#a": attribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": value},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func keyed(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{store.KeyAttribute: &types.AttributeValueMemberS{Value: key}}
}

func stored(t *testing.T, s *store.DynamoDB, key string) map[string]types.AttributeValue {
	t.Helper()
	out, err := s.Client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &s.Table, Key: keyed(key)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

// The first format has no attribute of its own: its items stay as the versions before the attribute wrote them.
func TestTheFirstFormatIsStoredWithoutIt(t *testing.T) {
	_, s := open(t, "")
	o, err := s.Create(t.Context(), order.Order{Invoice: "OLD-1", Amount: 5, CreatedAt: time.UnixMilli(1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if item := stored(t, s, "order#OLD-1"); item[store.FormatAttribute] != nil {
		t.Errorf("the item has a format: %v", item)
	}
	if read, err := s.Get(t.Context(), "OLD-1"); err != nil || read.Format != 0 || read.Newer() {
		t.Errorf("an item without a format reads as %d, %v", read.Format, err)
	}
}

// A newer version may change the type of any attribute, including that of the format.
func TestANewerItemThatCannotBeDecodedIsNewer(t *testing.T) {
	_, s := open(t, "")
	text := &types.AttributeValueMemberS{Value: "of another version"}
	for invoice, format := range map[string]types.AttributeValue{
		"NEWER-1": &types.AttributeValueMemberN{Value: "2"},
		"NEWER-2": &types.AttributeValueMemberN{Value: "2.5"}, "NEWER-3": text,
	} {
		if _, err := s.Create(t.Context(), order.Order{Invoice: invoice, Amount: 5}, nil); err != nil {
			t.Fatal(err)
		}
		early := "EARLY-" + invoice
		must(t, s.PutOrphan(t.Context(), payment.Orphan{Invoice: early, RequestID: "r"}))
		set(t, s, "order#"+invoice, "o", text)
		set(t, s, "order#"+invoice, store.FormatAttribute, format)
		set(t, s, "order#"+early, "n", text)
		set(t, s, "order#"+early, store.FormatAttribute, format)
		set(t, s, "orphan#"+invoice, "n", text) // as the previous version stores them
		set(t, s, "orphan#"+invoice, store.FormatAttribute, format)
		items := func() []any {
			return []any{stored(t, s, "order#"+invoice), stored(t, s, "order#"+early), stored(t, s, "orphan#"+invoice)}
		}
		before := items()

		_, get := s.Get(t.Context(), invoice)
		_, create := s.Create(t.Context(), order.Order{Invoice: invoice, Amount: 6}, nil)
		update := s.Update(t.Context(), order.Order{Invoice: invoice, Amount: 6, Version: 7})
		beside := s.PutOrphan(t.Context(), payment.Orphan{Invoice: invoice, RequestID: "s"})
		put := s.PutOrphan(t.Context(), payment.Orphan{Invoice: early, RequestID: "s"})
		_, orphans := s.Orphans(t.Context(), early)
		_, earlier := s.EarlierOrphans(t.Context(), invoice)
		for what, err := range map[string]error{
			"Get": get, "Create": create, "Update": update, "PutOrphan": put, "Orphans": orphans,
			"PutOrphan beside an order": beside,
			"EarlierOrphans":            earlier,
		} {
			if !errors.Is(err, payment.ErrNewerFormat) {
				t.Errorf("%s of %s: %v, want ErrNewerFormat", what, invoice, err)
			}
		}
		if after := items(); !reflect.DeepEqual(before, after) {
			t.Errorf("%s was changed from %v to %v", invoice, before, after)
		}
	}
	listed := 0
	must(t, s.All(t.Context(), func(o order.Order) error {
		listed++
		if !o.Newer() || o.Invoice == "" {
			t.Errorf("listed as %+v", o)
		}
		return nil
	}))
	if listed != 3 {
		t.Errorf("%d orders are listed, want 3", listed)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
