package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/payment"
)

// FirstBatch returns the time of a year's first batch; see payment.BatchStore.
func (d *DynamoDB) FirstBatch(ctx context.Context, year int) (time.Time, error) {
	listed, err := d.read(ctx, yearKey(year))
	if errors.Is(err, payment.ErrNotFound) {
		return time.Time{}, nil
	}
	first := time.Time{}
	for name, value := range listed {
		number, _ := value.(*types.AttributeValueMemberN)
		if number == nil || !strings.HasPrefix(name, batchMember) {
			continue
		}
		ms, err := strconv.ParseInt(number.Value, 10, 64)
		if at := instant(ms); err == nil && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, err
}

// FirstBatch returns the time of a year's first batch; see payment.BatchStore.
func (m *Memory) FirstBatch(ctx context.Context, year int) (time.Time, error) {
	all, err := m.Batches(ctx, year)
	first := time.Time{}
	for _, b := range all {
		if first.IsZero() || b.StartedAt.Before(first) {
			first = b.StartedAt
		}
	}
	return first, err
}
