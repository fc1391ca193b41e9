package shop

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var table = aws.String(os.Getenv("TABLE_NAME"))

// Update overwrites the status of an order without reading it. The last write wins.
func Update(ctx context.Context, db *dynamodb.Client, o Order, status, url string) error {
	update, names := "SET #s = :s", map[string]string{"#s": "status"}
	values := map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: status}}
	if url != "" {
		update, names["#u"], values[":u"] = update+", #u = :u", "url", &types.AttributeValueMemberS{Value: url}
	}
	_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: keyOf(o.Key),
		UpdateExpression: &update, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	return err
}

// Compare replaces an order only if nobody has changed it since it was read, as a payment needs.
func Compare(ctx context.Context, db *dynamodb.Client, o Order, status, url string) (err error) {
	if url == "" { // a notification, which does not know the order
		if o, err = get(ctx, db, o.Key); err != nil {
			return err
		}
	}
	if o.Status == "PAID" {
		return nil
	}
	read := &types.AttributeValueMemberN{Value: strconv.FormatInt(o.Version, 10)}
	o.Status, o.URL, o.Version = status, cmp.Or(url, o.URL), o.Version+1
	return put(ctx, db, o, "version = :v", map[string]types.AttributeValue{":v": read})
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

func keyOf(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}}
}
