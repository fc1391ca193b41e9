package store

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/shared/payment"
)

// EndRecovery writes the item that ends a hold; see payment.Store. It is named by the time of the restore, so that an
// item that a later restore brings back ends no later hold.
func (d *DynamoDB) EndRecovery(ctx context.Context, to time.Time) error {
	_, err := d.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(d.Table), Item: keyOf(recoveredKey(to)),
	})
	return err
}

// Recovered reads that item; see payment.Store.
func (d *DynamoDB) Recovered(ctx context.Context, to time.Time) (bool, error) {
	_, err := d.read(ctx, recoveredKey(to))
	if errors.Is(err, payment.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func recoveredKey(to time.Time) string { return "recovered#" + to.UTC().Format(time.RFC3339) }

// EndRecovery ends a hold; see payment.Store.
func (m *Memory) EndRecovery(_ context.Context, to time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.recovered == nil {
		m.recovered = map[time.Time]bool{}
	}
	m.recovered[to.UTC()] = true
	return nil
}

// Recovered reports whether a hold has ended; see payment.Store.
func (m *Memory) Recovered(_ context.Context, to time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.recovered[to.UTC()], nil
}
