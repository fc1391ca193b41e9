package stack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kasir/local/aws/lambda"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// settlementReport is a report of DOKU's with one sale on a card for each invoice.
func settlementReport(batch string, amount int64, invoices ...string) string {
	const fee = 2000
	n := int64(len(invoices))
	var b strings.Builder
	fmt.Fprintf(&b, "Total Amount Purchase_,%d\nTotal Fee_,%d\nTotal Purchase_,%d\n", n*amount, n*fee, n)
	fmt.Fprintf(&b, "Total Amount Refund_,0\nTotal Refund_,0\nTotal Settlement Amount_,%d\n", n*(amount-fee))
	fmt.Fprintf(&b, "Total Discount_,0\nTotal Transactions_,%d\nBatch ID_,%s\n\n", n, batch)
	b.WriteString("NO,MERCHANT NAME,PAYMENT CHANNEL NAME,TRANSACTION DATE,INVOICE NUMBER,CUSTOMER NAME,REPORT CODE," +
		"AMOUNT,RECON CODE,FEE,DISCOUNT,PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE,PROMO CODE\n")
	for i, invoice := range invoices {
		fmt.Fprintf(&b, "%d,Toko Contoh,Credit Card,02-05-2026,%s,Budi,%s,%d,TW,%d,0,%d,04-05-2026,Purchase,\n", i+1,
			invoice, invoice, amount, fee, amount-fee)
	}
	return b.String()
}

// settlements reads an answer of the routes of settlements.
func settlements(t *testing.T, running *stack.Stack, method, path, body string, status int) map[string]any {
	t.Helper()
	answer, err := harness.API(t, running).Do(t.Context(), method, path, nil, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(answer.Body, &got); err != nil || answer.Status != status {
		t.Fatalf("%s %s: %d %s, want %d", method, path, answer.Status, answer.Body, status)
	}
	return got
}

// upload asks for a form, and sends a file with it.
func upload(
	t *testing.T, running *stack.Stack, content string, change func(fields map[string]any),
) (*http.Response, string) {
	t.Helper()
	form := settlements(t, running, "POST", "/settlements", `{"name":"mei.csv"}`, http.StatusCreated)
	fields := form["fields"].(map[string]any)
	if change != nil {
		change(fields)
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := parts.WriteField(name, value.(string)); err != nil {
			t.Fatal(err)
		}
	}
	file, err := parts.CreateFormFile("file", "mei.csv")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(file, content)
	parts.Close()
	response, err := http.Post(form["url"].(string), parts.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response, form["result"].(string)
}

// resultOf waits for the result of a report.
func resultOf(t *testing.T, folder, key string) map[string]any {
	t.Helper()
	for {
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(key)))
		if err == nil {
			var got map[string]any
			if err := json.Unmarshal(content, &got); err != nil {
				t.Fatalf("%v in %s", err, content)
			}
			return got
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// A report that is uploaded with the form of POST /settlements is booked by the built function, and listed with its
// differences. The result is beside the report.
func TestAReportIsUploadedAndBooked(t *testing.T) {
	folder := t.TempDir()
	running := harness.Start(t, func(c *stack.Config) { c.Reports = folder })
	if got := settlements(t, running, "GET", "/settlements", "", 200); len(got["settlements"].([]any)) != 0 {
		t.Errorf("before any report: %v", got)
	}
	payOrder(t, running, "SETTLE-1")
	report := settlementReport("B-1", 90000, "SETTLE-1", "SETTLE-UNKNOWN")
	response, key := upload(t, running, report, nil)
	if response.StatusCode != http.StatusNoContent {
		t.Fatalf("the upload: %s", response.Status)
	}
	result := resultOf(t, folder, key)
	id := result["id"].(string)
	shown := settlements(t, running, "GET", "/settlements/"+id, "", 200)
	differences := shown["differences"].([]any)
	if shown["state"] != "done" || shown["batch_id"] != "B-1" || len(differences) != 1 ||
		differences[0].(map[string]any)["invoice_number"] != "SETTLE-UNKNOWN" {
		t.Errorf("the batch is shown as %v", shown)
	}
	if _, err := os.Stat(filepath.Join(folder, strings.TrimSuffix(filepath.FromSlash(key), "json")+"csv")); err != nil {
		t.Error(err)
	}
	listed := settlements(t, running, "GET", "/settlements?limit=1", "", 200)["settlements"].([]any)
	if len(listed) != 1 || listed[0].(map[string]any)["id"] != id {
		t.Errorf("the list is %v", listed)
	}
	settlements(t, running, "GET", "/settlements/000000000000", "", 404)
	settlements(t, running, "GET", "/settlements?year=2026", "", 422)
	settlements(t, running, "GET", "/settlements?cursor=x", "", 400)
	settlements(t, running, "GET", "/settlements/"+id+"?cursor=9", "", 400)
	settlements(t, running, "POST", "/settlements", `{"name":"../mei.csv"}`, 422)
}

// A file that is wrong is booked by no row, and its result names line and column. So is a report of another content.
func TestAWrongReportIsRefused(t *testing.T) {
	folder := t.TempDir()
	running := harness.Start(t, func(c *stack.Config) { c.Reports = folder })
	payOrder(t, running, "SETTLE-2")
	good := settlementReport("B-2", 90000, "SETTLE-2")
	_, key := upload(t, running, strings.Replace(good, ",90000,", ",9x,", 1), nil)
	refused := resultOf(t, folder, key)
	faults, _ := refused["faults"].([]any)
	if refused["state"] != "refused" || len(faults) == 0 || faults[0].(map[string]any)["column"] != "AMOUNT" ||
		faults[0].(map[string]any)["line"] != 12.0 {
		t.Errorf("the result is %v", refused)
	}
	_, key = upload(t, running, good, nil)
	resultOf(t, folder, key)
	_, key = upload(t, running, strings.ReplaceAll(good, "Budi", "Sari"), nil)
	if other := resultOf(t, folder, key); other["state"] != "refused" || strings.Contains(fmt.Sprint(other), "Sari") {
		t.Errorf("the result of another content is %v", other)
	}
	if listed := settlements(t, running, "GET", "/settlements", "", 200)["settlements"].([]any); len(listed) != 1 {
		t.Errorf("the list is %v", listed)
	}
}

// A report may also be put with curl -T. The form takes no other key, no empty file, and no form that was changed.
func TestTheBucketTakesReports(t *testing.T) {
	folder := t.TempDir()
	running := harness.Start(t, func(c *stack.Config) { c.Reports = folder })
	payOrder(t, running, "SETTLE-3")
	request, err := http.NewRequestWithContext(t.Context(), "PUT", running.ReportsFolder+"mei%202026.csv",
		strings.NewReader(settlementReport("B-3", 90000, "SETTLE-3")))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", response, err)
	}
	response.Body.Close()
	if got := resultOf(t, folder, "results/mei 2026.csv.result.json"); len(got["differences"].([]any)) != 0 {
		t.Errorf("the result is %v", got)
	}
	for name, c := range map[string]struct {
		content string
		change  func(map[string]any)
	}{
		"another key": {"x", func(f map[string]any) { f["key"] = "results/x.csv" }},
		"no policy":   {"x", func(f map[string]any) { delete(f, "policy") }},
		"empty":       {"", nil},
	} {
		if response, _ := upload(t, running, c.content, c.change); response.StatusCode < 400 {
			t.Errorf("%s: %s", name, response.Status)
		}
	}
}

// A run that dies is continued by the next one, to the same end.
func TestAReportIsBookedAlthoughRunsDie(t *testing.T) {
	folder := t.TempDir()
	running := harness.Start(t, func(c *stack.Config) { c.Reports = folder })
	payOrder(t, running, "SETTLE-4")
	for i, moment := range []lambda.Moment{lambda.WhileRunning, lambda.BeforeAnswer} {
		invoices := []string{"SETTLE-4"}
		for n := range 400 {
			invoices = append(invoices, fmt.Sprintf("UNKNOWN-%d-%d", i, n))
		}
		if err := running.Lambda.KillNext("settle", moment); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d.csv", i)
		got := putReport(t, running, folder, name, settlementReport("B-4-"+name, 90000, invoices...))
		want := 400 + i // the second report settles SETTLE-4 again
		if got["applied_rows"] != 401.0 || len(got["differences"].([]any)) != want {
			t.Errorf("%v: %v rows, %d differences", moment, got["applied_rows"], len(got["differences"].([]any)))
		}
		for running.Lambda.Kills()["settle"].Killed() != i+1 { // the result is written before the answer
			select {
			case <-t.Context().Done():
				t.Fatalf("%v: %+v", moment, running.Lambda.Kills()["settle"])
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}
