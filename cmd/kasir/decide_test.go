package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// operating runs kasir's commands on the orders of one kasir local.
type operating struct {
	*running
	args []string // flags that name the place of the orders
	env  []string
}

func operate(t *testing.T) operating {
	t.Helper()
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	t.Cleanup(func() { r.end(t, os.Interrupt) })
	return operating{running: r, args: []string{"--data", data, "--functions", harness.Functions()}}
}

// run checks that a command prints want, or that it fails with want if an exclamation mark precedes it.
func (o operating) run(t *testing.T, want string, args ...string) string {
	t.Helper()
	want, fails := strings.CutPrefix(want, "!")
	c := kasir(t, append(args, o.args...)...)
	c.Env = append(c.Env, o.env...)
	stdout, stderr, err := output(t, c)
	text := stdout
	if fails {
		text = stderr
	}
	if (err != nil) != fails || !strings.Contains(text, want) {
		t.Fatalf("kasir %s: %v\n%s%s, want %q", strings.Join(args, " "), err, stdout, stderr, want)
	}
	return stdout
}

// A report of another amount waits for a person, who gets the command to type and decides once.
func TestAnOperatorDecidesAboutAConflict(t *testing.T) {
	o := operate(t)
	o.run(t, `"statusCode":201`, "invoke", "createpage", "-e", "events/createpage-base64.json")
	o.run(t, `"statusCode":200`, "invoke", "notify", "-e", "events/notify-conflict.json")
	listing := o.run(t, "INV-EVENT-0002  NEEDS_REVIEW", "orders", "--attention")
	found := regexp.MustCompile(`kasir resolve INV-EVENT-0002 --conflict (\S+) --counts\|--none --by`).FindStringSubmatch(listing)
	if found == nil {
		t.Fatalf("no command to copy in\n%s", listing)
	}
	id := found[1]
	for want, args := range map[string][]string{
		"!either --counts or --none":      {"--conflict", id, "--note", "x"},
		"!takes --counts or --none":       {"--conflict", id, "--done", "--note", "x"},
		"!need --conflict":                {"capture", "--none", "--note", "x"},
		"!an operation, --conflict ID or": {"--done", "--note", "x"},
		"!--note is required":             {"--conflict", id, "--none"},
		"!at most 500 are kept":           {"--conflict", id, "--none", "--note", strings.Repeat("x", 501)},
		"!The order has no such conflict. These wait for a person: --conflict " +
			id: {"--conflict", "0123", "--none", "--note", "x"},
	} {
		o.run(t, want, append([]string{"resolve", "INV-EVENT-0002"}, args...)...)
	}
	o.run(t, "INV-EVENT-0002 is PAID, refundable 80000\n",
		"resolve", "INV-EVENT-0002", "--conflict", id, "--counts", "--by", "Sari", "--note",
		"80000 is the price with our voucher")
	o.run(t, "!decided already", "resolve", "INV-EVENT-0002", "--conflict", id, "--none", "--note", "no")
	o.run(t, "counts at ", "orders", "show", "INV-EVENT-0002")
	o.run(t, "by Sari: 80000 is the price with our voucher", "orders", "show", "INV-EVENT-0002")
	o.run(t, "no order needs a person", "orders", "--attention")
}

// A closed order gets no further page. DOKU's page stays open, and money that still comes needs a person, who gets a
// refund to copy.
func TestAnOperatorClosesAnOrder(t *testing.T) {
	o := operate(t)
	body := []byte(`{"order":{"invoice_number":"CLOSE-1","amount":90000},"customer":{"email":"budi@example.com"},` +
		`"metadata":{"cart_id":"CART-77"}}`)
	page, err := o.CreatePage(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	o.run(t, "!there is no order CLOSE-9 in the running kasir local", "close", "CLOSE-9")
	o.run(t, "CLOSE-1 is PENDING, closed at ", "close", "CLOSE-1", "--by", "Sari", "--note", "ordered again")
	o.run(t, " by Sari\n", "close", "CLOSE-1", "--by", "another")
	o.run(t, "by Sari: ordered again", "orders", "show", "CLOSE-1")
	o.run(t, "cart_id: CART-77\n", "orders", "show", "CLOSE-1")
	numbers := []string{"CLOSE-1", "NEXT-7", "NEXT-3", "NEXT-9", "NEXT-1"}
	for _, number := range numbers[1:] {
		if _, err := o.CreatePage(t.Context(), bytes.ReplaceAll(body, []byte("CLOSE-1"), []byte(number))); err != nil {
			t.Fatal(err)
		}
	}
	listing := o.run(t, "CLOSE-1  PENDING, closed  90000", "orders")
	slices.Reverse(numbers)
	if listed := regexp.MustCompile(`(?m)^[A-Z]+-\d`).FindAllString(listing, -1); !slices.Equal(listed, numbers) {
		t.Errorf("the newest order is not the first:\n%s", listing)
	}
	if answer, err := o.Do(t.Context(), http.MethodPost, "/payments", nil, body); err != nil ||
		answer.Status != http.StatusConflict {
		t.Errorf("another page: %d %s %v", answer.Status, answer.Body, err)
	}
	o.run(t, "no order needs a person", "orders", "--attention")
	if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Await(t.Context(), "CLOSE-1", "PAID"); err != nil {
		t.Fatal(err)
	}
	listing = o.run(t, "Money came for a closed order", "orders", "--attention")
	if want := `POST /payments/CLOSE-1/refunds {"refund":{"amount":90000},"expected_refundable":90000}`; !strings.Contains(listing, want) {
		t.Errorf("no refund to copy in\n%s", listing)
	}
	for want, args := range map[string][]string{
		"!--attention takes --subject": {"--attention", "closed_paid", "--done", "--note", "x"},
		"!--subject needs --attention": {"--subject", "x", "--done", "--note", "x"},
		"!The order has no open case of this kind and subject. These wait for a person: --attention closed_paid\n": {
			"--attention", "late", "--note", "x"},
	} {
		o.run(t, want, append([]string{"resolve", "CLOSE-1"}, args...)...)
	}
	o.run(t, "CLOSE-1 is PAID, refundable 90000, closed at ", "resolve", "CLOSE-1", "--attention", "closed_paid",
		"--by", "Sari", "--note", "sent today")
	o.run(t, "closed_paid at ", "orders", "show", "CLOSE-1")
	o.run(t, "no order needs a person", "orders", "--attention")
	o.pay(t, "CLOSE-2")
	o.run(t, "!only an unpaid order can be closed", "close", "CLOSE-2")
}

// If DOKU's people reject a refund that was accepted, its amount can be refunded again.
func TestAnOperatorTakesAManualRefundBack(t *testing.T) {
	o := operate(t)
	o.pay(t, "MANUAL-1")
	doku := sandboxOf(t, o.URL)
	post(t, doku+"/control/settle", `{}`)
	post(t, doku+"/control/manual-refunds", `{"on":true}`)
	header := http.Header{"Idempotency-Key": {"a-key-of-the-caller-1"}}
	answer, err := o.Do(t.Context(), http.MethodPost, "/payments/MANUAL-1/refunds", header,
		[]byte(`{"refund":{"amount":30000}}`))
	if err != nil || answer.Status != http.StatusCreated ||
		!strings.Contains(string(answer.Body), `"status":"MANUAL"`) {
		t.Fatalf("%d %s %v", answer.Status, answer.Body, err)
	}
	listing := o.run(t, "DOKU's people carry out refund-", "orders", "--attention")
	found := regexp.MustCompile(`kasir resolve MANUAL-1 (\S+) --done\|--refused --by`).FindStringSubmatch(listing)
	if found == nil {
		t.Fatalf("no command to copy in\n%s", listing)
	}
	o.run(t, "MANUAL-1 is PAID, refundable 90000\n", "resolve", "MANUAL-1", found[1], "--refused", "--note",
		"account closed")
	o.run(t, "FAILED", "orders", "show", "MANUAL-1")
	o.run(t, "!a manual refund, can be resolved. Nothing in it waits for a person\n", "resolve", "MANUAL-1", found[1],
		"--done", "--note", "no")
	o.run(t, "no order needs a person", "orders", "--attention")
}

// With --stage the commands use the outputs of make deploy, and the commands that they print contain --stage.
func TestAnOperatorWorksOnADeployedStage(t *testing.T) {
	o := operate(t)
	o.pay(t, "STAGE-1")
	environment, running := stack.Running(o.args[1])
	if !running {
		t.Fatal("nothing runs")
	}
	file := filepath.Join(t.TempDir(), "outputs.json")
	deployed := func(settings string) {
		t.Helper()
		content, err := json.Marshal(map[string]any{"kasir-production": map[string]string{
			"ApiUrl": "https://api.example", "NotificationUrl": "https://api.example/notifications",
			"DokuEnvironment": "production",
			"SecretArn":       "arn:aws:secretsmanager:us-east-1:111122223333:secret:kasir-x", "TableName": stack.Table,
			"Settings": settings,
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := o.args
	o.args = []string{"--stage", "production", "--outputs", file}
	o.env = []string{"AWS_ENDPOINT_URL_DYNAMODB=" + environment["AWS_ENDPOINT_URL_DYNAMODB"], "TABLE_NAME=another"}
	o.run(t, "!run make deploy STAGE=production first", "orders")
	deployed(`{"PAGE_LIFETIME":"30m0s"}`)
	o.run(t, "!there are no AWS credentials", "orders")
	o.env = append(o.env, "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local")
	o.run(t, "orders of the table "+stack.Table+" in us-east-1\nSTAGE-1  PAID", "orders")
	o.run(t, "!only an unpaid order can be closed", "close", "STAGE-1")
	report := filepath.Join(t.TempDir(), "report.csv")
	sandbox := environment["DOKU_ENVIRONMENT"]
	if err := os.WriteFile(report, postFor(t, sandbox+"/control/settlement"), 0o600); err != nil {
		t.Fatal(err)
	}
	deployed(`{"FEE":"1%"}`)
	o.run(t, "!1 row of the report differs", "settle", report) // the fee is the stage's
	deployed(`{}`)
	o.run(t, "every row matches the orders", "settle", report, "--dry-run")
	deployed("")
	o.run(t, "!deploy it again", "orders")
	deployed(`{"TRUST_WINDOW":"soon"}`)
	o.run(t, "!setting TRUST_WINDOW", "close", "STAGE-1") // the setting of the stage, not of this machine
	o.args = append(data, "--stage", "production")
	o.run(t, "!exclude each other", "orders")
}
