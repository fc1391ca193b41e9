package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// claimItem is a name that belongs to an owner.
type claimItem struct {
	Key   string `dynamodbav:"pk"`
	Owner string `dynamodbav:"n"`
}

// Claim gives a name to an owner; see payment.Store.
func (d *DynamoDB) Claim(ctx context.Context, name, owner string) (string, error) {
	key := "claim#" + name
	attributes, err := attributevalue.MarshalMap(claimItem{key, owner})
	if err != nil {
		return "", fmt.Errorf("encoding %s: %w", key, err)
	}
	_, err = d.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(d.Table), Item: attributes,
		ConditionExpression: aws.String("attribute_not_exists(" + KeyAttribute + ")"),
	})
	var taken *types.ConditionalCheckFailedException
	if err == nil || !errors.As(err, &taken) {
		return owner, err
	}
	stored, err := d.read(ctx, key)
	if err != nil {
		return "", err
	}
	var held claimItem
	if err := attributevalue.UnmarshalMap(stored, &held); err != nil {
		return "", fmt.Errorf("decoding %s: %w", key, err)
	}
	return held.Owner, nil
}
