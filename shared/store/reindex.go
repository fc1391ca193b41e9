package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/payment"
)

// coverageKey is the key of the item that holds the state of the lists.
const coverageKey = "lists"

// coverageItem is the state of the lists. There is none before the first Reindex.
type coverageItem struct {
	Key   string `dynamodbav:"pk"`
	Since int64  `dynamodbav:"s"`           // when Reindex began; every order that was created later is listed
	Next  string `dynamodbav:"n,omitempty"` // the last key that Reindex has seen
	Done  bool   `dynamodbav:"d,omitempty"`
}

func readCoverage(attributes map[string]types.AttributeValue) (payment.Coverage, error) {
	var it coverageItem
	if err := decode(coverageKey, attributes, &it); err != nil {
		return payment.Coverage{}, err
	}
	return payment.Coverage{Complete: it.Done, Since: instant(it.Since)}, nil
}

// Reindexing reports the progress of Reindex.
type Reindexing struct {
	Seen    int // orders
	Written int // orders whose attributes for the lists were missing or old
	// Unreadable are orders that cannot be read. They were left as they are, except that lists name them from now on.
	Unreadable []payment.Stored
}

// Reindex adds the orders of earlier versions to the lists. It looks at every item, and writes only the attributes for
// the lists, on the condition that nobody has written the order meanwhile. It can be stopped and continues at the page
// where it was. Then it looks at every page again, since an earlier version may have written orders after they were
// added. Meanwhile only this version, or one that knows the lists, may write orders. pace is called before each write,
// and see after each page.
func (d *DynamoDB) Reindex(ctx context.Context, now time.Time, pace func(context.Context) error,
	see func(Reindexing)) (Reindexing, error) {
	var done Reindexing
	state, err := d.beginReindex(ctx, now)
	if err != nil {
		return done, err
	}
	resumed := state.Next != ""
	for {
		in := &dynamodb.ScanInput{TableName: aws.String(d.Table), ConsistentRead: aws.Bool(true)}
		if state.Next != "" {
			in.ExclusiveStartKey = keyOf(state.Next)
		}
		page, err := d.Client.Scan(ctx, in)
		if err != nil {
			return done, err
		}
		for _, attributes := range page.Items {
			if err := d.reindexItem(ctx, attributes, pace, &done); err != nil {
				return done, err
			}
		}
		state.Next = textAttribute(page.LastEvaluatedKey, KeyAttribute)
		state.Done = state.Next == "" && !resumed
		if err := d.putCoverage(ctx, state); err != nil {
			return done, err
		}
		if see(done); state.Done {
			return done, nil
		}
		if state.Next == "" { // the pages before the one at which this run began are left
			resumed, done.Seen, done.Unreadable = false, 0, nil
		}
	}
}

// beginReindex returns the state at which a stopped Reindex continues, or a new one.
func (d *DynamoDB) beginReindex(ctx context.Context, now time.Time) (coverageItem, error) {
	var state coverageItem
	attributes, err := d.read(ctx, coverageKey)
	if err == nil {
		err = decode(coverageKey, attributes, &state)
	}
	switch {
	case err != nil && !errors.Is(err, payment.ErrNotFound):
		return state, err
	}
	state = coverageItem{Key: coverageKey, Since: millis(now), Next: state.Next}
	return state, d.putCoverage(ctx, state)
}

func (d *DynamoDB) putCoverage(ctx context.Context, state coverageItem) error {
	attributes, err := attributevalue.MarshalMap(state)
	if err != nil {
		return fmt.Errorf("encoding the state of the lists: %w", err)
	}
	_, err = d.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.Table), Item: attributes})
	return err
}

// reindexItem adds one order to the lists. If another write was faster, it reads the order again.
func (d *DynamoDB) reindexItem(ctx context.Context, attributes map[string]types.AttributeValue,
	pace func(context.Context) error, done *Reindexing) error {
	key := textAttribute(attributes, KeyAttribute)
	invoice, isOrder := strings.CutPrefix(key, orderKey(""))
	if _, versioned := attributes[versionAttribute]; !isOrder || !versioned {
		return nil
	}
	done.Seen++
	for {
		s := readStored(invoice, attributes)
		switch {
		case s.Err != nil:
			done.Unreadable = append(done.Unreadable, s)
			return d.reindexUnreadable(ctx, key, invoice, attributes, pace)
		case s.Order.Newer(): // the version that wrote it knows the lists
			return nil
		}
		want, err := attributevalue.MarshalMap(toList(s.Order))
		if err != nil {
			return fmt.Errorf("encoding the lists of %s: %w", invoice, err)
		}
		if listedAs(attributes, want) {
			return nil
		}
		if err := pace(ctx); err != nil {
			return err
		}
		err = d.setLists(ctx, key, attributes[versionAttribute], want)
		var raced *types.ConditionalCheckFailedException
		if err == nil {
			done.Written++
		}
		if !errors.As(err, &raced) {
			return err
		}
		if attributes, err = d.read(ctx, key); err != nil {
			return err
		}
	}
}

// reindexUnreadable adds an order that cannot be read to the list of all orders, which then names it. Its other list
// attributes stay, since nobody knows what they should be.
func (d *DynamoDB) reindexUnreadable(ctx context.Context, key, invoice string,
	attributes map[string]types.AttributeValue, pace func(context.Context) error) error {
	day := ListIndexes[0].Partition
	_, dated := attributes[CreatedAttribute].(*types.AttributeValueMemberN)
	if _, listed := attributes[day]; listed || !dated {
		return nil
	}
	if err := pace(ctx); err != nil {
		return err
	}
	err := d.update(ctx, key, expression.Set(expression.Name(day), expression.Value(listShard(invoice))),
		expression.Name(versionAttribute).Equal(expression.Value(attributes[versionAttribute])))
	var raced *types.ConditionalCheckFailedException
	if errors.As(err, &raced) { // another version reads the order, and has written it
		return nil
	}
	return err
}

// listAttributes are the names of the attributes for the lists.
func listAttributes() []string {
	var names []string
	for _, index := range ListIndexes {
		names = append(names, index.Partition)
	}
	return names
}

// listedAs reports whether an item has the wanted attributes for the lists, and no others.
func listedAs(attributes, want map[string]types.AttributeValue) bool {
	has := maps.Clone(attributes)
	maps.DeleteFunc(has, func(name string, _ types.AttributeValue) bool {
		return !slices.Contains(listAttributes(), name)
	})
	return reflect.DeepEqual(has, want)
}

// setLists writes the attributes for the lists of an order if its version is still the one that was read. It leaves the
// version, because a write of another process holds everything that this one derives from.
func (d *DynamoDB) setLists(ctx context.Context, key string, version types.AttributeValue,
	want map[string]types.AttributeValue) error {
	var update expression.UpdateBuilder
	for _, name := range listAttributes() {
		if value, there := want[name]; there {
			update = update.Set(expression.Name(name), expression.Value(value))
		} else {
			update = update.Remove(expression.Name(name))
		}
	}
	return d.update(ctx, key, update, expression.Name(versionAttribute).Equal(expression.Value(version)))
}
