package store

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// unreadableFormat stands for a format that is no whole number. It counts as newer than all that are known.
const unreadableFormat = -1

// formatOf reads the format of an item without decoding the rest, which a newer version may have written differently.
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

// decode reads the attributes of an item into out. ErrNewerFormat when they cannot be read and are of a newer format.
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

// decodeOrder is decode for the item of an order.
func decodeOrder(key string, attributes map[string]types.AttributeValue) (it item, err error) {
	err = decode(key, attributes, &it)
	return it, err
}
