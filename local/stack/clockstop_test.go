package stack_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

// The control API of the sandbox moves the clock of everything, not only the sandbox's.
func TestTheSandboxMovesTheOneClock(t *testing.T) {
	s := openTimed(t, nil)
	s.page(t, "ONE-1")
	s.control(t, "clock", `{"advance":"3h"}`)
	if ahead := s.Clock.Ahead(); ahead != 3*time.Hour {
		t.Errorf("the clock is %s ahead", ahead)
	}
	s.API = harness.API(t, s.Stack)
	if status, ledger := s.status(t, "ONE-1"), s.ledger(t, "ONE-1"); status != "EXPIRED" || ledger.Status != "EXPIRED" {
		t.Errorf("kasir says %s, the sandbox %s", status, ledger.Status)
	}
	status, answer := s.move(t, `{"advance":"20m"}`)
	if status != 200 || !strings.Contains(answer, `"ahead":"3h20m0s"`) {
		t.Errorf("the clock moved on: %d %s", status, answer)
	}
	var shown struct{ Ahead string }
	control(t, s.DOKU+"/control/clock", &shown)
	if shown.Ahead != "3h20m0s" {
		t.Errorf("the sandbox shows %s", shown.Ahead)
	}
}

// An order that reconcile cannot process stays due for ever. The clock stops and names it.
func TestTheClockStopsAtAnOrderThatStaysDue(t *testing.T) {
	s := openTimed(t, nil)
	s.page(t, "STUCK-1")
	_, err := dynamodb.Client(s.DynamoDB).UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
		TableName: aws.String(stack.Table), UpdateExpression: aws.String("SET #m = :newer"),
		Key: map[string]types.AttributeValue{
			store.KeyAttribute: &types.AttributeValueMemberS{Value: "order#STUCK-1"},
		},
		ExpressionAttributeNames:  map[string]string{"#m": store.FormatAttribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{":newer": &types.AttributeValueMemberN{Value: "99"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	status, answer := s.move(t, `{"advance":"168h"}`)
	ahead := s.Clock.Ahead()
	if status != 500 || !strings.Contains(answer, "order#STUCK-1 has been due since") || ahead < time.Hour ||
		ahead > 2*time.Hour {
		t.Errorf("%d %s, %s ahead", status, answer, ahead)
	}
}

// The clock of DOKU itself cannot be moved, so kasir's must not be moved either.
func TestTheClockStandsWithAnotherDOKU(t *testing.T) {
	s := openTimed(t, nil)
	other := open(t, func(c *stack.Config) {
		c.DOKU, c.ClientID, c.SecretKey = s.DOKU, "MCH-1", "SK-another-key-of-a-merchant"
	})
	theirs := timed{merchantStack{other, nil}, nil}
	for _, body := range []string{`{"advance":"1h"}`, `{"reset":true}`} {
		status, answer := theirs.move(t, body)
		if status != 409 || !strings.Contains(answer, "the clock of another DOKU cannot be moved") {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if ahead := other.Clock.Ahead(); ahead != 0 {
		t.Errorf("the clock is %s ahead", ahead)
	}
}

// A clock that was kept ahead is not used with another DOKU, which has the real time.
func TestAKeptClockIsNotTakenToAnotherDOKU(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock.json")
	if err := os.WriteFile(file, []byte(`{"ahead":"24h"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	running, err := stack.Start(t.Context(), stack.Config{
		Root: harness.Root(), Functions: harness.Functions(), ClockFile: file,
		DOKU: "sandbox", ClientID: "MCH-1", SecretKey: "SK-another-key-of-a-merchant",
	})
	if err == nil {
		running.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "24h0m0s ahead, and the clock of another DOKU cannot be moved") {
		t.Errorf("the start: %v", err)
	}
}
