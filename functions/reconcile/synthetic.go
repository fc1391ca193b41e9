package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/payment"
)

// synthetic asks for a test of the deployment instead of a run: of the notification URL, or of a payment page.
type synthetic struct {
	Notify string `json:"notify"` // https://…, the URL that DOKU posts notifications to
	Page   bool   `json:"page"`   // never in production, where each order is in the books
}

// emptyNotification reports nothing that kasir keeps. No order can have its number, since numbers have no spaces.
const emptyNotification = `{"order":{"invoice_number":"kasir synthetic","amount":0},` +
	`"transaction":{"type":"SALE","status":"PENDING"},"channel":{"id":"CREDIT_CARD"}}`

// syntheticAmount is the amount of an order of the test, in rupiah.
const syntheticAmount = 10000

// outside calls the notification URL and the page as the internet does.
var outside = &http.Client{Timeout: 20 * time.Second}

// run carries the test out and counts it if it passed. A failure is no failure of the run: the log line has it, and the
// alarm goes off because nothing is counted.
func (s synthetic) run(ctx context.Context, payments *payment.Service) {
	test := s.notify
	if s.Page {
		test = makePage
	}
	if err := test(ctx, payments); err != nil {
		payments.Log.ErrorContext(ctx, "synthetic", "page", s.Page, "error", payment.Describe(err))
		return
	}
	edge.FromContext(ctx).CountSynthetic(s.Page)
}

// notify posts a signed notification to the public URL, which must accept it.
func (s synthetic) notify(ctx context.Context, payments *payment.Service) error {
	target, err := url.Parse(s.Notify)
	if err != nil || target.Scheme != "https" || target.Host == "" || target.Path != payments.Receiver.Target {
		return fmt.Errorf("notify must be an https URL with the path %s", payments.Receiver.Target)
	}
	body := []byte(emptyNotification)
	keys := payments.Receiver.Keys.Keyring(ctx)
	component := doku.Component{
		ClientID: keys.ClientID, RequestID: payments.NewID(), Target: payments.Receiver.Target,
		Timestamp: payments.Now().UTC().Format(doku.TimestampLayout), Digest: doku.Digest(body),
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Notify, bytes.NewReader(body))
	if err != nil {
		return errors.New("notify is no URL")
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Client-Id": component.ClientID, "Request-Id": component.RequestID,
		"Request-Timestamp": component.Timestamp, "Signature": doku.Sign(keys.Current, component),
	} {
		request.Header.Set(name, value)
	}
	return expectOK(request)
}

// makePage asks DOKU for a page of an order of its own, as createpage does, reads the order back, and fetches the page.
// The order's name holds the hour, so a repeated invocation makes no second order.
func makePage(ctx context.Context, payments *payment.Service) error {
	if payments.Merchant.Environment == "production" {
		return errors.New("in production no synthetic order is made")
	}
	var asked payment.PageRequest
	asked.Order.InvoiceNumber = "KASIR-SYNTHETIC-" + payments.Now().UTC().Format("20060102-15")
	asked.Order.Amount = syntheticAmount
	asked.Payment.Type = doku.Sale
	asked.Customer = doku.Customer{ID: "KASIR-SYNTHETIC", Name: "kasir synthetic", Email: "synthetic@example.com"}
	asked.Caller = payment.Caller{Subject: "kasir synthetic", Prices: true}
	answer, err := payments.CreatePage(ctx, asked)
	if err = errors.Join(err, answer.Unknown); err != nil {
		return fmt.Errorf("asking for a page: %w", err)
	}
	o, err := payments.Find(ctx, asked.Order.InvoiceNumber)
	if err != nil {
		return fmt.Errorf("reading the order: %w", err)
	}
	if o.Facts.Page == nil {
		return errors.New("the order has no page")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, string(o.Facts.Page.URL), nil)
	if err != nil {
		return errors.New("the page has no URL")
	}
	return expectOK(request)
}

// expectOK sends a request. Its errors do not hold the URL, since that of a page opens it.
func expectOK(request *http.Request) error {
	response, err := outside.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return fmt.Errorf("%s: %w", request.Method, err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s was answered with %d", request.Method, response.StatusCode)
	}
	return nil
}
