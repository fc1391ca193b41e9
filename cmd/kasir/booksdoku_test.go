package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kasir/local/test/harness"
	"kasir/shared/books"
)

// After all that can happen to payments, reports without faults leave nothing outstanding and no difference, and what
// was settled is what DOKU paid out.
func TestTheBooksAgreeWithDOKU(t *testing.T) {
	data := t.TempDir()
	at := []string{"--data", data, "--functions", harness.Functions()}
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	doku := sandboxOf(t, r.URL)
	act := func(invoice, what string, amount int) {
		t.Helper()
		response, err := http.PostForm(doku+"/control/backoffice", url.Values{"invoice_number": {invoice},
			"act": {what}, "amount": {fmt.Sprint(amount)}, "anyway": {"1"}})
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != http.StatusOK {
			t.Fatalf("%s of %s: %s", what, invoice, response.Status)
		}
	}
	var paidOut int64
	settle := func() {
		t.Helper()
		file := filepath.Join(t.TempDir(), "report.csv")
		if err := os.WriteFile(file, postFor(t, doku+"/control/settlement"), 0o600); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, err := output(t, kasir(t, append([]string{"settle", file, "--json"}, at...)...))
		var doc settleDocument
		if code := status(err); code != 0 && code != 3 || json.Unmarshal([]byte(stdout), &doc) != nil {
			t.Fatalf("%v\n%s%s", err, stdout, stderr)
		}
		for _, sum := range doc.Sums {
			paidOut += sum.Net
		}
	}
	for i := range 6 {
		r.pay(t, fmt.Sprint("AGREE-", i))
	}
	r.giveBack(t, "AGREE-0", 90_000) // a void
	act("AGREE-1", "refund", 30_000)
	settle()
	act("AGREE-2", "refund", 20_000)
	r.giveBack(t, "AGREE-3", 50_000)
	act("AGREE-4", "dispute", 90_000)
	act("AGREE-5", "dispute", 90_000)
	act("AGREE-5", "dispute-won", 90_000)
	settle()

	var d booksDocument
	oneDocument(t, &d, false, kasir(t, append([]string{"books", "--month", month(time.Now())}, at...)...))
	for term, want := range map[books.Term]int64{
		books.Taken: 540_000, books.Refunded: 90_000 + 30_000 + 20_000 + 50_000, books.Chargebacks: 90_000,
		books.Settled: paidOut, books.Outstanding: 0, books.Differences: 0,
	} {
		if got := d.account(term); got.Amount != want || want == 0 && len(got.Lines) > 0 {
			t.Errorf("%s is %d, want %d: %+v", term, got.Amount, want, got.Lines)
		}
	}
}

// giveBack refunds an amount of an order by kasir.
func (r *running) giveBack(t *testing.T, invoice string, amount int) {
	t.Helper()
	key := http.Header{"Idempotency-Key": {"give-back-" + invoice}}
	body := fmt.Sprintf(`{"refund":{"amount":%d}}`, amount)
	answer, err := r.Do(t.Context(), "POST", "/payments/"+invoice+"/refunds", key, []byte(body))
	if err != nil || answer.Status >= 300 {
		t.Fatalf("%v %d %s", err, answer.Status, answer.Body)
	}
}
