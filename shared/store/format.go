package store

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// unreadableFormat stands for a format that is not a whole number. It counts as newer than every known format.
const unreadableFormat = -1

// formatOf returns the format of an item. It decodes nothing else, since a newer version may have written the rest
// differently.
func formatOf(attributes map[string]types.AttributeValue) int {
	value, there := attributes[FormatAttribute]
	if !there {
		return 0
	}
	number, isNumber := value.(*types.AttributeValueMemberN)
	if !isNumber {
		return unreadableFormat
	}
	format, err := strconv.Atoi(number.Value)
	if err != nil {
		return unreadableFormat
	}
	return format
}

// decode decodes the attributes of an item into out. It returns ErrNewerFormat if they cannot be decoded and have a
// newer format.
func decode(key string, attributes map[string]types.AttributeValue, out any) error {
	err := attributevalue.UnmarshalMap(attributes, out)
	if err != nil && order.NewerFormat(formatOf(attributes)) {
		return fmt.Errorf("decoding %s: %w: %w", key, payment.ErrNewerFormat, err)
	}
	if err != nil {
		return fmt.Errorf("decoding %s: %w", key, err)
	}
	return nil
}

// decodeOrder decodes the item of an order.
func decodeOrder(key string, attributes map[string]types.AttributeValue) (it item, err error) {
	err = decode(key, attributes, &it)
	return it, err
}
