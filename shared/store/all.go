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
	return d.AllWithOrphans(ctx, see, func(string) {})
}

// AllWithOrphans is All. It also calls orphan with the invoice number of each notification without an order.
func (d *DynamoDB) AllWithOrphans(
	ctx context.Context, see func(order.Order) error, orphan func(invoice string),
) error {
	pages := dynamodb.NewScanPaginator(d.Client,
		&dynamodb.ScanInput{TableName: aws.String(d.Table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, attributes := range page.Items {
			key, _ := attributes[KeyAttribute].(*types.AttributeValueMemberS)
			if key == nil {
				return errors.New("an item without a key")
			}
			invoice, isOrder := strings.CutPrefix(key.Value, orderKey(""))
			if !isOrder {
				continue
			}
			if _, versioned := attributes[versionAttribute]; !versioned {
				orphan(invoice)
				continue
			}
			o, err := decodeListed(invoice, attributes)
			if err != nil {
				return err
			}
			if err := see(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// decodeListed decodes an order, or only its format if that is newer and the order cannot be decoded.
func decodeListed(invoice string, attributes map[string]types.AttributeValue) (order.Order, error) {
	it, err := decodeOrder(orderKey(invoice), attributes)
	if errors.Is(err, payment.ErrNewerFormat) {
		return order.Order{Invoice: invoice, Format: formatOf(attributes)}, nil
	}
	if err != nil {
		return order.Order{}, err
	}
	return fromItem(invoice, it), nil
}
