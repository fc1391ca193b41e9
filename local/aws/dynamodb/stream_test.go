package dynamodb

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// change is a record as a function of a stream reads it.
type change struct {
	events.DynamoDBEventRecord
	before, after int64 // versions of the order
}

func (c change) key() string { return c.Change.Keys[store.KeyAttribute].String() }

// changes reads the stream's records. There must be n of them.
func changes(t *testing.T, stream Stream, n int) []change {
	t.Helper()
	records, err := stream.Read(t.Context(), 10*n)
	if err != nil || len(records) != n {
		t.Fatalf("%d records, want %d, %v", len(records), n, err)
	}
	var all []change
	for _, content := range records {
		var c change
		if err := json.Unmarshal(content, &c.DynamoDBEventRecord); err != nil {
			t.Fatal(err)
		}
		if before, after, err := store.FromStream(c.DynamoDBEventRecord); err == nil {
			c.before, c.after = before.Version, after.Version
		}
		all = append(all, c)
	}
	return all
}

// Callers race for the same orders. Each write that one of them was told about has its record, with the item just
// before it. No write that lost a race has one.
func TestEachWriteHasItsRecordUnderConcurrentWriters(t *testing.T) {
	const orders, writers, writes = 3, 8, 10
	server, s := open(t, "")
	invoice := func(n int) string { return fmt.Sprintf("RACE-%d", n) }
	for n := range orders {
		if _, err := s.Create(t.Context(), order.Order{Invoice: invoice(n), Amount: 5}, nil); err != nil {
			t.Fatal(err)
		}
	}
	var running sync.WaitGroup
	for range writers {
		running.Go(func() {
			for n := range orders * writes {
				o, err := s.Get(t.Context(), invoice(n%orders))
				if err == nil {
					o.Amount++
					err = s.Update(t.Context(), o)
				}
				if err != nil && !errors.Is(err, payment.ErrConflict) {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	total, last := 0, map[string]int64{}
	for n := range orders {
		o, err := s.Get(t.Context(), invoice(n))
		if err != nil {
			t.Fatal(err)
		}
		total += int(o.Version)
	}
	for _, c := range changes(t, Stream{server.URL}, total) {
		if c.before != last[c.key()] || c.after != c.before+1 {
			t.Errorf("%s: from version %d to %d after %d", c.key(), c.before, c.after, last[c.key()])
		}
		last[c.key()] = c.after
	}
	t.Logf("%d writes of %d orders by %d writers", total, orders, writers)
}

// Records outlive a kill, in their order, until they are removed. One that was set aside comes back after a restart.
func TestRecordsOutliveAKillUntilTheyAreRemoved(t *testing.T) {
	dir := t.TempDir()
	server, s := open(t, dir)
	for n := range 4 {
		o := order.Order{Invoice: fmt.Sprintf("KEPT-%d", n), Amount: 5}
		if _, err := s.Create(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
	}
	stream := Stream{server.URL}
	first := changes(t, stream, 4)
	if err := stream.Remove(t.Context(), first[0].Change.SequenceNumber); err != nil {
		t.Fatal(err)
	}
	if err := stream.SetAside(t.Context(), first[2].Change.SequenceNumber); err != nil {
		t.Fatal(err)
	}
	keys := func(all []change) (keys []string) {
		for _, c := range all {
			keys = append(keys, strings.TrimPrefix(c.key(), "order#"))
		}
		return keys
	}
	if left := keys(changes(t, stream, 2)); !slices.Equal(left, []string{"KEPT-1", "KEPT-3"}) {
		t.Errorf("left are %q", left)
	}
	server.command.Process.Kill()
	<-server.Exited()
	server, s = open(t, dir)
	for _, invoice := range []string{"KEPT-4", "KEPT-5"} {
		if _, err := s.Create(t.Context(), order.Order{Invoice: invoice, Amount: 5}, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"KEPT-1", "KEPT-2", "KEPT-3", "KEPT-4", "KEPT-5"}
	if left := keys(changes(t, Stream{server.URL}, 5)); !slices.Equal(left, want) {
		t.Errorf("after the restart there are %q, want %q", left, want)
	}
}

// The other writes of DynamoDB have records too, in its form. A write that changes nothing has none.
func TestTheRecordsHaveDynamoDBsForm(t *testing.T) {
	server, _ := open(t, "")
	client := Client(server.URL)
	key := map[string]types.AttributeValue{store.KeyAttribute: &types.AttributeValueMemberS{Value: "x"}}
	put := &dynamodb.PutItemInput{TableName: aws.String(table), Item: map[string]types.AttributeValue{
		store.KeyAttribute: key[store.KeyAttribute], "n": &types.AttributeValueMemberN{Value: "1"}}}
	for range 2 {
		if _, err := client.PutItem(t.Context(), put); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: aws.String(table), Key: key,
		UpdateExpression: aws.String("ADD n :one"), ExpressionAttributeValues: map[string]types.AttributeValue{
			":one": &types.AttributeValueMemberN{Value: "1"}}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: key})
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, c := range changes(t, Stream{server.URL}, 3) {
		number := func(image map[string]events.DynamoDBAttributeValue) string {
			if image == nil {
				return "-"
			}
			return image["n"].Number()
		}
		got = append(got, fmt.Sprint(c.EventName, " ", c.key(), " ", number(c.Change.OldImage), " ",
			number(c.Change.NewImage)))
	}
	if want := []string{"INSERT x - 1", "MODIFY x 1 2", "REMOVE x 2 -"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
