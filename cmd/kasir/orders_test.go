package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	localdynamodb "kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

// A spreadsheet must not take a text for a formula. A number stays a number.
func TestACellIsNoFormula(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "INV-1": "INV-1", "-INV": "'-INV", "=1+1": "'=1+1", "+62": "'+62", "@x": "'@x", "\tx": "'\tx",
		"\rx": "'\rx", "'x": "'x", "1=1": "1=1",
	} {
		if got := (&listing{}).cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := (&listing{raw: true}).cell(text); got != text {
			t.Errorf("%q with --raw: %q", text, got)
		}
	}
	if got := number(-5); got != "-5" {
		t.Errorf("a number: %q", got)
	}
}

// Support finds orders by every filter, and through pages. One item that cannot be read is named, and hides no other.
func TestOrdersAreFound(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	r.pay(t, "FIND-1001")
	for i := range 5 {
		body := fmt.Sprintf(`{"order":{"invoice_number":"FIND-200%d","amount":1000},`+
			`"customer":{"id":"CUST-%d","email":"budi@example.com"}}`, i, i%2)
		if _, err := r.CreatePage(t.Context(), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	formula := `{"order":{"invoice_number":"-FIND-3","amount":1000},"customer":{"email":"budi@example.com"}}`
	if _, err := r.CreatePage(t.Context(), []byte(formula)); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, string, error) {
		return output(t, kasir(t, append(args, "--data", data, "--functions", harness.Functions())...))
	}
	for args, want := range map[string][]string{
		"": {"-FIND-3", "FIND-2004", "FIND-2003", "FIND-2002", "FIND-2001", "FIND-2000",
			"FIND-1001"},
		"--limit 2":                         {"-FIND-3", "FIND-2004"},
		"--status PAID":                     {"FIND-1001"},
		"--status PENDING --limit 2":        {"-FIND-3", "FIND-2004"},
		"--customer CUST-1":                 {"FIND-2003", "FIND-2001"},
		"--invoice FIND-20 --all":           {"FIND-2004", "FIND-2003", "FIND-2002", "FIND-2001", "FIND-2000"},
		"--invoice FIND-2003":               {"FIND-2003"},
		"--from 2026-01-01 --to 2026-01-31": {},
		"--last4 0000":                      {},
	} {
		stdout, stderr, err := run(append([]string{"orders", "--json"}, strings.Fields(args)...)...)
		var list ordersDocument
		if err := json.Unmarshal([]byte(stdout), &list); err != nil {
			t.Fatalf("orders %s: %v\n%s%s", args, err, stdout, stderr)
		}
		got := []string{}
		for _, o := range list.Orders {
			got = append(got, o.Invoice)
		}
		if err != nil || !slices.Equal(got, want) || (list.Cursor != "") != strings.Contains(args, "--limit") {
			t.Errorf("orders %s: %v, %v, cursor %q, want %v", args, got, err, list.Cursor, want)
		}
	}
	for args, want := range map[string]string{
		"orders --invoice FIND-200I":     "there is no such order; these are similar: FIND-2004, FIND-2003",
		"orders --status VOIDED":         "no order matches",
		"orders --limit 1":               "there are more orders: list them with --all",
		"orders --limit 0":               "--limit 0: it must be above 0",
		"orders --raw":                   "--raw is for --csv",
		"orders --customer=":             "--customer must have 1 to 50 characters",
		"orders --last4 1 --status paid": "--last4 must be the last four digits of a card; --status must be one of",
		"orders --cursor nonsense":       "--cursor is not one of a list with these filters",
		"orders --from 2026-01-01":       "--from begins a range of",
		"orders --attention=tardy":       "--attention must be true, or one or more of parked",
		"reindex --rate 0":               "--rate 0: it must be between 1 and 1000",
		"reindex":                        "looked at 7 orders of the running kasir local",
	} {
		stdout, stderr, _ := run(strings.Fields(args)...)
		if !strings.Contains(stdout+stderr, want) {
			t.Errorf("kasir %s: %s%s, want %q", args, stdout, stderr, want)
		}
	}
	stdout, stderr, err := run("orders", "--csv")
	lines, csvErr := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || csvErr != nil || len(lines) != 8 || lines[1][0] != "'-FIND-3" || lines[7][4] != "90000" {
		t.Errorf("%v, %v, %q, %s", err, csvErr, lines, stderr)
	}
	damage(t, data, "FIND-2002")
	stdout, stderr, err = run("orders")
	if err == nil || strings.Count(stdout, "FIND-") != 6 || !strings.Contains(stderr, "cannot be read: FIND-2002") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

// damage gives an order an amount that no order has.
func damage(t *testing.T, data, invoice string) {
	t.Helper()
	environment, running := stack.Running(data)
	if !running {
		t.Fatal("nothing runs")
	}
	client := localdynamodb.Client(environment["AWS_ENDPOINT_URL_DYNAMODB"])
	key := &types.AttributeValueMemberS{Value: "order#" + invoice}
	_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(stack.Table), UpdateExpression: aws.String("SET a = :half"),
		Key:                       map[string]types.AttributeValue{store.KeyAttribute: key},
		ExpressionAttributeValues: map[string]types.AttributeValue{":half": &types.AttributeValueMemberN{Value: "1.5"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
