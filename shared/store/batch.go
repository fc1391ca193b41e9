package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// batchItem is a batch as it is stored. Times are epoch milliseconds.
type batchItem struct {
	Key       string      `dynamodbav:"pk"`
	Version   int64       `dynamodbav:"v"`
	WriteID   string      `dynamodbav:"w"`
	Format    int         `dynamodbav:"m,omitempty"`
	Name      string      `dynamodbav:"n"`
	SHA256    string      `dynamodbav:"h"`
	State     string      `dynamodbav:"s"`
	Rows      int         `dynamodbav:"r,omitempty"`
	Next      int         `dynamodbav:"x,omitempty"`
	Parts     int         `dynamodbav:"p,omitempty"`
	PaidOut   int64       `dynamodbav:"o,omitempty"`
	StartedAt int64       `dynamodbav:"t"`
	EndedAt   int64       `dynamodbav:"e,omitempty"`
	Sums      []sumItem   `dynamodbav:"k,omitempty"`
	Counts    []countItem `dynamodbav:"d,omitempty"`
}

type sumItem struct {
	Kind     string `dynamodbav:"k"`
	Count    int    `dynamodbav:"c"`
	Amount   int64  `dynamodbav:"a,omitempty"`
	Fee      int64  `dynamodbav:"f,omitempty"`
	Discount int64  `dynamodbav:"d,omitempty"`
	Net      int64  `dynamodbav:"n,omitempty"`
}

type countItem struct {
	Kind  string `dynamodbav:"k"`
	Count int    `dynamodbav:"c"`
}

// differencesItem holds the differences of one part of a batch.
type differencesItem struct {
	Key string           `dynamodbav:"pk"`
	All []differenceItem `dynamodbav:"d"`
}

type differenceItem struct {
	Kind    string `dynamodbav:"k"`
	Line    int    `dynamodbav:"l"`
	Row     int    `dynamodbav:"r"`
	Invoice string `dynamodbav:"i,omitempty"`
	Ours    int64  `dynamodbav:"o,omitempty"`
	Theirs  int64  `dynamodbav:"t,omitempty"`
	Note    string `dynamodbav:"n,omitempty"`
}

// The keys of batches. A year's item has one attribute for each batch that was first read in it. The list of batches is
// therefore one read, without a scan of the table, and without an index: versions that know no batches take every entry
// of an index for an order.
const (
	batchPrefix = "settlement#"
	batchMember = "b" // before the batch's ID, the name of its attribute in the year's item
)

func batchKey(id string) string       { return batchPrefix + id }
func yearKey(year int) string         { return "settlements#" + strconv.Itoa(year) }
func partKey(id string, n int) string { return "differences#" + id + "#" + strconv.Itoa(n) }

// jakarta is the zone of years.
var jakarta = time.FixedZone("WIB", 7*60*60)

// Batch reads a batch; see payment.BatchStore.
func (d *DynamoDB) Batch(ctx context.Context, id string) (payment.Batch, error) {
	attributes, err := d.read(ctx, batchKey(id))
	if errors.Is(err, payment.ErrNotFound) {
		return payment.Batch{}, payment.ErrNoBatch
	}
	if err != nil {
		return payment.Batch{}, err
	}
	return readBatch(attributes)
}

func readBatch(attributes map[string]types.AttributeValue) (payment.Batch, error) {
	key := textAttribute(attributes, KeyAttribute)
	var it batchItem
	if err := decode(key, attributes, &it); err != nil {
		return payment.Batch{}, err
	}
	if order.NewerFormat(it.Format) {
		return payment.Batch{}, fmt.Errorf("%s: %w", key, payment.ErrNewerFormat)
	}
	return fromBatch(it), nil
}

// PutBatch writes a batch; see payment.BatchStore. A new batch is listed before it is written, so the list may name a
// batch that is not there.
func (d *DynamoDB) PutBatch(ctx context.Context, b payment.Batch) error {
	key := batchKey(b.ID)
	condition := expression.Name(versionAttribute).Equal(expression.Value(b.Version))
	if b.Version == 0 {
		condition = expression.AttributeNotExists(expression.Name(KeyAttribute))
		name := expression.Name(batchMember + b.ID)
		listed := expression.Set(name, expression.IfNotExists(name, expression.Value(millis(b.StartedAt))))
		always := expression.AttributeNotExists(expression.Name(versionAttribute))
		if err := d.update(ctx, yearKey(b.StartedAt.In(jakarta).Year()), listed, always); err != nil {
			return err
		}
	}
	it := toBatch(b)
	it.Version, it.WriteID = b.Version+1, d.NewID()
	raced, err := d.putItem(ctx, it, condition)
	if err != nil || !raced {
		return err
	}
	stored, err := d.read(ctx, key)
	if err == nil && textAttribute(stored, "w") == it.WriteID { // the answer to the first send was lost
		return nil
	}
	if err != nil && !errors.Is(err, payment.ErrNotFound) {
		return err
	}
	return payment.ErrConflict
}

// putItem writes an item under a condition. raced reports that the condition failed.
func (d *DynamoDB) putItem(ctx context.Context, it any, condition expression.ConditionBuilder) (raced bool, err error) {
	attributes, err := attributevalue.MarshalMap(it)
	if err != nil {
		return false, fmt.Errorf("encoding an item: %w", err)
	}
	expr, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return false, fmt.Errorf("building the condition: %w", err)
	}
	_, err = d.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(d.Table), Item: attributes, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return true, nil
	}
	return false, err
}

// Batches lists the batches of a year; see payment.BatchStore.
func (d *DynamoDB) Batches(ctx context.Context, year int) ([]payment.Batch, error) {
	listed, err := d.read(ctx, yearKey(year))
	if errors.Is(err, payment.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var keys []string
	for name := range listed {
		if id, isBatch := strings.CutPrefix(name, batchMember); isBatch {
			keys = append(keys, batchKey(id))
		}
	}
	items, err := d.readMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	var all []payment.Batch
	for _, attributes := range items {
		b, err := readBatch(attributes)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	sortBatches(all)
	return all, nil
}

// PutDifferences keeps the differences of a part; see payment.BatchStore.
func (d *DynamoDB) PutDifferences(ctx context.Context, id string, part int, all []payment.Difference) (
	[]payment.Difference, error) {
	it := differencesItem{Key: partKey(id, part)}
	for _, one := range all {
		it.All = append(it.All, toDifference(one))
	}
	raced, err := d.putItem(ctx, it, expression.AttributeNotExists(expression.Name(KeyAttribute)))
	if err != nil || !raced {
		return all, err
	}
	return d.part(ctx, id, part)
}

func (d *DynamoDB) part(ctx context.Context, id string, part int) ([]payment.Difference, error) {
	attributes, err := d.read(ctx, partKey(id, part))
	if err != nil {
		return nil, err
	}
	return readDifferences(attributes)
}

// Differences reads the differences of a batch; see payment.BatchStore.
func (d *DynamoDB) Differences(ctx context.Context, id string, parts int) ([]payment.Difference, error) {
	var keys []string
	for n := range parts {
		keys = append(keys, partKey(id, n))
	}
	items, err := d.readMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	byKey := map[string]map[string]types.AttributeValue{}
	for _, attributes := range items {
		byKey[textAttribute(attributes, KeyAttribute)] = attributes
	}
	var all []payment.Difference
	for _, key := range keys {
		if byKey[key] == nil {
			return nil, fmt.Errorf("%s: %w", key, payment.ErrNotFound)
		}
		some, err := readDifferences(byKey[key])
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func readDifferences(attributes map[string]types.AttributeValue) ([]payment.Difference, error) {
	var it differencesItem
	if err := decode(textAttribute(attributes, KeyAttribute), attributes, &it); err != nil {
		return nil, err
	}
	var all []payment.Difference
	for _, one := range it.All {
		all = append(all, one.difference())
	}
	return all, nil
}

// mostKeys is the number of items that DynamoDB reads at once.
const mostKeys = 100

// readMany reads the items of keys that are there, in any sequence.
func (d *DynamoDB) readMany(ctx context.Context, keys []string) ([]map[string]types.AttributeValue, error) {
	var items []map[string]types.AttributeValue
	for some := range slices.Chunk(keys, mostKeys) {
		var wanted []map[string]types.AttributeValue
		for _, key := range some {
			wanted = append(wanted, keyOf(key))
		}
		for len(wanted) > 0 {
			out, err := d.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{
					d.Table: {Keys: wanted, ConsistentRead: aws.Bool(true)},
				},
			})
			if err != nil {
				return nil, err
			}
			items = append(items, out.Responses[d.Table]...)
			wanted = out.UnprocessedKeys[d.Table].Keys
		}
	}
	return items, nil
}
