package main

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	localdynamodb "kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/books"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// month returns the month in Jakarta of a time.
func month(t time.Time) string { return t.In(time.FixedZone("WIB", 7*60*60)).Format("2006-01") }

// account returns the amount of a term in a document of kasir books.
func (d booksDocument) account(term books.Term) bookAccount {
	return d.Accounts[slices.IndexFunc(d.Accounts, func(a bookAccount) bool { return a.Term == term })]
}

// An accountant reads the books of the running stack and of an export of its table, with the same result: as a table,
// for a spreadsheet and for a program.
func TestBooks(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	r.pay(t, "BOOKS-1")
	r.pay(t, "-BOOKS-2")
	r.giveBack(t, "BOOKS-1", 90_000)
	spoil(t, data, "BOOKS-BAD")
	batch := payment.Batch{ID: "0123456789ab", Name: "B-HALF", SHA256: "x", State: payment.BatchApplying, Rows: 2}
	half := store.DynamoDB{Client: tableOf(t, data), Table: stack.Table, NewID: func() string { return "one" }}
	if err := half.PutBatch(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	now := month(time.Now())
	export := exportTable(t, data)
	var documents []booksDocument
	for _, from := range [][]string{{"--data", data, "--functions", harness.Functions()}, {"--export", export}} {
		run := func(args ...string) *exec.Cmd {
			return kasir(t, append(append([]string{"books"}, from...), args...)...)
		}
		var d booksDocument
		oneDocument(t, &d, true, run("--month", now))
		documents = append(documents, d)
		if taken := d.account(books.Taken); taken.Amount != 180_000 || len(taken.Lines) != 2 {
			t.Errorf("%v: taken %+v", from, taken)
		}
		if left := d.account(books.Outstanding); left.Amount != 90_000 || d.account(books.Refunded).Amount != 90_000 {
			t.Errorf("%v: outstanding %+v", from, left)
		}
		if !slices.Equal(d.Unfinished, []string{"B-HALF"}) {
			t.Errorf("%v: unfinished %v", from, d.Unfinished)
		}
		if d.Orders != 3 || !slices.Equal(d.Unreadable, []string{"BOOKS-BAD"}) {
			t.Errorf("%v: read %d, unreadable %v", from, d.Orders, d.Unreadable)
		}
		stdout, stderr, err := output(t, run("--month", now, "--summary"))
		if err == nil || !strings.Contains(stderr, "the books are not whole") ||
			!strings.Contains(stderr, "were not applied to their end") || !strings.Contains(stderr, "B-HALF") {
			t.Errorf("%v: %v\n%s", from, err, stderr)
		}
		for part, wanted := range map[string]bool{
			"+ taken                       180,000  2 lines\n": true,
			"\ntaken\n":       false,
			"\noutstanding\n": true, "  -BOOKS-2  90,000  not settled: 90000 taken\n": true,
		} {
			if strings.Contains(stdout, part) != wanted {
				t.Errorf("%v: %q is %t in\n%s", from, part, !wanted, stdout)
			}
		}
		stdout, _, _ = output(t, run("--month", now, "--csv"))
		rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
		if err != nil || len(rows) != 5 || !slices.Equal(rows[0], booksHead) ||
			!strings.Contains(stdout, ",'-BOOKS-2,") {
			t.Errorf("%v: %v\n%s", from, err, stdout)
		}
		if d.Known != nil && d.Known.IsZero() {
			t.Errorf("%v: known at %s", from, d.Known)
		}
	}
	if !slices.EqualFunc(documents[0].Accounts, documents[1].Accounts,
		func(a, b bookAccount) bool { return a.Amount == b.Amount && slices.Equal(a.Lines, b.Lines) }) {
		t.Errorf("the export has other books: %+v", documents)
	}
}

// spoil writes an order that cannot be read.
func spoil(t *testing.T, data, invoice string) {
	t.Helper()
	_, err := tableOf(t, data).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(stack.Table),
		Item: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "order#" + invoice},
			"v":  &types.AttributeValueMemberN{Value: "1"}, "a": &types.AttributeValueMemberS{Value: "much"},
		}})
	if err != nil {
		t.Fatal(err)
	}
}

func tableOf(t *testing.T, data string) *dynamodb.Client {
	t.Helper()
	environment, running := stack.Running(data)
	if !running {
		t.Fatal("nothing runs")
	}
	return localdynamodb.Client(environment["AWS_ENDPOINT_URL_DYNAMODB"])
}

// exportTable writes the table as an export to S3 has it, without manifests.
func exportTable(t *testing.T, data string) string {
	t.Helper()
	all, err := tableOf(t, data).Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(stack.Table)})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file, err := os.Create(filepath.Join(folder, "items.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zipped := gzip.NewWriter(file)
	for _, attributes := range all.Items {
		item, err := attributevalue.MarshalMapJSON(attributes)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(zipped, `{"Item":%s}`+"\n", item)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

// A wrong command line is refused with the reason, before anything is read.
func TestBooksWithoutAnAnswer(t *testing.T) {
	empty := t.TempDir()
	for want, args := range map[string][]string{
		"--month is missing":                     {},
		`--month: "november" is not a month`:     {"--month", "november"},
		"--csv and --json exclude each other":    {"--month", "2026-11", "--csv", "--json"},
		"--raw is for --csv":                     {"--month", "2026-11", "--raw"},
		"--export and --data exclude each other": {"--month", "2026-11", "--export", empty, "--data", empty},
		"/nowhere: it is not a folder":           {"--month", "2026-11", "--export", "/nowhere"},
		"there is no file *.json.gz":             {"--month", "2026-11", "--export", empty},
		"there are no orders: no kasir local is": {"--month", "2026-11", "--data", empty},
		"reading the stage's outputs":            {"--month", "2026-11", "--stage", "nowhere"},
	} {
		stdout, stderr, err := output(t, kasir(t, append([]string{"books"}, args...)...))
		if err == nil || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("%q: %v, %s%s", args, err, stdout, stderr)
		}
	}
	outputs := stageOutputs(t, map[string]string{"TableName": "kasir-Orders-1"})
	c := kasir(t, "books", "--month", "2026-11", "--stage", "production", "--outputs", outputs)
	c.Env = append(c.Env, someCredentials...)
	_, stderr, err := output(t, c)
	if err == nil || !strings.Contains(stderr, "--table-name kasir-Orders-1") ||
		!strings.Contains(stderr, "books --month 2026-11 --export ./export") {
		t.Errorf("%v: %s", err, stderr)
	}
}

func TestAmountsAreGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", -1: "-1", 999: "999", 1000: "1,000", -999: "-999", -1000: "-1,000",
		123456: "123,456", -123456: "-123,456", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
