package stack

import (
	"context"
	"fmt"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/shared/store"
)

// createTable creates the table of orders in the DynamoDB at url. It adds orders that an earlier version has written to
// the lists.
func createTable(ctx context.Context, url string) error {
	client := dynamodb.Client(url)
	if err := dynamodb.CreateTable(ctx, client, Table); err != nil {
		return err
	}
	orders := &store.DynamoDB{Client: client, Table: Table}
	atOnce := func(context.Context) error { return nil }
	if _, err := orders.Reindex(ctx, time.Now(), atOnce, func(store.Reindexing) {}); err != nil {
		return fmt.Errorf("adding the orders to the lists: %w", err)
	}
	return nil
}
