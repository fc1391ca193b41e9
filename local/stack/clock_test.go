package stack_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/doku"
)

// notebook is a log that can be read while it is written.
type notebook struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all.Write(p)
}

func (n *notebook) count(what string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Count(n.all.String(), what)
}

// timed is a till whose clock can be moved.
type timed struct {
	merchantStack
	log *notebook
}

func openTimed(t *testing.T, change func(*stack.Config)) timed {
	log := &notebook{}
	s := open(t, func(c *stack.Config) {
		c.Log = log
		if change != nil {
			change(c)
		}
	})
	client, err := doku.New(doku.Config{
		BaseURL: s.DOKU, ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, Now: s.Clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return timed{merchantStack{s, client}, log}
}

// move posts to the clock, and gets a new token for the new time.
func (s *timed) move(t *testing.T, body string) (int, string) {
	t.Helper()
	response, err := http.Post(s.Issuer+"/clock", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	s.API = harness.API(t, s.Stack)
	return response.StatusCode, strings.TrimSpace(string(content))
}

// advance moves the clock and prints how long that took.
func (s *timed) advance(t *testing.T, by string) {
	t.Helper()
	begin := time.Now()
	if status, answer := s.move(t, fmt.Sprintf(`{"advance":%q}`, by)); status != 200 {
		t.Fatalf("advance %s: %d %s", by, status, answer)
	}
	t.Logf("+%s took %s", by, time.Since(begin).Round(time.Millisecond))
}

// ledger returns the sandbox's ledger entry of an invoice.
func (s *timed) ledger(t *testing.T, invoice string) (entry struct {
	Status             string
	Captured, Refunded int64
	Refunds            []struct{ Amount int64 }
}) {
	t.Helper()
	var all struct{ Ledger []json.RawMessage }
	control(t, s.DOKU+"/control/ledger?invoice_number="+invoice, &all)
	if len(all.Ledger) != 1 {
		t.Fatalf("%d ledger entries of %s", len(all.Ledger), invoice)
	}
	if err := json.Unmarshal(all.Ledger[0], &entry); err != nil {
		t.Fatal(err)
	}
	return entry
}

// The story of docs/clock.md: an authorisation without a capture, and a refund whose outcome stays unknown.
func TestAWeekPasses(t *testing.T) {
	begin := time.Now()
	s := openTimed(t, nil)
	s.buy(t, "WEEK-1", `,"payment":{"type":"AUTHORIZE"}`, customer.Visa)
	s.await(t, "WEEK-1", "AUTHORIZED")
	s.buy(t, "WEEK-2", ``, customer.Mastercard)
	s.await(t, "WEEK-2", "PAID")
	s.control(t, "settle", `{}`)
	s.page(t, "WEEK-3") // stays unpaid

	old := s.API
	s.advance(t, "121h")
	if answer, err := old.Do(t.Context(), "GET", "/payments/WEEK-1", nil, nil); err != nil || answer.Status != 401 ||
		!strings.Contains(answer.Header.Get("Www-Authenticate"), "the token has expired") {
		t.Errorf("a token from before the jump: %d %v, %v", answer.Status, answer.Header, err)
	}
	if got := s.status(t, "WEEK-1"); got != "AUTHORIZED" || s.log.count("authorization_expiring") != 1 {
		t.Errorf("after 5 days: %s, %d warnings", got, s.log.count("authorization_expiring"))
	}
	if got := s.status(t, "WEEK-3"); got != "EXPIRED" {
		t.Errorf("the page that nobody paid: %s", got)
	}
	s.advance(t, "48h")
	s.agreeReleased(t, "WEEK-1")

	s.control(t, "faults", `{"calls":{"refund":{"lose_after":1},"status":{"lose_before":1}}}`)
	status, answer := s.request(t, "POST", "/payments/WEEK-2/refunds", rand.Text(), `{"refund":{"amount":30000}}`)
	if status != 202 {
		t.Fatalf("a refund whose answer is lost: %d %v", status, answer)
	}
	s.advance(t, "2h")
	s.control(t, "faults", `{}`)
	_, shown := s.request(t, "GET", "/payments/WEEK-2", "", "")
	if review, _ := shown["review"].(map[string]any); shown["refundable"] != float64(60000) ||
		review["operations"] == nil {
		t.Errorf("the refund after the trust window: %v", shown)
	}
	if l := s.ledger(t, "WEEK-2"); l.Refunded != 30000 || len(l.Refunds) != 1 {
		t.Errorf("DOKU refunded %+v", l)
	}
	t.Logf("a week and two hours took %s, the start included", time.Since(begin).Round(time.Millisecond))
}

// agreeReleased checks that kasir, check status and the sandbox's ledger all have an authorisation as released.
func (s *timed) agreeReleased(t *testing.T, invoice string) {
	t.Helper()
	_, shown := s.request(t, "GET", "/payments/"+invoice, "", "")
	if shown["status"] != "AUTHORIZATION_EXPIRED" || shown["captured"] != float64(0) && shown["captured"] != nil {
		t.Errorf("kasir shows %v", shown)
	}
	if l := s.ledger(t, invoice); l.Status != "RELEASED" || l.Captured != 0 || l.Refunded != 0 {
		t.Errorf("the ledger says %+v", l)
	}
	if told, err := s.doku.Status(t.Context(), "week", invoice); err != nil || told.TransactionStatus != "EXPIRED" {
		t.Errorf("check status says %+v, %v", told, err)
	}
}
