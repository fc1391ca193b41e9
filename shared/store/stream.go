package store

import (
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// FromStream returns an order before and after the change in a record of the table's stream. before is the zero Order
// if the order is new. It returns an error if an image cannot be read, and also if it is not an order. The error is
// ErrNewerFormat for an order in a newer format, since this version could publish something wrong about it.
func FromStream(record events.DynamoDBEventRecord) (before, after order.Order, err error) {
	if after, err = fromImage(record.Change.NewImage); err != nil {
		return before, after, fmt.Errorf("reading the new image of record %s: %w", record.Change.SequenceNumber, err)
	}
	if len(record.Change.OldImage) == 0 {
		return before, after, nil
	}
	if before, err = fromImage(record.Change.OldImage); err != nil {
		return before, after, fmt.Errorf("reading the old image of record %s: %w", record.Change.SequenceNumber, err)
	}
	return before, after, nil
}

// IsBatch reports whether a record of the table's stream is about a batch.
func IsBatch(record events.DynamoDBEventRecord) bool {
	key, there := record.Change.Keys[KeyAttribute]
	return there && key.DataType() == events.DataTypeString && strings.HasPrefix(key.String(), batchPrefix)
}

// BatchFromStream returns a batch before and after the change in a record of the table's stream. before is the zero
// Batch if the batch is new. Errors: those of FromStream.
func BatchFromStream(record events.DynamoDBEventRecord) (before, after payment.Batch, err error) {
	for image, to := range map[string]*payment.Batch{"old": &before, "new": &after} {
		attributes := record.Change.NewImage
		if image == "old" {
			attributes = record.Change.OldImage
		}
		if len(attributes) == 0 {
			continue
		}
		converted, err := fromWire(attributes)
		if err == nil {
			*to, err = readBatch(converted)
		}
		if err != nil {
			return before, after, fmt.Errorf("reading the %s image of record %s: %w", image,
				record.Change.SequenceNumber, err)
		}
	}
	return before, after, nil
}

func fromImage(image map[string]events.DynamoDBAttributeValue) (order.Order, error) {
	attributes, err := fromWire(image)
	if err != nil {
		return order.Order{}, err
	}
	it, err := decodeOrder("an image", attributes)
	if err != nil {
		return order.Order{}, err
	}
	invoice, isOrder := strings.CutPrefix(it.Key, orderKey(""))
	if !isOrder {
		return order.Order{}, fmt.Errorf("the item is not an order")
	}
	o := fromItem(invoice, it)
	if o.Newer() {
		return order.Order{}, fmt.Errorf("format %d: %w", o.Format, payment.ErrNewerFormat)
	}
	if it.Version == 0 { // orphans that came before the order
		return order.Order{}, nil
	}
	return o, nil
}

// fromWire converts attributes from Lambda's type to the SDK's, which has a decoder.
func fromWire(attributes map[string]events.DynamoDBAttributeValue) (map[string]types.AttributeValue, error) {
	out := make(map[string]types.AttributeValue, len(attributes))
	for name, value := range attributes {
		converted, err := toSDK(value)
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
		out[name] = converted
	}
	return out, nil
}

// toSDK converts one value. It knows the types that orders are stored with.
func toSDK(v events.DynamoDBAttributeValue) (types.AttributeValue, error) {
	switch v.DataType() {
	case events.DataTypeString:
		return &types.AttributeValueMemberS{Value: v.String()}, nil
	case events.DataTypeNumber:
		return &types.AttributeValueMemberN{Value: v.Number()}, nil
	case events.DataTypeBoolean:
		return &types.AttributeValueMemberBOOL{Value: v.Boolean()}, nil
	case events.DataTypeNull:
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case events.DataTypeMap:
		m, err := fromWire(v.Map())
		return &types.AttributeValueMemberM{Value: m}, err
	case events.DataTypeList:
		list := &types.AttributeValueMemberL{}
		for _, part := range v.List() {
			converted, err := toSDK(part)
			if err != nil {
				return nil, err
			}
			list.Value = append(list.Value, converted)
		}
		return list, nil
	}
	return nil, fmt.Errorf("orders are not stored with type %d", v.DataType())
}
