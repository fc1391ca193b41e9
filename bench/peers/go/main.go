// Command go does createpage and notify the way they are usually written in Go: the SDK's default configuration, one item an
// order, a write before DOKU is called and one after, everything made when it is first needed. It is for measuring kasir against,
// not for use: what happens after a crash or a lost answer is nobody's business here.
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

var table = aws.String(os.Getenv("TABLE_NAME"))

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	db := dynamodb.NewFromConfig(cfg)
	lambda.Start(func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if e.RouteKey == "POST /notifications" {
			return notify(ctx, db, e)
		}
		return createPage(ctx, db, e)
	})
}

func createPage(ctx context.Context, db *dynamodb.Client, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	var asked page
	if err := json.Unmarshal([]byte(e.Body), &asked); err != nil || asked.Order.InvoiceNumber == "" || asked.Order.Amount <= 0 {
		return reply(400, map[string]string{"error": "invalid order"})
	}
	item, err := attributevalue.MarshalMap(order{Key: "order#" + asked.Order.InvoiceNumber, Amount: asked.Order.Amount, Status: "CREATING"})
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)")})
	var exists *types.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		stored, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: keyOf(asked.Order.InvoiceNumber), ConsistentRead: aws.Bool(true)})
		if err != nil {
			return events.APIGatewayV2HTTPResponse{}, err
		}
		var o order
		if err := attributevalue.UnmarshalMap(stored.Item, &o); err != nil {
			return events.APIGatewayV2HTTPResponse{}, err
		}
		return reply(200, map[string]string{"url": o.URL, "status": o.Status})
	}
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	made, err := callDOKU(ctx, "/credit-card/v1/payment-page", []byte(e.Body))
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	if err := set(ctx, db, asked.Order.InvoiceNumber, "PENDING", made.Page.URL); err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	return reply(201, map[string]string{"url": made.Page.URL, "status": "PENDING"})
}

func notify(ctx context.Context, db *dynamodb.Client, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	want := sign(e.Headers["request-id"], e.Headers["request-timestamp"], "/notifications", []byte(e.Body))
	if !hmac.Equal([]byte(want), []byte(e.Headers["signature"])) {
		return reply(401, map[string]string{"error": "invalid signature"})
	}
	var told page
	if err := json.Unmarshal([]byte(e.Body), &told); err != nil {
		return reply(400, map[string]string{"error": "invalid notification"})
	}
	status := "FAILED"
	if told.Transaction.Status == "SUCCESS" {
		status = "PAID"
	}
	if err := set(ctx, db, told.Order.InvoiceNumber, status, ""); err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	return reply(200, map[string]string{"status": "ok"})
}

func set(ctx context.Context, db *dynamodb.Client, invoice, status, url string) error {
	values := map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: status}}
	update := "SET #s = :s"
	if url != "" {
		values[":u"], update = &types.AttributeValueMemberS{Value: url}, update+", #u = :u"
	}
	names := map[string]string{"#s": "status"}
	if url != "" {
		names["#u"] = "url"
	}
	_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: keyOf(invoice), UpdateExpression: &update, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	return err
}

func keyOf(invoice string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "order#" + invoice}}
}

func callDOKU(ctx context.Context, path string, body []byte) (page, error) {
	var out page
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("DOKU_ENVIRONMENT")+path, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	id, at := rand.Text(), time.Now().UTC().Format("2006-01-02T15:04:05Z")
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Client-Id": os.Getenv("DOKU_CLIENT_ID"), "Request-Id": id, "Request-Timestamp": at, "Signature": sign(id, at, path, body),
	} {
		request.Header.Set(name, value)
	}
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

func reply(status int, body any) (events.APIGatewayV2HTTPResponse, error) {
	encoded, err := json.Marshal(body)
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: map[string]string{"content-type": "application/json"}, Body: string(encoded)}, err
}
