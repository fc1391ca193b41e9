package shop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var table = aws.String(os.Getenv("TABLE_NAME"))

// Updating overwrites the status of an order without reading it: what came last wins.
type Updating struct{ *dynamodb.Client }

// Create is Orders.Create.
func (u Updating) Create(ctx context.Context, o Order) (*Order, error) {
	if err := put(ctx, u.Client, o, "attribute_not_exists(pk)", nil); !exists(err) {
		return nil, err
	}
	stored, err := get(ctx, u.Client, o.Key)
	return &stored, err
}

// Set is Orders.Set.
func (u Updating) Set(ctx context.Context, o Order, status, url string) error {
	update, names := "SET #s = :s", map[string]string{"#s": "status"}
	values := map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: status}}
	if url != "" {
		update, names["#u"], values[":u"] = update+", #u = :u", "url", &types.AttributeValueMemberS{Value: url}
	}
	_, err := u.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: keyOf(o.Key),
		UpdateExpression: &update, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	return err
}

// Comparing replaces an order only if nobody has changed it since it was read, as a payment needs.
type Comparing struct{ Updating }

// Set is Orders.Set.
func (c Comparing) Set(ctx context.Context, o Order, status, url string) (err error) {
	if url == "" { // a notification, which does not know the order
		if o, err = get(ctx, c.Client, o.Key); err != nil {
			return err
		}
	}
	if o.Status == "PAID" {
		return nil
	}
	if url != "" {
		o.URL = url
	}
	read := &types.AttributeValueMemberN{Value: strconv.FormatInt(o.Version, 10)}
	o.Status, o.Version = status, o.Version+1
	return put(ctx, c.Client, o, "version = :v", map[string]types.AttributeValue{":v": read})
}

func put(ctx context.Context, db *dynamodb.Client, o Order, condition string,
	values map[string]types.AttributeValue) error {
	item, err := attributevalue.MarshalMap(o)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: item, ConditionExpression: &condition,
		ExpressionAttributeValues: values})
	return err
}

func get(ctx context.Context, db *dynamodb.Client, key string) (o Order, err error) {
	in := &dynamodb.GetItemInput{TableName: table, Key: keyOf(key), ConsistentRead: aws.Bool(true)}
	stored, err := db.GetItem(ctx, in)
	if err == nil && stored.Item == nil {
		err = fmt.Errorf("there is no %s", key)
	}
	if err != nil {
		return o, err
	}
	return o, attributevalue.UnmarshalMap(stored.Item, &o)
}

func exists(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed)
}

func keyOf(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}}
}
