package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// DynamoDB keeps orders in one table. It is safe for concurrent use.
type DynamoDB struct {
	Client *dynamodb.Client
	Table  string
	NewID  func() string // a fresh, unguessable string for each write
	Shards int           // over which money and pages are spread; 0: payment.FewestShards

	spread atomic.Bool // the table knows Shards
}

var _ payment.Store = (*DynamoDB)(nil)

// Create stores a new order; see payment.Store.
func (d *DynamoDB) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	o.Version = 1
	condition := expression.AttributeNotExists(expression.Name(KeyAttribute))
	if len(joined) > 0 {
		condition = expression.AttributeNotExists(expression.Name(versionAttribute)).
			And(expression.Size(expression.Name(newsAttribute)).Equal(expression.Value(len(joined))))
	}
	other, err := d.put(ctx, o, condition)
	switch {
	case errors.Is(err, payment.ErrNotFound), err == nil && other != nil && other.Version == 0:
		return order.Order{}, payment.ErrOrphans
	case err != nil:
		return order.Order{}, err
	case other != nil:
		return fromItem(o.Invoice, *other), payment.ErrExists
	}
	return o, nil
}

// Update replaces an order; see payment.Store.
func (d *DynamoDB) Update(ctx context.Context, o order.Order) error { return d.UpdateAbove(ctx, o, 0) }

// UpdateAbove replaces an order and raises its version; see payment.Store.
func (d *DynamoDB) UpdateAbove(ctx context.Context, o order.Order, version int64) error {
	if o.Newer() {
		return payment.ErrNewerFormat
	}
	read := o.Version
	o.Version = max(o.Version, version) + 1
	other, err := d.put(ctx, o, expression.Name(versionAttribute).Equal(expression.Value(read)))
	if other != nil || errors.Is(err, payment.ErrNotFound) {
		return payment.ErrConflict
	}
	return err
}

// put writes an order under a condition. If the condition failed, other is the stored item. If the answer to a write
// is lost, the SDK sends the write again, and then its own first success fails the condition. The stored write ID
// distinguishes that case from a lost race.
func (d *DynamoDB) put(ctx context.Context, o order.Order, condition expression.ConditionBuilder) (other *item,
	err error) {
	if err := d.tellShards(ctx); err != nil {
		return nil, err
	}
	it := toItem(o, d.Shards)
	it.WriteID = d.NewID()
	attributes, err := attributevalue.MarshalMap(it)
	if err != nil {
		return nil, fmt.Errorf("encoding order %s: %w", o.Invoice, err)
	}
	expr, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return nil, fmt.Errorf("building the condition: %w", err)
	}
	_, err = d.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(d.Table), Item: attributes, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return nil, err
	}
	stored, err := d.blockingItem(ctx, it.Key, failed.Item)
	if err != nil || stored.WriteID == it.WriteID {
		return nil, err
	}
	return &stored, nil
}

// blockingItem returns the item that made a condition fail. DynamoDB sends it with the error, which saves a read; the
// embedded one does not.
func (d *DynamoDB) blockingItem(ctx context.Context, key string, sent map[string]types.AttributeValue) (item, error) {
	if len(sent) == 0 {
		var err error
		if sent, err = d.read(ctx, key); err != nil {
			return item{}, err
		}
	}
	return decodeOrder(key, sent)
}

// Get reads an order consistently; see payment.Store. An item that holds only orphans is no order.
func (d *DynamoDB) Get(ctx context.Context, invoice string) (order.Order, error) {
	attributes, err := d.read(ctx, orderKey(invoice))
	if err != nil {
		return order.Order{}, err
	}
	it, err := decodeOrder(orderKey(invoice), attributes)
	if err != nil {
		return order.Order{}, err
	}
	if it.Version == 0 {
		return order.Order{}, payment.ErrNotFound
	}
	return fromItem(invoice, it), nil
}

func (d *DynamoDB) read(ctx context.Context, key string) (map[string]types.AttributeValue, error) {
	out, err := d.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.Table), Key: keyOf(key), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, payment.ErrNotFound
	}
	return out.Item, nil
}

func keyOf(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{KeyAttribute: &types.AttributeValueMemberS{Value: key}}
}
