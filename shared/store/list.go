package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// ListIndex is a sparse index of orders by their place. It projects keys only. An index with more attributes would be
// written again with every change of an order, and a list reads the orders in one more call anyway.
type ListIndex struct {
	Name      string
	Partition string // the attribute
	Number    bool   // whether the attribute is a number, or else a text
}

// ListIndexes are the indexes for payment.Indexes, in the same order. Their sort key is CreatedAttribute.
var ListIndexes = []ListIndex{
	{string(payment.ByDay), "ls", true}, {string(payment.ByCustomer), "lc", false},
	{string(payment.ByAttention), "la", false},
}

// CustomerList is the name of the index for payment.ByCustomer, which a deployment may leave out.
const CustomerList = string(payment.ByCustomer)

// CreatedAttribute is the sort key of the indexes in ListIndexes: the time of creation, a number. An index has no
// order among the orders of one millisecond.
const CreatedAttribute = "c"

// openAttention is the only partition of the index of orders with an open case.
const openAttention = "open"

// listItem are the attributes of an order for its lists. They follow from the others, so a version that does not know
// them may erase them: the next write of this version, or Reindex, adds them again.
type listItem struct {
	Shard     *int   `dynamodbav:"ls,omitempty"`
	Customer  string `dynamodbav:"lc,omitempty"`
	Attention string `dynamodbav:"la,omitempty"`
}

// toList returns the attributes for the lists of an order.
func toList(o order.Order) listItem {
	it := listItem{Shard: new(listShard(o.Invoice)), Customer: customerKey(customerOf(o))}
	if len(o.Cases()) > 0 {
		it.Attention = openAttention
	}
	return it
}

func listShard(invoice string) int {
	h := fnv.New32a()
	h.Write([]byte(invoice))
	return int(h.Sum32() % payment.ListShards)
}

// customerOf returns the digest under which an order is listed: that of its customer, or else of the caller that made
// it. The order's last reader is the customer if it has one.
func customerOf(o order.Order) string {
	if len(o.Readers) == 0 {
		return ""
	}
	return o.Readers[len(o.Readers)-1]
}

// customerKey returns the partition for a customer's digest. A part of the digest is enough to separate customers, and
// an order of an ordinary sale stays below a kilobyte.
func customerKey(digest string) string { return digest[:min(16, len(digest))] }

// List lists places; see payment.Store. It queries the partitions of the list at the same time.
func (d *DynamoDB) List(ctx context.Context, r payment.Range, limit int) ([]payment.Place, bool, error) {
	partitions := []any{customerKey(r.Customer)}
	switch r.Index {
	case payment.ByDay:
		partitions = nil
		for shard := range payment.ListShards {
			partitions = append(partitions, shard)
		}
	case payment.ByAttention:
		partitions = []any{openAttention}
	}
	found, errs := make([][]payment.Place, len(partitions)), make([]error, len(partitions))
	left := make([]bool, len(partitions))
	var queries sync.WaitGroup
	for i, partition := range partitions {
		queries.Go(func() { found[i], left[i], errs[i] = d.listPartition(ctx, r, partition, limit) })
	}
	queries.Wait()
	places, more := newest(slices.Concat(found...), limit)
	return places, more || slices.Contains(left, true), errors.Join(errs...)
}

// newest returns the limit newest of places, and whether others are left.
func newest(places []payment.Place, limit int) (first []payment.Place, more bool) {
	slices.SortFunc(places, func(a, b payment.Place) int { return cmp.Compare(b, a) })
	return places[:min(limit, len(places))], len(places) > limit
}

// spare is how many places more than needed a query reads. It then ends behind the orders of the millisecond in which
// the page ends, unless that has many.
const spare = 8

// listPartition returns the places of one partition. There are limit of them, unless there are no more, and all that
// have the time of the last of these: the index has no order among them, and a page must not end among places that it
// does not know.
func (d *DynamoDB) listPartition(ctx context.Context, r payment.Range, partition any, limit int) (
	places []payment.Place, more bool, err error,
) {
	index, err := listIndex(r.Index)
	if err != nil {
		return nil, false, err
	}
	from, to := expression.Value(r.From.Millis()), expression.Value(r.To.Millis())
	key := expression.Key(index.Partition).Equal(expression.Value(partition)).
		And(expression.Key(CreatedAttribute).Between(from, to))
	expr, err := expression.NewBuilder().WithKeyCondition(key).Build()
	if err != nil {
		return nil, false, fmt.Errorf("building the query: %w", err)
	}
	pages := dynamodb.NewQueryPaginator(d.Client, &dynamodb.QueryInput{
		TableName: aws.String(d.Table), IndexName: aws.String(index.Name), Limit: aws.Int32(int32(limit + spare)),
		KeyConditionExpression: expr.KeyCondition(), ExpressionAttributeNames: expr.Names(),
		ExpressionAttributeValues: expr.Values(), ScanIndexForward: aws.Bool(false),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, false, err
		}
		last := int64(-1)
		for _, attributes := range page.Items {
			place := placeOf(attributes)
			if last = place.Millis(); place >= r.From && place < r.To {
				places = append(places, place)
			}
		}
		if len(places) >= limit && last != places[limit-1].Millis() {
			break
		}
	}
	return places, pages.HasMorePages(), nil
}

// placeOf returns the place of an entry of an index.
func placeOf(entry map[string]types.AttributeValue) payment.Place {
	created, _ := entry[CreatedAttribute].(*types.AttributeValueMemberN)
	ms, _ := strconv.ParseFloat(created.Value, 64) // also of an item that cannot be read
	invoice := strings.TrimPrefix(textAttribute(entry, KeyAttribute), orderKey(""))
	return payment.PlaceOf(time.UnixMilli(int64(ms)), invoice)
}

func listIndex(name payment.Index) (ListIndex, error) {
	i := slices.IndexFunc(ListIndexes, func(x ListIndex) bool { return x.Name == string(name) })
	if i < 0 {
		return ListIndex{}, fmt.Errorf("there is no list %q", name)
	}
	return ListIndexes[i], nil
}

func textAttribute(attributes map[string]types.AttributeValue, name string) string {
	if text, ok := attributes[name].(*types.AttributeValueMemberS); ok {
		return text.Value
	}
	return ""
}

// Orders reads orders and the state of the lists; see payment.Store. It is one call, unless DynamoDB leaves keys for
// another.
func (d *DynamoDB) Orders(ctx context.Context, invoices []string) ([]payment.Stored, payment.Coverage, error) {
	keys := []map[string]types.AttributeValue{keyOf(coverageKey)}
	for _, invoice := range invoices {
		keys = append(keys, keyOf(orderKey(invoice)))
	}
	var stored []payment.Stored
	var coverage payment.Coverage
	for len(keys) > 0 {
		out, err := d.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{d.Table: {Keys: keys, ConsistentRead: aws.Bool(true)}},
		})
		if err != nil {
			return nil, coverage, err
		}
		for _, attributes := range out.Responses[d.Table] {
			key := textAttribute(attributes, KeyAttribute)
			invoice, isOrder := strings.CutPrefix(key, orderKey(""))
			if !isOrder {
				coverage, err = readCoverage(attributes)
				if err != nil {
					return nil, coverage, err
				}
				continue
			}
			if _, versioned := attributes[versionAttribute]; versioned {
				stored = append(stored, readStored(invoice, attributes))
			}
		}
		keys = out.UnprocessedKeys[d.Table].Keys
	}
	return stored, coverage, nil
}

// readStored reads the item of an order that is listed with others.
func readStored(invoice string, attributes map[string]types.AttributeValue) payment.Stored {
	it, err := decodeOrder(orderKey(invoice), attributes)
	if err != nil {
		return payment.Stored{Invoice: invoice, Err: err}
	}
	return payment.Stored{Invoice: invoice, Order: fromItem(invoice, it)}
}

// CountAttention counts the orders with an open case; see payment.Store.
func (d *DynamoDB) CountAttention(ctx context.Context) (int, error) {
	index, err := listIndex(payment.ByAttention)
	if err != nil {
		return 0, err
	}
	key := expression.Key(index.Partition).Equal(expression.Value(openAttention))
	expr, err := expression.NewBuilder().WithKeyCondition(key).Build()
	if err != nil {
		return 0, fmt.Errorf("building the query: %w", err)
	}
	count := 0
	pages := dynamodb.NewQueryPaginator(d.Client, &dynamodb.QueryInput{
		TableName: aws.String(d.Table), IndexName: aws.String(index.Name), Select: types.SelectCount,
		KeyConditionExpression: expr.KeyCondition(), ExpressionAttributeNames: expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		count += int(page.Count)
	}
	return count, nil
}
