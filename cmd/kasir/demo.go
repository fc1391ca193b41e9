package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/spf13/cobra"

	localdb "kasir/local/aws/dynamodb"
	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/shared/route"
	"kasir/shared/store"
)

func demoCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "demo",
		Short: "Make one payment from end to end and print each step",
		Long: "Starts everything on free ports with orders in memory, asks for a page, and pays on it with a test\n" +
			"card. Then a part is refunded in DOKU's Back Office, a settlement report with a wrong row is read, and\n" +
			"the books of the month are printed.",
		Example: "  kasir demo",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			where.memory = true
			cfg, err := where.config()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context(), demoTime)
			defer cancel()
			return demo(ctx, screenOf(c), cfg)
		},
	}
	where.flags(c, false)
	return c
}

// demo makes a payment and prints each step on one line: the request, the answer, the stored item.
func demo(ctx context.Context, s *screen, cfg stack.Config) error {
	end := s.begin("starting the functions, DynamoDB and the sandbox")
	defer end()
	running, err := stack.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer running.Close()
	api := merchant.API{URL: running.API, Client: http.DefaultClient}
	d := demonstration{steps: steps{screen: s}, stack: running, api: api}
	d.printStep("started", "HTTP API %s, DOKU's sandbox %s, embedded DynamoDB %s",
		running.API, running.DOKU, running.DynamoDB)
	for _, step := range []func(context.Context) error{
		d.getToken, d.createPage, d.repeatCreatePage, d.decline, d.pay, d.getPayment,
		d.openBooks, d.refundElsewhere, d.settle, d.keepBooks,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.document(demoDocument{d.all})
}

// demoDocument is the output of kasir demo --json.
type demoDocument struct {
	Steps []step `json:"steps"`
}

const (
	demoInvoice = "DEMO-0001"
	demoBody    = `{"order":{"invoice_number":"DEMO-0001","amount":90000,` +
		`"line_items":[{"name":"Kopi Gayo 250 g","price":45000,"quantity":2}]},"customer":{"email":"budi@example.com"}}`
)

type demonstration struct {
	steps
	stack *stack.Stack
	api   merchant.API
	page  string
	desk  *desk // from openBooks on
}

// getToken shows that a request without a token is refused. It then gets a token as a merchant's back end does.
func (d *demonstration) getToken(ctx context.Context) error {
	answer, err := d.api.Do(ctx, http.MethodPost, "/payments", nil, []byte(demoBody))
	if err != nil {
		return err
	}
	if answer.Status != http.StatusUnauthorized {
		return fmt.Errorf("POST /payments without a token answered %d: %s", answer.Status, answer.Body)
	}
	d.printStep("refused", "POST /payments without a token: %d %s", answer.Status, answer.Body)
	d.api.Token, err = d.stack.Token("merchant", route.PaymentsCreate, route.PaymentsPrice, route.PaymentsRead)
	if err != nil {
		return err
	}
	d.printStep("took", "a token of %s: payments:create payments:price payments:read", d.stack.Issuer)
	return nil
}

func (d *demonstration) createPage(ctx context.Context) error {
	d.printStep("sent", "POST /payments %s", demoBody)
	answer, err := d.api.Do(ctx, http.MethodPost, "/payments", nil, []byte(demoBody))
	if err != nil {
		return err
	}
	var page merchant.Page
	if err := json.Unmarshal(answer.Body, &page); err != nil || answer.Status != http.StatusCreated {
		return fmt.Errorf("POST /payments answered %d: %s", answer.Status, answer.Body)
	}
	d.page = page.CreditCardPaymentPage.URL
	d.printStep("answer", "%d %s, page %.60s…", answer.Status, page.Status, d.page)
	return d.printItem(ctx)
}

func (d *demonstration) repeatCreatePage(ctx context.Context) error {
	d.printStep("sent", "the same POST /payments again, as after a lost answer")
	answer, err := d.api.Do(ctx, http.MethodPost, "/payments", nil, []byte(demoBody))
	if err != nil {
		return err
	}
	var page merchant.Page
	if json.Unmarshal(answer.Body, &page) != nil || answer.Status != http.StatusOK ||
		page.CreditCardPaymentPage.URL != d.page {
		return fmt.Errorf("the repeat answered %d: %s", answer.Status, answer.Body)
	}
	d.printStep("answer", "%d %s, the same page, Idempotent-Replayed: %s",
		answer.Status, page.Status, answer.Header.Get("Idempotent-Replayed"))
	return nil
}

func (d *demonstration) decline(ctx context.Context) error {
	return d.payWith(ctx, customer.Insufficient, "FAILED")
}

func (d *demonstration) pay(ctx context.Context) error {
	return d.payWith(ctx, customer.Visa, "PAID")
}

// payWith pays with a card and waits until the notification has changed the order's status.
func (d *demonstration) payWith(ctx context.Context, card customer.Card, status string) error {
	number := card.Number
	d.printStep("paid", "on the hosted page with card %s…%s and its one-time password", number[:6], number[12:])
	if err := customer.Pay(ctx, http.DefaultClient, d.page, card); err != nil {
		return err
	}
	if _, err := d.api.Await(ctx, demoInvoice, status); err != nil {
		return err
	}
	d.printStep("notified", "DOKU posted a signed notification, and the order is %s", status)
	return d.printItem(ctx)
}

func (d *demonstration) getPayment(ctx context.Context) error {
	d.printStep("sent", "GET /payments/%s", demoInvoice)
	answer, err := d.api.Do(ctx, http.MethodGet, "/payments/"+demoInvoice, nil, nil)
	if err != nil {
		return err
	}
	var p merchant.Payment
	if err := json.Unmarshal(answer.Body, &p); err != nil {
		return err
	}
	d.printStep("answer", "%d %s with card %s after %d declined attempt",
		answer.Status, p.Status, p.Card.Masked, len(p.Failures))
	if p.Status != "PAID" {
		return fmt.Errorf("the order ended %s", p.Status)
	}
	return nil
}

// printItem prints the version of the order's item in DynamoDB, and the order's status.
func (d *demonstration) printItem(ctx context.Context) error {
	key := "order#" + demoInvoice
	out, err := localdb.Client(d.stack.DynamoDB).GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(stack.Table), ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{store.KeyAttribute: &types.AttributeValueMemberS{Value: key}},
	})
	if err != nil {
		return err
	}
	version, ok := out.Item["v"].(*types.AttributeValueMemberN)
	if !ok {
		return fmt.Errorf("there is no item %s", key)
	}
	p, err := d.api.Payment(ctx, demoInvoice)
	if err != nil {
		return err
	}
	d.printStep("stored", "item %s, version %s, %s", key, version.Value, p.Status)
	return nil
}
