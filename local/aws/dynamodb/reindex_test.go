package dynamodb

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// A run of Reindex is stopped, then the previous version writes orders (a rollback), then Reindex is run again.
func TestReindexAfterARollbackMissesNoOrder(t *testing.T) {
	_, s := open(t, "")
	begin := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	for i := range 60 {
		_, err := s.Create(t.Context(), order.Order{Invoice: fmt.Sprintf("RE-%02d", i), Amount: 5, CreatedAt: begin},
			nil)
		must(t, err)
	}
	for i := range 8 { // the table has several pages
		_, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(table),
			Item: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: fmt.Sprintf("junk-%d", i)},
				"x": &types.AttributeValueMemberS{Value: strings.Repeat("x", 300_000)}}})
		must(t, err)
	}
	pace := func(context.Context) error { return nil }
	ctx, stop := context.WithCancel(t.Context())
	pages := 0
	if _, err := s.Reindex(ctx, begin, pace, func(store.Reindexing) { pages++; stop() }); err == nil {
		t.Fatal("was not stopped")
	}
	for i := range 60 { // the rollback: the previous version writes every order
		eraseLists(t, s, fmt.Sprintf("RE-%02d", i))
	}
	done, err := s.Reindex(t.Context(), begin.Add(time.Hour), pace, func(store.Reindexing) {})
	must(t, err)
	if got := listed(t, s); len(got) != 60 {
		t.Errorf("%d of 60 orders are listed, %+v, and the lists say %+v", len(got), done, coverage(t, s))
	}
}

// An order that cannot be read is named by the list, and not only by the run of Reindex.
func TestAnUnreadableOldOrderIsListed(t *testing.T) {
	_, s := open(t, "")
	begin := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	for invoice, damage := range map[string][2]string{
		"OLD-1": {"a", "1.5"}, "OLD-2": {"c", fmt.Sprintf("%d.5", begin.UnixMilli())},
	} {
		_, err := s.Create(t.Context(), order.Order{Invoice: invoice, Amount: 5, CreatedAt: begin}, nil)
		must(t, err)
		eraseLists(t, s, invoice)
		_, err = s.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: aws.String(table),
			Key: keyed("order#" + invoice), UpdateExpression: aws.String("SET " + damage[0] + " = :v"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":v": &types.AttributeValueMemberN{Value: damage[1]},
			}})
		must(t, err)
	}
	done, err := s.Reindex(t.Context(), begin.Add(time.Hour), func(context.Context) error { return nil },
		func(store.Reindexing) {})
	must(t, err)
	day := payment.Range{Index: payment.ByDay, From: payment.PlaceOf(begin, ""),
		To: payment.PlaceOf(begin.Add(time.Hour), "")}
	places, _, err := s.List(t.Context(), day, 10)
	must(t, err)
	if len(places) != 2 {
		t.Errorf("listed %v; %+v; the lists say %+v", places, done, coverage(t, s))
	}
}
