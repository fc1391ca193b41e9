package events

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/stack"
	"kasir/local/test/harness"
)

// reportName is the object of settle.json, below the folder of reports.
const reportName = "settlement-2026-05-04.csv"

// report is a settlement report with a sale of each invoice.
func report(invoices ...string) string {
	n := len(invoices)
	text := fmt.Sprintf("Total Amount Purchase_,%d\nTotal Fee_,%d\nTotal Purchase_,%d\nTotal Settlement Amount_,%d\n"+
		"Total Transactions_,%d\nBatch ID_,B-EVENT-1\n\n", 90000*n, 2000*n, n, 88000*n, n)
	text += "NO,PAYMENT CHANNEL NAME,INVOICE NUMBER,AMOUNT,FEE,DISCOUNT,PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE\n"
	for i, invoice := range invoices {
		text += fmt.Sprintf("%d,Credit Card,%s,90000,2000,0,88000,04-05-2026,Purchase\n", i+1, invoice)
	}
	return text
}

// putReport puts a report into the bucket, and waits until the stack has booked it.
func putReport(t *testing.T, running *stack.Stack, content string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, running.ReportsFolder+reportName,
		strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	result := strings.Replace(running.ReportsFolder, "/reports/", "/results/", 1) + reportName + ".result.json"
	for {
		if text := get(t.Context(), result); strings.Contains(text, `"state"`) {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func get(ctx context.Context, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ""
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	return string(content)
}

// playSettlement plays the examples of a settlement with one sale that is known and one that is not.
func (s stage) playSettlement(t *testing.T) {
	t.Helper()
	putReport(t, s.Stack, report(sale, "INV-2026-0099"))
	listed := harness.API(t, s.Stack)
	answer, err := listed.Do(t.Context(), "GET", "/settlements", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, id, _ := strings.Cut(string(answer.Body), `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	s.play(t,
		play{operation: "listsettlements", status: 200, answer: "one"},
		play{operation: "getsettlement", id: id, status: 200, answer: "one_difference"},
	)
}
