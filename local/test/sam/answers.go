package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/shared/function"
)

// stackAPI is the HTTP API of make run. Nothing else runs on the machine, so its port is free.
const stackAPI = "http://127.0.0.1:8080"

// promise is the expected answer to an event.
type promise struct {
	status int      // 0: not an answer in HTTP
	body   []string // parts of the answer's body, or of the whole answer
	paid   string   // if set, a customer then pays on the page, and the order gets this status
}

// promises has an entry for every event file that make sam writes.
var promises = map[string]promise{
	"createpage.json":           {status: 201, body: []string{`"status":"PENDING"`}, paid: "PAID"},
	"getpayment.json":           {status: 200, body: []string{`"status":"PAID"`, `"paid":{"amount":90000`}},
	"refresh.json":              {status: 200, body: []string{`"status":"PAID"`, `"paid":{"amount":90000`}},
	"getpayment-list.json":      {status: 200, body: []string{`{"payments":[{"order":{"invoice_number":"SAM-`}},
	"createpage-authorize.json": {status: 201, body: []string{`"status":"PENDING"`}, paid: "AUTHORIZED"},
	"capture.json":              {status: 200, body: []string{`"status":"PAID"`, `"captured":60000`}},
	"refund.json":               {status: 201, body: []string{`"status":"SUCCESS"`, `"refunded":60000,"refundable":0`}},
	"createpage-notify.json":    {status: 201, body: []string{`"status":"PENDING"`}},
	"notify.json":               {status: 200, body: []string{`{"status":"ok"}`}},
	"getpayment-notify.json":    {status: 200, body: []string{`"status":"PAID"`, `"approval_code":"448998"`}},
	"createpage-resolve.json":   {status: 201, body: []string{`"status":"PENDING"`}},
	"notify-conflict.json":      {status: 200, body: []string{`{"status":"ok"}`}},
	"resolve.json":              {status: 200, body: []string{`"decision":"none"`}},
	"resolve-close.json":        {status: 200, body: []string{`"closed":{"at":"`}},
	"console.json":              {status: 200},
	"console-config.json":       {status: 200, body: []string{`"client_id":"kasir-staff"`}},
	"tokens.json":               {status: 200, body: []string{`{"tokens":[]}`}},
	"reconcile.json":            {body: []string{`"failed": 0`}},
	"settlements.json":          {status: 200, body: []string{`{"settlements":[]}`}},
	"settlements-detail.json":   {status: 404, body: []string{"No report of such a settlement was read."}},
	"settlements-upload.json":   {status: 201, body: []string{`"fields":{`, `"max_bytes":104857600`}},
	"settle.json":               {body: []string{`"differences": 0`}}, // no report
	"publish.json":              {body: []string{`{"batchItemFailures": []}`}},
	"deliver.json":              {body: []string{`{"batchItemFailures": [{"itemIdentifier": "`}}, // no endpoint
}

// answer is the answer of a function or of the HTTP API.
type answer struct {
	StatusCode int
	Body       string
}

// invoke runs the commands that make sam printed, in their order.
func (p *proof) invoke(ctx context.Context, calls []string) error {
	functions := map[string]bool{}
	for _, command := range calls {
		words := strings.Fields(command)
		file := filepath.Base(words[5])
		functions[words[3]], p.files = true, append(p.files, file)
		fmt.Println("$", command)
		c := exec.CommandContext(ctx, "bash", "-c", command)
		c.Dir = p.in("sam")
		log, err := os.Create(p.in("log"))
		if err != nil {
			return err
		}
		c.Stderr = log
		content, err := c.Output()
		log.Close()
		if err == nil {
			err = p.judge(ctx, file, content)
		}
		if err != nil {
			logged, _ := os.ReadFile(p.in("log"))
			return fmt.Errorf("%s: %w\n%s", command, err, logged)
		}
	}
	if len(calls) != len(promises) || len(functions) != len(function.All) {
		return fmt.Errorf("make sam printed %d commands for %d functions; expected %d for %d",
			len(calls), len(functions), len(promises), len(function.All))
	}
	return nil
}

// judge compares the answer of a function with its promise.
func (p *proof) judge(ctx context.Context, file string, content []byte) error {
	var got answer
	if err := json.Unmarshal(content, &got); err != nil {
		return fmt.Errorf("the answer %s: %w", content, err)
	}
	if got.StatusCode == 0 {
		got.Body = strings.TrimSpace(string(content))
	}
	return p.keep(ctx, file, got)
}

// keep compares an answer with the promise of its event file, and pays on the page if the promise requires it.
func (p *proof) keep(ctx context.Context, file string, got answer) error {
	fmt.Printf("    %s\n", got)
	want, known := promises[file]
	if !known || got.StatusCode != want.status {
		return fmt.Errorf("%s: answered %d, expected %d: %s", file, got.StatusCode, want.status, got.Body)
	}
	for _, piece := range want.body {
		if !strings.Contains(got.Body, piece) {
			return fmt.Errorf("%s: the answer lacks %s: %s", file, piece, got.Body)
		}
	}
	p.answers++
	if want.paid == "" {
		return nil
	}
	var page struct {
		merchant.Page
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
	}
	if err := json.Unmarshal([]byte(got.Body), &page); err != nil {
		return err
	}
	fmt.Println("    a customer pays on that page")
	if err := customer.Pay(ctx, http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Mastercard); err != nil {
		return err
	}
	bearer, err := token(ctx)
	if err != nil {
		return err
	}
	api := merchant.API{URL: stackAPI, Client: http.DefaultClient, Token: bearer}
	_, err = api.Await(ctx, page.Order.InvoiceNumber, want.paid)
	return err
}

// String returns the answer as the transcript shows it.
func (a answer) String() string {
	if a.StatusCode == 0 {
		return short(a.Body)
	}
	return fmt.Sprintf("%d %s", a.StatusCode, short(a.Body))
}

// short returns the part of a body that fits a line of the transcript.
func short(body string) string {
	body = strings.TrimSpace(body)
	if len(body) > 150 {
		return body[:150] + "…"
	}
	return body
}
