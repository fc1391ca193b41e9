package events

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/sandbox"
	"kasir/local/test/harness"
	"kasir/shared/doku"
)

// pay pays on the page of an order, and waits for its status.
func (s stage) pay(t *testing.T, invoice, status string, card customer.Card) {
	t.Helper()
	api := harness.API(t, s.Stack)
	answer, err := api.Do(t.Context(), http.MethodGet, "/payments/"+invoice, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var shown struct{ Page struct{ URL string } }
	if err := json.Unmarshal(answer.Body, &shown); err != nil {
		t.Fatal(err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, shown.Page.URL, card); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := api.Await(ctx, invoice, status); err != nil {
		t.Fatal(err)
	}
}

// buy makes an order as the back end of the examples, and pays it.
func (s stage) buy(t *testing.T, invoice, kind, status string) {
	t.Helper()
	body := `{"order":{"invoice_number":"` + invoice + `","amount":90000},"customer":{"email":"budi@example.com"},` +
		`"payment":{"type":"` + kind + `"}}`
	if answer := s.send(t, "POST", "/payments", play{body: body}); answer.Status != http.StatusCreated {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	s.pay(t, invoice, status, customer.Visa)
}

// control tells the sandbox something.
func (s stage) control(t *testing.T, path, body string) {
	t.Helper()
	answer, err := merchant.API{URL: s.DOKU, Client: http.DefaultClient}.Do(t.Context(), http.MethodPost,
		"/control/"+path, nil, []byte(body))
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("%d %s, %v", answer.Status, answer.Body, err)
	}
}

// playSavedCard forgets the card that a customer saved.
func (s stage) playSavedCard(t *testing.T) {
	t.Helper()
	answer := s.send(t, "GET", "/customers/CUST-1/tokens", play{})
	var cards struct{ Tokens []struct{ ID string } }
	if err := json.Unmarshal(answer.Body, &cards); err != nil || len(cards.Tokens) != 1 {
		t.Fatalf("%v in %s", err, answer.Body)
	}
	s.play(t, play{operation: "unbind", id: "CUST-1", second: cards.Tokens[0].ID, status: 200, answer: "forgotten"})
}

// playReview records what a person found: about a refund by DOKU's people, and about money that does not match.
func (s stage) playReview(t *testing.T) {
	t.Helper()
	s.buy(t, "MANUAL", "SALE", "PAID")
	s.control(t, "settle", `{"invoice_number":"MANUAL"}`)
	s.control(t, "manual-refunds", `{"on":true,"invoice_number":"MANUAL"}`)
	_, _, resolve := s.find(t, "resolve")
	told := func(name, example, id string) string {
		return strings.Replace(s.request(t, resolve, name), example, id, 1)
	}
	operation := func(invoice string) string {
		refund := play{key: aKey, body: `{"refund":{"amount":90000}}`}
		answer := s.send(t, "POST", "/payments/"+invoice+"/refunds", refund)
		var made struct{ Refund struct{ ID string } }
		if err := json.Unmarshal(answer.Body, &made); err != nil {
			t.Fatal(err)
		}
		return told("operation", "refund-5CBPOVMNVTK7GYUYR7EQ", made.Refund.ID)
	}
	s.play(t,
		play{operation: "resolve", id: "MANUAL", body: operation("MANUAL"), status: 200, answer: "operation"},
		play{operation: "resolve", id: sale, body: operation(sale), status: 409, answer: "not_in_review"})

	s.control(t, "faults/next", `{"endpoint":"notifications","fault":"other_channel"}`)
	s.buy(t, "CONFLICT", "SALE", "PAID")
	answer, err := harness.API(t, s.Stack).Do(t.Context(), http.MethodGet, "/payments/CONFLICT", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var shown struct{ Conflicts []struct{ ID string } }
	if err := json.Unmarshal(answer.Body, &shown); err != nil || len(shown.Conflicts) != 1 {
		t.Fatalf("%v in %s", err, answer.Body)
	}
	decision := told("conflict", "c-2f6e1d0b9a8c7f54", shown.Conflicts[0].ID)
	otherwise := strings.Replace(decision, `"none"`, `"counts"`, 1)
	s.play(t,
		play{operation: "resolve", id: "CONFLICT", body: decision, status: 200, answer: "conflict"},
		play{operation: "resolve", id: "CONFLICT", body: otherwise, status: 409, answer: "decided"})
}

// playRecords records a refund in the Back Office, and withdraws it.
func (s stage) playRecords(t *testing.T) {
	t.Helper()
	s.buy(t, "MOVED", "SALE", "PAID")
	_, _, record := s.find(t, "record")
	other := strings.Replace(s.request(t, record, "refund"), "50000", "40000", 1)
	s.play(t,
		play{operation: "record", request: "refund", id: "MOVED", key: aKey, status: 200, answer: "refund"},
		play{operation: "record", body: other, id: "MOVED", key: aKey, status: 409, answer: "other_body"})
	answer, err := harness.API(t, s.Stack).Do(t.Context(), http.MethodGet, "/payments/MOVED", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var shown struct{ Elsewhere []struct{ ID string } }
	if err := json.Unmarshal(answer.Body, &shown); err != nil || len(shown.Elsewhere) != 1 {
		t.Fatalf("%v in %s", err, answer.Body)
	}
	withdrawal := strings.Replace(s.request(t, record, "withdrawal"), "15a3fa02cddb", shown.Elsewhere[0].ID, 1)
	got := s.send(t, "POST", "/payments/MOVED/records", play{body: withdrawal, key: aKey + "-2"})
	if got.Status != http.StatusOK || !strings.Contains(string(got.Body), `"refundable":90000`) {
		t.Errorf("withdrawn: %d %s", got.Status, got.Body)
	}
}

// playLost refunds while DOKU's answers are lost.
func (s stage) playLost(t *testing.T) {
	t.Helper()
	s.buy(t, "LOST", "SALE", "PAID")
	s.control(t, "faults/next", `{"endpoint":"refund","fault":"lose_after"}`)
	refund := play{operation: "refund", request: "whole", id: "LOST", key: aKey}
	lost, running := refund, refund
	lost.status, lost.answer = http.StatusAccepted, "processing"
	running.status, running.answer = http.StatusConflict, "running"
	s.play(t, lost, running)

	s.buy(t, "REFUSED", "SALE", "PAID")
	s.control(t, "faults/next", `{"endpoint":"refund","fault":"refuse"}`)
	s.play(t, play{operation: "refund", request: "whole", id: "REFUSED", key: aKey, status: 422, answer: "refused"})
}

// playNotification reports a payment as DOKU does.
func (s stage) playNotification(t *testing.T) {
	t.Helper()
	_, path, notify := s.find(t, "notify")
	body := s.request(t, notify, "sale")
	component := doku.Component{ClientID: sandbox.DefaultClientID, RequestID: "an-example",
		Timestamp: s.Clock.Now().UTC().Format(time.RFC3339), Target: path, Digest: doku.Digest([]byte(body))}
	header := http.Header{"Client-Id": {component.ClientID}, "Request-Id": {component.RequestID},
		"Request-Timestamp": {component.Timestamp}, "Signature": {doku.Sign(sandbox.DefaultSecretKey, component)}}
	s.play(t, play{operation: "notify", body: body, header: header, status: 200, answer: "sale"})
}

// checkRest fails for an example that was not played, unless the table of errors or the gateway has its text.
func (s stage) checkRest(t *testing.T) {
	t.Helper()
	problems, err := os.ReadFile("../shared/edge/testdata/problems.txt")
	if err != nil {
		t.Fatal(err)
	}
	check := func(where, name string, example *openapi3.ExampleRef) {
		if s.played[example.Value] {
			return
		}
		value, _ := example.Value.Value.(map[string]any)
		detail, _ := value["detail"].(string)
		status, _ := value["status"].(float64)
		known := detail != "" && bytes.Contains(problems, encoded(t, detail)) &&
			http.StatusText(int(status)) == value["title"]
		if _, message := value["message"]; !known && !message {
			t.Errorf("%s: nothing plays the example %s", where, name)
		}
	}
	for path, item := range s.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			where := method + " " + path
			if operation.RequestBody != nil {
				for name, example := range operation.RequestBody.Value.Content["application/json"].Examples {
					check(where, name, example)
				}
			}
			for status, response := range operation.Responses.Map() {
				for _, media := range response.Value.Content {
					for name, example := range media.Examples {
						check(where+" "+status, name, example)
					}
				}
			}
		}
	}
}
