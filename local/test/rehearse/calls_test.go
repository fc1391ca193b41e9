package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

var jakarta = place{account: "111122223333", region: "ap-southeast-3"}

// signedCall returns a request of the role reader, as the AWS SDK sends it.
func signedCall(service, target, body string) *http.Request {
	host := service + ".ap-southeast-3.amazonaws.com"
	r, err := http.NewRequest(http.MethodPost, "https://"+host+"/", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", authorization("reader", "ap-southeast-3", service))
	r.Header.Set("X-Amz-Target", target)
	return r
}

func TestRequestsAreReadAsCalls(t *testing.T) {
	const table = "arn:aws:dynamodb:ap-southeast-3:111122223333:table/kasir"
	const items, streams = "DynamoDB_20120810.", "DynamoDBStreams_20120810."
	for _, c := range []struct{ service, target, body, want string }{
		{"dynamodb", items + "GetItem", `{"TableName":"kasir"}`, "dynamodb:GetItem " + table},
		{"dynamodb", items + "Query", `{"TableName":"kasir","IndexName":"day"}`,
			"dynamodb:Query " + table + "/index/day"},
		{"dynamodb", items + "BatchGetItem", `{"RequestItems":{"kasir":{},"kasir2":{}}}`,
			"dynamodb:BatchGetItem " + table + ", dynamodb:BatchGetItem " + table + "2"},
		{"dynamodb", streams + "DescribeStream", `{"StreamArn":"arn:x"}`, "dynamodb:DescribeStream arn:x"},
		{"dynamodb", streams + "ListStreams", `{"TableName":"kasir"}`, "dynamodb:ListStreams " + table + "/stream/*"},
		{"secretsmanager", "secretsmanager.GetSecretValue", `{"SecretId":"arn:secret"}`,
			"secretsmanager:GetSecretValue arn:secret"},
		{"sqs", "AmazonSQS.SendMessage", `{"QueueUrl":"https://sqs.ap-southeast-3.amazonaws.com/111122223333/letters"}`,
			"sqs:SendMessage arn:aws:sqs:ap-southeast-3:111122223333:letters"},
		{"events", "AWSEvents.PutEvents", `{"Entries":[{"EventBusName":"kasir"},{"EventBusName":"kasir"}]}`,
			"events:PutEvents arn:aws:events:ap-southeast-3:111122223333:event-bus/kasir"},
		{"logs", "Logs_20140328.PutLogEvents", `{"logGroupName":"g","logStreamName":"s"}`,
			"logs:PutLogEvents arn:aws:logs:ap-southeast-3:111122223333:log-group:g:log-stream:s"},
	} {
		calls, err := callsOf(jakarta, signedCall(c.service, c.target, c.body), []byte(c.body))
		var got []string
		for _, one := range calls {
			got = append(got, one.action+" "+one.resource)
			if one.role != "reader" {
				t.Errorf("%s is by %s", one.action, one.role)
			}
		}
		if text := strings.Join(got, ", "); err != nil || text != c.want {
			t.Errorf("%s %s: %s, %v", c.target, c.body, text, err)
		}
	}
}

// A request that is not understood must not pass unjudged.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	elsewhere := signedCall("sqs", "AmazonSQS.SendMessage", "")
	elsewhere.Header.Set("Authorization", authorization("reader", "eu-west-1", "sqs"))
	unsigned := signedCall("sqs", "AmazonSQS.SendMessage", "")
	unsigned.Header.Del("Authorization")
	for name, r := range map[string]*http.Request{
		"another region": elsewhere, "no signature": unsigned,
		"no action":              signedCall("dynamodb", "", `{}`),
		"no resource":            signedCall("dynamodb", "DynamoDB_20120810.TransactWriteItems", `{}`),
		"an unknown service":     signedCall("rds", "Rds.Delete", `{"DBInstanceIdentifier":"x"}`),
		"a body that is no JSON": signedCall("sqs", "AmazonSQS.SendMessage", `x`),
	} {
		body, _ := bodyOf(r)
		if calls, err := callsOf(jakarta, r, body); err == nil {
			t.Errorf("%s: %v", name, calls)
		}
	}
}

func TestObjectsAreReadAsCalls(t *testing.T) {
	r := signedCall("s3", "", "")
	for method, action := range map[string]string{"GET": "GetObject", "PUT": "PutObject", "HEAD": "GetObject"} {
		r.Method, r.Host, r.URL.Path = method, "bucket.s3.ap-southeast-3.amazonaws.com", "/reports/a b.csv"
		calls, err := callsOf(jakarta, r, nil)
		want := fmt.Sprint([]call{asked("reader", "s3:"+action, "arn:aws:s3:::bucket/reports/a b.csv", "")})
		if got := fmt.Sprint(calls); err != nil || got != want {
			t.Errorf("%s: %s, %v", method, got, err)
		}
	}
}
