package store

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// All reads every order and calls see with each, until see returns an error. It scans the whole table, so it is meant
// for an operator's command and not for a function. If an order in a newer format cannot be decoded, see gets only its
// invoice number and format.
func (d *DynamoDB) All(ctx context.Context, see func(order.Order) error) error {
	return d.Whole(ctx, Seen{Order: func(s payment.Stored) error {
		if s.Err != nil && !errors.Is(s.Err, payment.ErrNewerFormat) {
			return s.Err
		}
		return see(s.Order)
	}})
}

// Seen receives the contents of a table. Reading ends with the first error that a function returns. A nil function
// receives nothing.
type Seen struct {
	Order func(payment.Stored) error // an order that cannot be read has Err, its invoice number and format
	Batch func(payment.Batch) error  // a batch that cannot be read is an error
}

// Whole reads every order and batch. It scans the whole table, as All.
func (d *DynamoDB) Whole(ctx context.Context, see Seen) error {
	pages := dynamodb.NewScanPaginator(d.Client,
		&dynamodb.ScanInput{TableName: aws.String(d.Table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, attributes := range page.Items {
			if err := see.item(attributes); err != nil {
				return err
			}
		}
	}
	return nil
}

// item passes an item on, unless it is neither an order nor a batch.
func (see Seen) item(attributes map[string]types.AttributeValue) error {
	if see.Batch != nil && strings.HasPrefix(textAttribute(attributes, KeyAttribute), batchPrefix) {
		b, err := readBatch(attributes)
		if err != nil {
			return err
		}
		return see.Batch(b)
	}
	s, isOrder, err := storedOf(attributes)
	if err != nil || !isOrder || see.Order == nil {
		return err
	}
	return see.Order(s)
}

// storedOf returns the order of an item. isOrder is false if the item is none, such as an orphan. The order has only
// its invoice number and format if it cannot be read.
func storedOf(attributes map[string]types.AttributeValue) (s payment.Stored, isOrder bool, err error) {
	key, _ := attributes[KeyAttribute].(*types.AttributeValueMemberS)
	if key == nil {
		return s, false, errors.New("an item without a key")
	}
	invoice, isOrder := strings.CutPrefix(key.Value, orderKey(""))
	if _, versioned := attributes[versionAttribute]; !isOrder || !versioned {
		return s, false, nil
	}
	s = readStored(invoice, attributes)
	if s.Err != nil {
		s.Order = order.Order{Invoice: invoice, Format: formatOf(attributes)}
	}
	return s, true, nil
}
