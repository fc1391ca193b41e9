package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

var all = payment.Range{Index: payment.ByDay, From: payment.PlaceOf(time.Time{}, ""),
	To: payment.PlaceOf(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), "")}

// listed returns the invoice numbers of all places.
func listed(t *testing.T, s *store.DynamoDB) (invoices []string) {
	t.Helper()
	places, more, err := s.List(t.Context(), all, 500)
	if err != nil || more {
		t.Fatal(err, more)
	}
	for _, place := range places {
		invoices = append(invoices, place.Invoice())
	}
	slices.Sort(invoices)
	return invoices
}

// eraseLists writes an order as a version does that does not know the lists.
func eraseLists(t *testing.T, s *store.DynamoDB, invoice string) {
	t.Helper()
	_, err := s.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(table), UpdateExpression: aws.String("SET v = v + :one REMOVE ls, lc, la"),
		Key:                       keyed("order#" + invoice),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func coverage(t *testing.T, s *store.DynamoDB) payment.Coverage {
	t.Helper()
	_, c, err := s.Orders(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Reindex lists the orders that a version without lists has written. It names the items that it cannot read, and leaves
// them. When it is stopped it continues, and meanwhile the lists say since when they are complete.
func TestReindex(t *testing.T) {
	_, s := open(t, "")
	begin := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	var want []string
	for i := range 30 {
		o := order.Order{Invoice: fmt.Sprintf("RE-%02d", i), Amount: 5,
			CreatedAt: begin.Add(time.Duration(i) * time.Hour)}
		if i == 3 {
			o.Facts.Remarks = []order.Remark{{Kind: order.RemarkElsewhere, Detail: "a chargeback", At: begin}}
		}
		if _, err := s.Create(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			eraseLists(t, s, o.Invoice)
		}
		want = append(want, o.Invoice)
	}
	broken := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "order#RE-BROKEN"},
		"v": &types.AttributeValueMemberN{Value: "1"}, "a": &types.AttributeValueMemberN{Value: "1.5"}}
	if _, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(table),
		Item: broken}); err != nil {
		t.Fatal(err)
	}
	must(t, s.PutOrphan(t.Context(), payment.Orphan{Invoice: "RE-ORPHAN", RequestID: "x", ReceivedAt: begin}))
	_, err := s.Create(t.Context(), order.Order{Invoice: "RE-NEWER", Amount: 5, CreatedAt: begin}, nil)
	must(t, err)
	eraseLists(t, s, "RE-NEWER")
	mark(t, s, "RE-NEWER", fmt.Sprint(order.LastFormat+1))
	if got := coverage(t, s); got.Complete || !got.Since.IsZero() {
		t.Errorf("before: %+v", got)
	}

	writes, stopped := 0, errors.New("stopped")
	pace := func(context.Context) error {
		if writes++; writes == 5 {
			return stopped
		}
		return nil
	}
	quiet := func(store.Reindexing) {}
	if done, err := s.Reindex(t.Context(), begin, pace, quiet); !errors.Is(err, stopped) || done.Written != 4 {
		t.Fatalf("%+v, %v", done, err)
	}
	if got := coverage(t, s); got.Complete || !got.Since.Equal(begin) {
		t.Errorf("meanwhile: %+v", got)
	}
	done, err := s.Reindex(t.Context(), begin.Add(time.Hour), pace, quiet)
	if err != nil || done.Seen != 32 || done.Written != 11 {
		t.Errorf("%+v, %v", done, err)
	}
	if len(done.Unreadable) != 1 || done.Unreadable[0].Invoice != "RE-BROKEN" || done.Unreadable[0].Err == nil {
		t.Errorf("unreadable: %v", done.Unreadable)
	}
	if got := listed(t, s); !slices.Equal(got, want) {
		t.Errorf("listed: %v", got)
	}
	if n, err := s.CountAttention(t.Context()); err != nil || n != 1 {
		t.Errorf("%d need a person, %v", n, err)
	}
	if got := coverage(t, s); !got.Complete {
		t.Errorf("after: %+v", got)
	}
	if got := stored(t, s, "order#RE-BROKEN"); !reflect.DeepEqual(got, broken) {
		t.Errorf("the unreadable item is now %v", got)
	}
	if done, err = s.Reindex(t.Context(), begin, pace, quiet); err != nil || done.Written != 0 {
		t.Errorf("again: %+v, %v", done, err)
	}
}

// Other processes write an order between Reindex's look at it and its write. Reindex must not undo that.
func TestReindexLosesNoOtherWrite(t *testing.T) {
	_, s := open(t, "")
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	if _, err := s.Create(t.Context(), order.Order{Invoice: "RE-RACE", Amount: 5, CreatedAt: at}, nil); err != nil {
		t.Fatal(err)
	}
	eraseLists(t, s, "RE-RACE")
	races := 0
	pace := func(ctx context.Context) error {
		if races++; races > 3 {
			return nil
		}
		o, err := s.Get(ctx, "RE-RACE")
		if err != nil {
			return err
		}
		o.Amount++
		o.Facts.Remarks = append(o.Facts.Remarks,
			order.Remark{Kind: order.RemarkElsewhere, Detail: fmt.Sprint("report ", races), At: at})
		if err := s.Update(ctx, o); err != nil {
			return err
		}
		eraseLists(t, s, "RE-RACE")
		return nil
	}
	done, err := s.Reindex(t.Context(), at, pace, func(store.Reindexing) {})
	o, readErr := s.Get(t.Context(), "RE-RACE")
	if err != nil || readErr != nil || done.Written != 1 || races != 4 || o.Amount != 8 || len(o.Facts.Remarks) != 3 {
		t.Errorf("%+v, %v; %d races; %+v, %v", done, err, races, o, readErr)
	}
	if n, err := s.CountAttention(t.Context()); err != nil || n != 1 {
		t.Errorf("%d need a person, %v: the attributes are those of an older version of the order", n, err)
	}
}

// The table of an earlier version gets the indexes that it does not have, and keeps its orders.
func TestAnEarlierTableGetsTheIndexes(t *testing.T) {
	server, err := Start(t.Context(), Config{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client := Client(server.URL)
	text, number := types.ScalarAttributeTypeS, types.ScalarAttributeTypeN
	_, err = client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: text},
			{AttributeName: aws.String("due_shard"), AttributeType: number},
			{AttributeName: aws.String("due_at"), AttributeType: number}},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("due"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("due_shard"), KeyType: types.KeyTypeHash},
				{AttributeName: aws.String("due_at"), KeyType: types.KeyTypeRange}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &store.DynamoDB{Client: client, Table: table, NewID: func() string { return "write" }}
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	_, err = s.Create(t.Context(), order.Order{Invoice: "OLD-1", Amount: 5, CreatedAt: at, DueAt: at}, nil)
	must(t, err)
	eraseLists(t, s, "OLD-1")
	for range 2 {
		if err := CreateTable(t.Context(), client, table); err != nil {
			t.Fatal(err, server.Err())
		}
	}
	if got := listed(t, s); len(got) != 0 {
		t.Errorf("before: %v", got)
	}
	if _, err := s.Reindex(t.Context(), at, func(context.Context) error { return nil },
		func(store.Reindexing) {}); err != nil {
		t.Fatal(err)
	}
	if due, err := NextDue(t.Context(), client, table); err != nil || due.Key != "order#OLD-1" {
		t.Errorf("due: %+v, %v", due, err)
	}
	if got := listed(t, s); !slices.Equal(got, []string{"OLD-1"}) {
		t.Errorf("after: %v", got)
	}
}
