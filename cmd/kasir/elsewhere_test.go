package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"kasir/local/customer"
)

// A refund in DOKU's Back Office, told twice by the same person, counts once. Its withdrawal undoes it.
func TestAnOperatorRecordsARefund(t *testing.T) {
	o := operate(t)
	o.pay(t, "MOVED-1")
	for want, args := range map[string][]string{
		"!must be one of refund, void":    {"payment", "MOVED-1", "--amount", "1", "--note", "x"},
		"!--amount 0: it must be above 0": {"refund", "MOVED-1", "--note", "x"},
		"!--note is required":             {"refund", "MOVED-1", "--amount", "1"},
		"!--withdraws ID is required":     {"withdrawal", "MOVED-1", "--note", "x"},
		"!--note has control characters":  {"refund", "MOVED-1", "--amount", "1", "--note", "a\x1b[31mRED"},
		"!--by has 5000 bytes": {"refund", "MOVED-1", "--amount", "1", "--note", "x", "--by",
			strings.Repeat("x", 5000)},
		"!--by has characters that cannot": {"refund", "MOVED-1", "--amount", "1", "--note", "x", "--by", "a\x1b[31m"},
		"!neither --amount nor --reference": {"withdrawal", "MOVED-1", "--withdraws", "x", "--amount", "1", "--note",
			"x"},
		"!at most 64 are kept": {"refund", "MOVED-1", "--amount", "1", "--note", "x", "--reference",
			strings.Repeat("é", 65)},
		"!--amount is more than was taken": {"refund", "MOVED-1", "--amount", "90001",
			"--note", "x"},
		"!there is no order MOVED-9": {"refund", "MOVED-9", "--amount", "1", "--note",
			"x"},
		"!kasir orders show lists the ids) names no movement of this": {"withdrawal", "MOVED-1", "--withdraws", "0123",
			"--note", "x"},
	} {
		o.run(t, want, append([]string{"record"}, args...)...)
	}
	record := []string{"record", "refund", "MOVED-1", "--amount", "50000", "--reference", "RF-4711", "--by", "Sari",
		"--note", "refunded by hand"}
	for range 2 {
		o.run(t, "MOVED-1 is PARTIALLY_REFUNDED, refundable 40000\n", record...)
	}
	o.run(t, "MOVED-1 is REFUNDED, refundable 0\n", "record", "refund", "MOVED-1", "--amount", "40000",
		"--note", "the rest")
	var shown struct {
		Elsewhere []struct {
			ID, Reference string
			Recorded      struct{ By, Note string }
		}
	}
	if err := json.Unmarshal([]byte(o.run(t, "{", "orders", "show", "MOVED-1", "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	id := ""
	for _, e := range shown.Elsewhere {
		if e.Reference == "RF-4711" && e.Recorded.By == "Sari" && e.Recorded.Note == "refunded by hand" {
			id = e.ID
		}
	}
	o.run(t, id, "orders", "show", "MOVED-1")
	o.run(t, "the record's id is "+id+"\n", record...)
	o.run(t, "MOVED-1 is PARTIALLY_REFUNDED, refundable 50000\n", "record", "withdrawal", "MOVED-1", "--withdraws", id,
		"--by", "Sari", "--note", "it was another order")
	_, stderr, err := output(t, kasir(t, append(record, o.args...)...))
	if err != nil || !strings.Contains(stderr, "by Sari, and does not count: to make it again, give another --key") {
		t.Errorf("a withdrawn record, made again: %v %s", err, stderr)
	}
	o.run(t, "MOVED-1 is PARTIALLY_REFUNDED, refundable 50000\n", record...) // a repeat is still the same record
}

// If an order has several cases of a kind, the error names the flag and the subjects.
func TestAnOperatorNamesTheSubject(t *testing.T) {
	o := operate(t)
	o.pay(t, "MOVED-2")
	doku := sandboxOf(t, o.URL)
	post(t, doku+"/control/settle", `{}`)
	for range 2 {
		post(t, doku+"/control/backoffice", `{"invoice_number":"MOVED-2","act":"refund","amount":10000}`)
	}
	for shown := ""; !strings.Contains(shown, "refundable 70000") && t.Context().Err() == nil; {
		shown = o.run(t, "MOVED-2", "orders", "show", "MOVED-2")
	}
	o.run(t, "!kasir: --subject is required, since the order has several cases of this kind; open: refund:10000:1, ",
		"resolve", "MOVED-2", "--attention", "elsewhere", "--note", "x")
}

// A forgotten customer's orders keep their money, and nothing that names the customer or the card.
func TestForgettingACustomer(t *testing.T) {
	o := operate(t)
	for _, invoice := range []string{"FORGET-1", "FORGET-2", "KEEP-1"} {
		id := map[bool]string{true: "CUST-9", false: "CUST-8"}[strings.HasPrefix(invoice, "FORGET")]
		kind := map[string]string{"FORGET-2": "AUTHORIZE"}[invoice]
		body := `{"order":{"invoice_number":"` + invoice + `","amount":90000},"customer":{"id":"` + id +
			`","email":"budi@example.com"},"metadata":{"cart_id":"CART-77"},` +
			`"payment":{"type":"` + cmp.Or(kind, "SALE") + `"}}`
		page, err := o.CreatePage(t.Context(), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		url := page.CreditCardPaymentPage.URL
		if err := customer.Pay(t.Context(), http.DefaultClient, url, customer.Visa); err != nil {
			t.Fatal(err)
		}
		status := map[bool]string{true: "PAID", false: "AUTHORIZED"}[kind == ""]
		if _, err := o.Await(t.Context(), invoice, status); err != nil {
			t.Fatal(err)
		}
	}
	o.run(t, "!--yes is required", "forget", "--customer", "CUST-9")
	said := o.run(t, "erased in 2 of 2 orders", "forget", "--customer", "CUST-9", "--by", "Sari", "--note",
		"request 4711", "--yes")
	if !strings.Contains(said, "FORGET-2: money is reserved on the card") || !strings.Contains(said, "DOKU's records") {
		t.Errorf("it does not say what stays:\n%s", said)
	}
	var doc erasedDocument
	c := kasir(t, append([]string{"forget", "--customer", "CUST-9", "--yes", "--json"}, o.args...)...)
	again, stderr, err := output(t, c)
	if status(err) != 1 || !strings.Contains(stderr, "no order of this customer was found in ") {
		t.Errorf("a customer without orders: %v %s", err, stderr)
	}
	if err := json.Unmarshal([]byte(again), &doc); err != nil || doc.Found != 0 || len(doc.Beyond) < 4 {
		t.Errorf("%+v %v", doc, err)
	}
	for _, invoice := range []string{"FORGET-1", "FORGET-2"} {
		text := o.run(t, `"amount": 90000`, "orders", "show", invoice, "--json")
		if strings.Contains(text, "476134") || strings.Contains(text, "CART-77") ||
			!strings.Contains(text, "forgotten_at") {
			t.Errorf("%s still shows the customer, or not that it was erased:\n%s", invoice, text)
		}
	}
	o.run(t, "476134", "orders", "show", "KEEP-1")
	o.run(t, "no order matches", "orders", "--customer", "CUST-9")
	answer, err := o.Do(t.Context(), http.MethodPost, "/payments/FORGET-2/capture", nil, []byte("{}"))
	if err != nil || answer.Status != http.StatusOK {
		t.Errorf("the money of a forgotten order: %d %s %v", answer.Status, answer.Body, err)
	}
}

// An order with an undecided conflict is named and left as it is. The others are erased.
func TestForgettingLeavesAnOrderInConflict(t *testing.T) {
	o := operate(t)
	o.run(t, `"statusCode":201`, "invoke", "createpage", "-e", "events/createpage.json")
	o.run(t, `"statusCode":201`, "invoke", "createpage", "-e", "events/createpage-base64.json")
	o.run(t, `"statusCode":200`, "invoke", "notify", "-e", "events/notify-conflict.json") // of the second
	said := o.run(t, "INV-EVENT-", "orders", "--customer", "CUST-0001")
	found := strings.Count(said, "INV-EVENT-")
	c := kasir(t, append([]string{"forget", "--customer", "CUST-0001", "--yes"}, o.args...)...)
	stdout, stderr, err := output(t, c)
	want := fmt.Sprintf("erased in %d of %d orders", found-1, found)
	if status(err) != 1 || !strings.Contains(stdout, want) ||
		!strings.Contains(stdout, "INV-EVENT-0002 is as it was: A person must first decide") ||
		!strings.Contains(stderr, "1 orders are as they were; settle them, and run it again") {
		t.Errorf("%v, want %q\n%s%s", err, want, stdout, stderr)
	}
}

// A payment whose notification was lost is found when an operator asks.
func TestAnOperatorAsksDOKU(t *testing.T) {
	o := operate(t)
	post(t, sandboxOf(t, o.URL)+"/control/faults", `{"notifications":{"drop":1}}`)
	body := `{"order":{"invoice_number":"ASK-1","amount":90000},"customer":{"email":"budi@example.com"}}`
	page, err := o.CreatePage(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	url := page.CreditCardPaymentPage.URL
	if err := customer.Pay(t.Context(), http.DefaultClient, url, customer.Visa); err != nil {
		t.Fatal(err)
	}
	o.run(t, "ASK-1 is PAID, refundable 90000\n", "refresh", "ASK-1")
	o.run(t, "!DOKU was asked about ASK-1 a moment ago: ask again in ", "refresh", "ASK-1")
	o.run(t, "!there is no order ASK-9\n", "refresh", "ASK-9")
}

// With --stage the deployed function is invoked, with scopes as the stage's issuer writes them.
func TestAnOperatorAsksDOKUForAStage(t *testing.T) {
	var body []byte
	stand := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/2015-03-31/functions/kasir-refresh-1:live/invocations" {
			http.NotFound(w, r)
			return
		}
		body, _ = io.ReadAll(r.Body)
		fmt.Fprint(w, `{"statusCode":200,"headers":{},"body":"{\"order\":{\"invoice_number\":\"ASK-1\"},\"status\":\"PAID\"}"}`)
	})
	outputs := stageOutputs(t, map[string]string{"RefreshFunction": "kasir-refresh-1:live",
		"TableName": "kasir-production", "Settings": `{"SCOPE_PREFIX":"kasir/"}`})
	c := kasir(t, "refresh", "ASK-1", "--stage", "production", "--outputs", outputs)
	c.Env = append(append(c.Env, someCredentials...), "AWS_ENDPOINT_URL_LAMBDA="+stand)
	stdout, stderr, err := output(t, c)
	if err != nil || stdout != "ASK-1 is PAID\n" {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	if sent := string(body); !strings.Contains(sent, `"scope":"kasir/payments:read kasir/payments:read:all"`) ||
		!strings.Contains(sent, `"pathParameters":{"invoice_number":"ASK-1"}`) {
		t.Errorf("invoked with %s", sent)
	}
}
