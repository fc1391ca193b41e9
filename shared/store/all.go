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

// All reads every order and hands each to see, until see fails. It scans the whole table: for an operator's command,
// never for a function. If an order in a newer format cannot be decoded, see gets its invoice number and format only.
func (d *DynamoDB) All(ctx context.Context, see func(order.Order) error) error {
	pages := dynamodb.NewScanPaginator(d.Client, &dynamodb.ScanInput{TableName: aws.String(d.Table), ConsistentRead: aws.Bool(true)})
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
			if _, versioned := attributes[versionAttribute]; !isOrder || !versioned {
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
