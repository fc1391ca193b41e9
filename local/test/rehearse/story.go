package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/customer"
	"kasir/shared/store"
)

// chapter is a part of the story. Each has its own orders, so that one that fails leaves the others as they are.
type chapter struct {
	name string
	play func(*stage, context.Context) error
}

// story calls every function in each way that needs a permission.
var story = []chapter{
	{"a sale is paid, refunded and listed", (*stage).sale},
	{"an authorisation is captured in part, and a refund by hand is recorded", (*stage).authorisation},
	{"an order is closed, and a conflict is decided", (*stage).decisions},
	{"a saved card is listed and deleted", (*stage).savedCard},
	{"a notification comes before its order", (*stage).orphan},
	{"reconcile finds a payment whose notification was lost", (*stage).lost},
	{"a payment is asked about", (*stage).refresh},
	{"a settlement report is uploaded and booked", (*stage).settlement},
	{"people open the console", (*stage).console},
	{"the stream's changes become events on the bus", (*stage).readStream},
	{"the events on the bus come to an endpoint", (*stage).readQueues},
	{"failed invocations become dead letters", (*stage).sendFailures},
	{"open pages are read", (*stage).openPages},
	{"every route and every function was called", (*stage).everything},
	{"Lambda keeps logs and traces", (*stage).keepLogs},
}

// play plays the story. An error names its chapter.
func (s *stage) play(ctx context.Context) error {
	var problems []error
	for _, c := range story {
		limit, cancel := context.WithTimeout(ctx, 2*time.Minute)
		if err := c.play(s, limit); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", c.name, err))
		}
		cancel()
	}
	return errors.Join(problems...)
}

const customerID = "CUST-REHEARSAL"

// request sends a request to the API, and expects a status.
func (s *stage) request(ctx context.Context, status int, method, path, body string, into any) error {
	header := http.Header{}
	if strings.HasSuffix(path, "/refunds") || strings.HasSuffix(path, "/records") {
		header.Set("Idempotency-Key", "rehearsal-"+strings.Split(path, "/")[2])
	}
	answer, err := s.api.Do(ctx, method, path, header, []byte(body))
	if err != nil {
		return err
	}
	if answer.Status != status {
		return fmt.Errorf("%s %s answered %d, want %d: %s", method, path, answer.Status, status, answer.Body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer.Body, into)
}

// buy makes an order of a type, and pays it unless card is empty.
func (s *stage) buy(ctx context.Context, invoice, kind string, card customer.Card, extra ...url.Values) error {
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"payment":{"type":%q},`+
		`"customer":{"id":%q,"email":"budi@example.com"}}`, invoice, kind, customerID)
	page, err := s.api.CreatePage(ctx, []byte(body))
	if err != nil || card.Number == "" {
		return err
	}
	return customer.Pay(ctx, s.customer, page.CreditCardPaymentPage.URL, card, extra...)
}

// control sends a request to the sandbox's control API.
func (s *stage) control(ctx context.Context, path, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.doku+"/control/"+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the sandbox answered %s to %s: %s", response.Status, path, content)
	}
	return content, err
}

func (s *stage) sale(ctx context.Context) error {
	const invoice = "SALE-1"
	if err := s.buy(ctx, invoice, "SALE", customer.Visa); err != nil {
		return err
	}
	if _, err := s.api.Await(ctx, invoice, "PAID"); err != nil {
		return err
	}
	refund := `{"refund":{"amount":90000}}`
	if err := s.request(ctx, 201, "POST", "/payments/"+invoice+"/refunds", refund, nil); err != nil {
		return err
	}
	for _, query := range []string{"", "?customer_id=" + customerID, "?attention=true"} {
		if err := s.request(ctx, 200, "GET", "/payments"+query, "", nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) authorisation(ctx context.Context) error {
	const invoice = "AUTHORIZE-1"
	if err := s.buy(ctx, invoice, "AUTHORIZE", customer.Mastercard); err != nil {
		return err
	}
	if _, err := s.api.Await(ctx, invoice, "AUTHORIZED"); err != nil {
		return err
	}
	path := "/payments/" + invoice
	err := s.request(ctx, 200, "POST", path+"/capture", `{"payment":{"capture_amount":60000}}`, nil)
	record := `{"kind":"refund","amount":10000,"reference":"REHEARSAL-1","note":"refunded in the Back Office"}`
	// The route is called also if the capture failed, since a planted fault lets it fail.
	return errors.Join(err, s.request(ctx, 200, "POST", path+"/records", record, nil))
}

// decisions also looks for the order that waits for a person, for which the index attention has an entry.
func (s *stage) decisions(ctx context.Context) error {
	if err := s.buy(ctx, "CLOSE-1", "SALE", customer.Card{}); err != nil {
		return err
	}
	if err := s.request(ctx, 200, "POST", "/payments/CLOSE-1/close", `{"note":"rehearsal"}`, nil); err != nil {
		return err
	}
	const invoice = "CONFLICT-1"
	faults := fmt.Sprintf(`{"invoice_number":%q,"faults":{"notifications":{"other_channel":1}}}`, invoice)
	if _, err := s.control(ctx, "faults/order", faults); err != nil {
		return err
	}
	if err := s.buy(ctx, invoice, "SALE", customer.Visa); err != nil {
		return err
	}
	var shown struct {
		Conflicts []struct{ ID string }
	}
	for len(shown.Conflicts) == 0 {
		if err := s.request(ctx, 200, "GET", "/payments/"+invoice, "", &shown); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := s.request(ctx, 200, "GET", "/payments?attention=true", "", nil); err != nil {
		return err
	}
	body := fmt.Sprintf(`{"conflict":%q,"decision":"none","note":"rehearsal"}`, shown.Conflicts[0].ID)
	return s.request(ctx, 200, "POST", "/payments/"+invoice+"/resolve", body, nil)
}

func (s *stage) savedCard(ctx context.Context) error {
	if err := s.buy(ctx, "SAVE-1", "SALE", customer.Visa, url.Values{"save": {"on"}}); err != nil {
		return err
	}
	path := "/customers/" + customerID + "/tokens"
	var shown struct {
		Tokens []struct {
			ID string `json:"token_id"`
		}
	}
	if err := s.request(ctx, 200, "GET", path, "", &shown); err != nil {
		return err
	}
	return s.request(ctx, 404, "DELETE", path+"/unknown", "", nil)
}

// orphan sends the signed notification of an event file.
func (s *stage) orphan(ctx context.Context) error {
	event, err := os.ReadFile(filepath.Join("events", "notify-orphan.json"))
	if err != nil {
		return err
	}
	answer, err := s.invokeRoute(ctx, "notify", event)
	if err == nil && !strings.Contains(string(answer), `"statusCode":200`) {
		err = fmt.Errorf("notify answered %s", answer)
	}
	return err
}

// lost makes a payment of which kasir is not notified, on a page that has ended. The page's end is moved in the table,
// since the functions have no clock but the real one.
func (s *stage) lost(ctx context.Context) error {
	const invoice = "LOST-1"
	faults := fmt.Sprintf(`{"invoice_number":%q,"faults":{"notifications":{"drop":1}}}`, invoice)
	if _, err := s.control(ctx, "faults/order", faults); err != nil {
		return err
	}
	if err := s.buy(ctx, invoice, "SALE", customer.Visa); err != nil {
		return err
	}
	table := &store.DynamoDB{Client: dynamodb.Client(s.store.URL), Table: s.table, NewID: rand.Text}
	o, err := table.Get(ctx, invoice)
	if err != nil {
		return err
	}
	o.PageEnd = time.Now().Add(-time.Hour)
	o.DueAt, o.Facts.Page.ExpiresAt = o.PageEnd, o.PageEnd
	if err := table.Update(ctx, o); err != nil {
		return err
	}
	if err := s.runSchedules(ctx); err != nil {
		return err
	}
	if p, err := s.api.Payment(ctx, invoice); err != nil || p.Status != "PAID" {
		return fmt.Errorf("%s is %s after reconcile, %w", invoice, p.Status, err)
	}
	return nil
}

// refresh asks about a payment of which kasir is not notified. At first the answer may be that it is too early.
func (s *stage) refresh(ctx context.Context) error {
	const invoice = "REFRESH-1"
	faults := fmt.Sprintf(`{"invoice_number":%q,"faults":{"notifications":{"drop":1}}}`, invoice)
	if _, err := s.control(ctx, "faults/order", faults); err != nil {
		return err
	}
	if err := s.buy(ctx, invoice, "SALE", customer.Visa); err != nil {
		return err
	}
	path := "/payments/" + invoice + "/refresh"
	answer, err := s.api.Do(ctx, http.MethodPost, path, nil, nil)
	for err == nil && answer.Status == http.StatusTooManyRequests && ctx.Err() == nil {
		time.Sleep(time.Second)
		answer, err = s.api.Do(ctx, http.MethodPost, path, nil, nil)
	}
	if err == nil && !strings.Contains(string(answer.Body), `"PAID"`) {
		err = fmt.Errorf("POST %s answered %d: %s", path, answer.Status, answer.Body)
	}
	return err
}
