// Command go does createpage and notify as they are usually written in Go. It uses the SDK's default configuration and
// one item for each order, writes before and after the call of DOKU, and makes everything when it is first needed. It
// is for comparison only and not for use: it does not handle a crash or a lost answer.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type order struct {
	Key    string `dynamodbav:"pk"`
	Amount int64  `dynamodbav:"amount"`
	Status string `dynamodbav:"status"`
	URL    string `dynamodbav:"url,omitempty"`
}

type page struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	Page struct {
		URL string `json:"url"`
	} `json:"credit_card_payment_page"`
	Transaction struct {
		Status string `json:"status"`
	} `json:"transaction"`
}

type (
	request  = events.APIGatewayV2HTTPRequest
	response = events.APIGatewayV2HTTPResponse
)

var table = aws.String(os.Getenv("TABLE_NAME"))

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	db := dynamodb.NewFromConfig(cfg)
	lambda.Start(func(ctx context.Context, e request) (response, error) {
		handle := createPage
		if e.RouteKey == "POST /notifications" {
			handle = notify
		}
		status, body, err := handle(ctx, db, e)
		if err != nil {
			return response{}, err
		}
		encoded, err := json.Marshal(body)
		header := map[string]string{"content-type": "application/json"}
		return response{StatusCode: status, Headers: header, Body: string(encoded)}, err
	})
}

func createPage(ctx context.Context, db *dynamodb.Client, e request) (int, map[string]string, error) {
	var asked page
	err := json.Unmarshal([]byte(e.Body), &asked)
	if err != nil || asked.Order.InvoiceNumber == "" || asked.Order.Amount <= 0 {
		return 400, map[string]string{"error": "invalid order"}, nil
	}
	invoice := asked.Order.InvoiceNumber
	o := order{Key: "order#" + invoice, Amount: asked.Order.Amount, Status: "CREATING"}
	item, err := attributevalue.MarshalMap(o)
	if err != nil {
		return 0, nil, err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: table, Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	var exists *types.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		get := &dynamodb.GetItemInput{TableName: table, Key: keyOf(invoice), ConsistentRead: aws.Bool(true)}
		stored, err := db.GetItem(ctx, get)
		if err != nil {
			return 0, nil, err
		}
		err = attributevalue.UnmarshalMap(stored.Item, &o)
		return 200, map[string]string{"url": o.URL, "status": o.Status}, err
	}
	if err != nil {
		return 0, nil, err
	}
	made, err := callDOKU(ctx, "/credit-card/v1/payment-page", []byte(e.Body))
	if err != nil {
		return 0, nil, err
	}
	err = set(ctx, db, invoice, "PENDING", made.Page.URL)
	return 201, map[string]string{"url": made.Page.URL, "status": "PENDING"}, err
}

func notify(ctx context.Context, db *dynamodb.Client, e request) (int, map[string]string, error) {
	want := sign(e.Headers["request-id"], e.Headers["request-timestamp"], "/notifications", []byte(e.Body))
	if !hmac.Equal([]byte(want), []byte(e.Headers["signature"])) {
		return 401, map[string]string{"error": "invalid signature"}, nil
	}
	var told page
	if err := json.Unmarshal([]byte(e.Body), &told); err != nil {
		return 400, map[string]string{"error": "invalid notification"}, nil
	}
	status := "FAILED"
	if told.Transaction.Status == "SUCCESS" {
		status = "PAID"
	}
	return 200, map[string]string{"status": "ok"}, set(ctx, db, told.Order.InvoiceNumber, status, "")
}

func set(ctx context.Context, db *dynamodb.Client, invoice, status, url string) error {
	update, names := "SET #s = :s", map[string]string{"#s": "status"}
	values := map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: status}}
	if url != "" {
		update, names["#u"], values[":u"] = update+", #u = :u", "url", &types.AttributeValueMemberS{Value: url}
	}
	_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: keyOf(invoice),
		UpdateExpression: &update, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	return err
}

func keyOf(invoice string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "order#" + invoice}}
}

func callDOKU(ctx context.Context, path string, body []byte) (page, error) {
	var out page
	address := os.Getenv("DOKU_ENVIRONMENT") + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	id, at := rand.Text(), time.Now().UTC().Format("2006-01-02T15:04:05Z")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Client-Id", os.Getenv("DOKU_CLIENT_ID"))
	request.Header.Set("Request-Id", id)
	request.Header.Set("Request-Timestamp", at)
	request.Header.Set("Signature", sign(id, at, path, body))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return out, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return out, fmt.Errorf("DOKU answered %d", answer.StatusCode)
	}
	return out, json.NewDecoder(answer.Body).Decode(&out)
}

func sign(id, at, target string, body []byte) string {
	digest := sha256.Sum256(body)
	h := hmac.New(sha256.New, []byte(os.Getenv("DOKU_SECRET_KEY")))
	fmt.Fprintf(h, "Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		os.Getenv("DOKU_CLIENT_ID"), id, at, target, base64.StdEncoding.EncodeToString(digest[:]))
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
