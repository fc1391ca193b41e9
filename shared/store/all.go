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
	return d.AllStored(ctx, func(s payment.Stored) error {
		if s.Err != nil && !errors.Is(s.Err, payment.ErrNewerFormat) {
			return s.Err
		}
		return see(s.Order)
	})
}

// AllStored is as All, and calls see also with each order that cannot be read.
func (d *DynamoDB) AllStored(ctx context.Context, see func(payment.Stored) error) error {
	pages := dynamodb.NewScanPaginator(d.Client,
		&dynamodb.ScanInput{TableName: aws.String(d.Table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, attributes := range page.Items {
			s, isOrder, err := storedOf(attributes)
			if err == nil && isOrder {
				err = see(s)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
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
