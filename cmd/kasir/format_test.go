package main

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	localdynamodb "kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

// An operator's kasir may be older than the deployment. It then shows the order with a warning, and changes nothing.
func TestAnOrderOfANewerFormatIsListedAndNotResolved(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	r.pay(t, "NEWER-1")
	environment, running := stack.Running(data)
	if !running {
		t.Fatal("nothing runs")
	}
	key := &types.AttributeValueMemberS{Value: "order#NEWER-1"}
	two := &types.AttributeValueMemberN{Value: "2"}
	client := localdynamodb.Client(environment["AWS_ENDPOINT_URL_DYNAMODB"])
	_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(stack.Table), Key: map[string]types.AttributeValue{store.KeyAttribute: key},
		UpdateExpression:          aws.String("SET " + store.FormatAttribute + " = :f"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":f": two},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args, want string
		fails      bool
	}{
		{"orders", "NEWER-1  PAID  90000", false},
		{"orders", "newer: stored in format 2, and this kasir knows 1", false},
		{"orders show NEWER-1", "newer: stored in format 2", false},
		{"resolve NEWER-1 capture --done --note seen", "stored in a newer format", true},
	} {
		args := append(strings.Fields(test.args), "--data", data, "--functions", harness.Functions())
		stdout, stderr, err := output(t, kasir(t, args...))
		if (err != nil) != test.fails || !strings.Contains(stdout+stderr, test.want) {
			t.Errorf("kasir %s: %v\n%s%s, want %q", test.args, err, stdout, stderr, test.want)
		}
	}
}
