package sqs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// function stands for a function that reads a queue.
type function struct {
	mu     sync.Mutex
	events []string // bodies of each event
	answer func(ids, bodies, receipts []string) (string, error)
}

func (f *function) invoke(_ context.Context, event []byte) ([]byte, error) {
	var in struct{ Records []record }
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, err
	}
	var ids, bodies, receipts []string
	for _, r := range in.Records {
		ids, bodies, receipts = append(ids, r.MessageID), append(bodies, r.Body), append(receipts, r.ReceiptHandle)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, strings.Join(bodies, " "))
	if f.answer == nil {
		return []byte(`{"batchItemFailures":[]}`), nil
	}
	answer, err := f.answer(ids, bodies, receipts)
	return []byte(answer), err
}

func (f *function) seen() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.events, "; ")
}

// run starts a server on the test's clock, with a queue that the function reads. The first messages are in the queue
// before it is read, so that one event has them all.
func run(t *testing.T, dir string, f *function, bodies ...string) *Server {
	t.Helper()
	s, err := New(Config{Dir: dir, Queues: []Queue{{Name: "letters"},
		{Name: "shop", Letters: "letters", MaxReceives: 3, Visibility: time.Minute, Invoke: f.invoke}}})
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, bodies...)
	ctx, end := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	t.Cleanup(func() { end(); <-done })
	return s
}

func send(t *testing.T, s *Server, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		if _, err := s.Send("shop", body); err != nil {
			t.Fatal(err)
		}
	}
}

// wait lets time pass on the test's clock.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestOnlyFailedMessagesComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &function{}
		f.answer = func(ids, bodies, _ []string) (string, error) {
			for i := range bodies {
				if bodies[i] == "b" && len(f.events) == 1 {
					return fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":%q}]}`, ids[i]), nil
				}
			}
			return `{"batchItemFailures":[]}`, nil
		}
		s := run(t, "", f, "a", "b", "c")
		wait(time.Second)
		if f.seen() != "a b c" || len(s.Messages("shop")) != 1 {
			t.Fatalf("%s, %v", f.seen(), s.Messages("shop"))
		}
		wait(time.Minute)
		if f.seen() != "a b c; b" || len(s.Messages("shop")) != 0 {
			t.Errorf("%s, %v", f.seen(), s.Messages("shop"))
		}
	})
}

// An event whose function crashed comes again after the visibility timeout, and is a dead letter in the end.
func TestAMessageThatIsReceivedTooOftenIsADeadLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &function{answer: func(_, _, _ []string) (string, error) { return "", errors.New("crashed") }}
		s := run(t, "", f, "a")
		wait(10 * time.Minute)
		if f.seen() != "a; a; a" || len(s.Messages("shop")) != 0 || len(s.Messages("letters")) != 1 ||
			s.Messages("letters")[0].Body != "a" {
			t.Errorf("%s, %v, %v", f.seen(), s.Messages("shop"), s.Messages("letters"))
		}
		if err := s.move("letters", "shop"); err != nil {
			t.Fatal(err)
		}
		if all := s.Messages("shop"); len(all) != 1 || all[0].Receives != 0 || len(s.Messages("letters")) != 0 {
			t.Errorf("%v", all)
		}
	})
}

// A message that the function held back comes at its time, and not before, also after a new start.
func TestMessagesSurviveTheProcess(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{Dir: dir, Queues: []Queue{{Name: "shop", Visibility: time.Minute}}})
		if err != nil {
			t.Fatal(err)
		}
		send(t, s, "later", "now")
		batch := s.receive("shop") // the process ends while the function has them
		if err := s.hide("shop", batch[0].receipt, time.Hour); err != nil {
			t.Fatal(err)
		}
		g := &function{}
		s = run(t, dir, g)
		wait(time.Second)
		if g.seen() != "now" {
			t.Errorf("after the start: %s", g.seen())
		}
		wait(time.Hour)
		if g.seen() != "now; later" || len(s.Messages("shop")) != 0 {
			t.Errorf("an hour later: %s", g.seen())
		}
	})
	s, err := New(Config{Dir: dir, Queues: []Queue{{Name: "shop"}}})
	if err != nil || len(s.Messages("shop")) != 0 {
		t.Errorf("handled messages are kept: %v, %v", err, s.Messages("shop"))
	}
}

// The calls are those of the AWS SDK, which also checks the answers.
func TestTheSDKUnderstandsTheAnswers(t *testing.T) {
	s, err := New(Config{Queues: []Queue{{Name: "shop"}, {Name: "letters"}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	sdk := client.New(client.Options{BaseEndpoint: &server.URL, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), Retryer: aws.NopRetryer{}})
	ctx, url := t.Context(), aws.String(URL("shop"))
	if _, err := sdk.SendMessage(ctx,
		&client.SendMessageInput{QueueUrl: url, MessageBody: aws.String("a")}); err != nil {
		t.Fatal(err)
	}
	receipt := s.receive("shop")[0].receipt
	hide := func(receipt string, seconds int32) error {
		_, err := sdk.ChangeMessageVisibility(ctx, &client.ChangeMessageVisibilityInput{QueueUrl: url,
			ReceiptHandle: &receipt, VisibilityTimeout: seconds})
		return err
	}
	var gone *types.MessageNotInflight
	if err := hide(receipt, 43200); err != nil {
		t.Error(err)
	}
	if err := hide("another", 1); !errors.As(err, &gone) {
		t.Error(err)
	}
	if err := hide(receipt, 43201); err == nil {
		t.Error("a message can be held back for more than 12 hours")
	}
	out, err := sdk.GetQueueAttributes(ctx, &client.GetQueueAttributesInput{QueueUrl: url})
	if err != nil || out.Attributes["ApproximateNumberOfMessagesNotVisible"] != "1" {
		t.Errorf("%v, %v", out, err)
	}
	_, err = sdk.StartMessageMoveTask(ctx, &client.StartMessageMoveTaskInput{SourceArn: aws.String(ARN("shop")),
		DestinationArn: aws.String(ARN("letters"))})
	if err != nil || len(s.Messages("letters")) != 1 {
		t.Error(err)
	}
	large := strings.Repeat("x", maxBody+1)
	var missing *types.QueueDoesNotExist
	if _, err := sdk.SendMessage(ctx, &client.SendMessageInput{QueueUrl: url, MessageBody: &large}); err == nil {
		t.Error("a message of more than 1 MiB is taken")
	}
	_, err = sdk.SendMessage(ctx,
		&client.SendMessageInput{QueueUrl: aws.String(URL("x")), MessageBody: aws.String("a")})
	if !errors.As(err, &missing) {
		t.Error(err)
	}
}

// A message that is held back waits as long as before when the clock goes back.
func TestTheClockGoesBack(t *testing.T) {
	now := time.Now().Add(10 * time.Hour)
	s, err := New(Config{Dir: t.TempDir(), Queues: []Queue{{Name: "shop"}}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send("shop", "a"); err != nil {
		t.Fatal(err)
	}
	got := s.receive("shop")
	if err := s.hide("shop", got[0].receipt, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	s.Back(10 * time.Hour)
	now = now.Add(6*time.Second - 10*time.Hour)
	if got := s.receive("shop"); len(got) != 1 {
		t.Errorf("%d messages, want 1: %+v", len(got), s.Messages("shop"))
	}
}
