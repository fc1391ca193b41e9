package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/shared/order"
)

// All reads every order and hands each to see, until see fails. It scans the whole table: for an operator's command, never for
// a function.
func (d *DynamoDB) All(ctx context.Context, see func(order.Order) error) error {
	pages := dynamodb.NewScanPaginator(d.Client, &dynamodb.ScanInput{TableName: aws.String(d.Table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, attributes := range page.Items {
			var it item
			if err := attributevalue.UnmarshalMap(attributes, &it); err != nil {
				return fmt.Errorf("decoding an item: %w", err)
			}
			invoice, isOrder := strings.CutPrefix(it.Key, orderKey(""))
			if !isOrder {
				continue
			}
			if err := see(fromItem(invoice, it)); err != nil {
				return err
			}
		}
	}
	return nil
}
