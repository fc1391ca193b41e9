// Command eager is like plain, with kasir's INIT: before the first event it reads the secret, reads an item and opens
// the connection to DOKU.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/bench/peers/shop"
)

func main() {
	s := shop.New(shop.Update)
	var all sync.WaitGroup
	if os.Getenv("BENCH_CASE") == "createpage" { // notify does not call DOKU
		all.Go(func() {
			if answer, err := http.Head(os.Getenv("DOKU_ENVIRONMENT")); err == nil {
				answer.Body.Close()
			}
		})
	}
	all.Go(func() {
		key := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "order#warm"}}
		table := aws.String(os.Getenv("TABLE_NAME"))
		s.DB.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: table, Key: key})
	})
	id := aws.String(os.Getenv("DOKU_SECRET_ARN"))
	out, err := secretsmanager.NewFromConfig(s.Config).GetSecretValue(context.Background(),
		&secretsmanager.GetSecretValueInput{SecretId: id})
	if err != nil {
		panic(err)
	}
	var keys struct {
		ClientID  string `json:"client_id"`
		SecretKey string `json:"secret_key"`
	}
	if err := json.Unmarshal([]byte(*out.SecretString), &keys); err != nil {
		panic(err)
	}
	s.ClientID, s.SecretKey = keys.ClientID, keys.SecretKey
	all.Wait()
	s.Start()
}
