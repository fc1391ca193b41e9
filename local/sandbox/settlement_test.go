package sandbox

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// report asks for a report and returns it with its batch id.
func (b *bench) report(query string) (batch, file string) {
	b.t.Helper()
	a := b.submit(b.url+"/control/settlement?"+query, nil)
	if a.status != 200 {
		b.t.Fatalf("settlement?%s: %d %s", query, a.status, a.body)
	}
	return a.header.Get("Batch-Id"), string(a.body)
}

// readReport returns the totals by label, and the rows by column. It is written from facts of the one known report.
func readReport(t *testing.T, file string) (totals map[string]string, rows []map[string]string) {
	t.Helper()
	head, body, found := strings.Cut(file, "\n\n")
	if !found {
		t.Fatalf("no blank line in %q", file)
	}
	totals = map[string]string{}
	for _, line := range strings.Split(head, "\n") {
		label, value, _ := strings.Cut(line, ",")
		totals[label] = value
	}
	records, err := csv.NewReader(bytes.NewReader([]byte(body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return totals, rows
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Errorf("not whole rupiah: %q", text)
	}
	return n
}

// The report equals the ledger to the rupiah, and each row and the block equal each other. What moves later is in the
// next report, and nothing is in two.
func TestSettlementEqualsTheLedger(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	b.sale("INV-2")
	b.pay(b.create(simple("INV-3", 90000,
		`,"override_configuration":{"promo":[{"bin":"557338","discount_amount":10000}]}`)), goodCard)
	b.sale("INV-voided")
	b.clicks("INV-voided", "void", 0)
	b.create(simple("INV-open", 90000, ""))
	batch, file := b.report("date=2026-08-31")
	if !strings.HasPrefix(batch, "B-BSN-") || !strings.Contains(file, "Batch ID_,"+batch+"\n") {
		t.Errorf("batch %q in %s", batch, file)
	}
	totals, rows := readReport(t, file)
	if len(rows) != 3 || totals["Total Purchase_"] != "3" || totals["Total Transactions_"] != "3" {
		t.Fatalf("%s", file)
	}
	var taken, fees, net int64
	for i, row := range rows {
		amount, fee, discount := number(t, row["AMOUNT"]), number(t, row["FEE"]), number(t, row["DISCOUNT"])
		if row["NO"] != strconv.Itoa(i+1) || row["TRANSACTION TYPE"] != "Purchase" ||
			row["TRANSACTION DATE"] != "27-08-2026" || row["PAY OUT DATE"] != "31-08-2026" ||
			row["REPORT CODE"] != row["INVOICE NUMBER"] || row["MERCHANT NAME"] != "Merchant" ||
			number(t, row["PAY TO MERCHANT"]) != amount-fee-discount ||
			amount-discount != b.ledger(row["INVOICE NUMBER"]).Captured {
			t.Errorf("%v", row)
		}
		taken, fees, net = taken+amount, fees+fee, net+amount-fee-discount
		if p := b.payment(row["INVOICE NUMBER"]); !p.Settled {
			t.Errorf("%s is not settled", p.InvoiceNumber)
		}
	}
	if number(t, rows[0]["FEE"]) != 5017 || rows[2]["DISCOUNT"] != "10000" { // (90000 × 2.8 % + 2000) × 1.11 = 5017.2
		t.Errorf("%v\n%v", rows[0], rows[2])
	}
	for label, want := range map[string]int64{"Total Amount Purchase_": taken, "Total Fee_": fees,
		"Total Amount Refund_": 0, "Total Refund_": 0, "Total Discount_": 10000, "Total Settlement Amount_": net} {
		if number(t, totals[label]) != want {
			t.Errorf("%s%s, want %d", label, totals[label], want)
		}
	}
	if a := b.submit(b.url+"/control/settlement", nil); a.status != 404 || a.code() != "NOTHING_TO_SETTLE" {
		t.Errorf("the same money again: %d %s", a.status, a.body)
	}
}

func TestSettlementOfWhatWentBack(t *testing.T) {
	for _, c := range []struct{ sign, amount string }{{"negative", "-"}, {"positive", ""}} {
		b := newBench(t)
		original := b.refundable("INV-1") // settled by POST /control/settle, and in no report yet
		var own refundAnswer
		b.call(refundPath, refundBodyOf("INV-1", original, 20000), &own)
		b.clicks("INV-1", "refund", 30000)
		b.clicks("INV-1", "dispute", 40000)
		_, file := b.report("refund_sign=" + c.sign)
		totals, rows := readReport(t, file)
		var got []string
		for _, row := range rows {
			got = append(got, row["TRANSACTION TYPE"]+" "+row["AMOUNT"]+" "+row["PAY TO MERCHANT"])
		}
		want := []string{"Purchase 90000 84983"}
		for _, back := range []string{"Refund 20000", "Refund 30000", "Chargeback 40000"} {
			kind, amount, _ := strings.Cut(back, " ")
			want = append(want, kind+" "+c.amount+amount+" "+c.amount+amount)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", c.sign, got, want)
		}
		if totals["Total Amount Refund_"] != "50000" || totals["Total Refund_"] != "2" ||
			totals["Total Settlement Amount_"] != "-5017" || totals["Total Transactions_"] != "4" {
			t.Errorf("%s: %v", c.sign, totals)
		}
		b.clicks("INV-1", "dispute-won", 0)
		_, file = b.report("")
		if _, rows = readReport(t, file); len(rows) != 1 || rows[0]["TRANSACTION TYPE"] != "Chargeback Reversal" ||
			rows[0]["PAY TO MERCHANT"] != "40000" {
			t.Errorf("%v", rows)
		}
		if a := b.submit(b.url+"/control/settlement", nil); a.code() != "NOTHING_TO_SETTLE" {
			t.Errorf("all of it again: %d %s", a.status, a.body)
		}
	}
}

// A report of a past day has nothing younger than the day. The rest waits for the next.
func TestSettlementOfAPastDay(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	b.advance(24 * time.Hour)
	b.sale("INV-2")
	_, file := b.report("date=2026-08-27")
	if _, rows := readReport(t, file); len(rows) != 1 || rows[0]["INVOICE NUMBER"] != "INV-1" {
		t.Errorf("%s", file)
	}
	_, file = b.report("")
	if _, rows := readReport(t, file); len(rows) != 1 || rows[0]["INVOICE NUMBER"] != "INV-2" ||
		rows[0]["PAY OUT DATE"] != "28-08-2026" {
		t.Errorf("%s", file)
	}
}

// The merchant's own columns stand in place of SUB ACCOUNT.
func TestSettlementColumns(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(simple("INV-1", 90000, `,"additional_info":{"account":{"id":"SAC-1"}}`)), goodCard)
	_, file := b.report("other_channel=2")
	_, rows := readReport(t, file)
	if len(rows) != 3 || rows[0]["SUB ACCOUNT"] != "SAC-1" || rows[0]["PAYMENT CHANNEL NAME"] != "Credit Card" ||
		rows[2]["PAYMENT CHANNEL NAME"] != "QRIS" {
		t.Errorf("%s", file)
	}
	const own = `,"additional_info":{"report":[{"key":"Store","value":"Kemang, Jakarta"},{"key":"Till","value":"3"}]}`
	b.pay(b.create(simple("INV-2", 90000, own)), goodCard)
	b.pay(b.create(simple("INV-3", 90000, "")), goodCard)
	_, file = b.report("")
	_, rows = readReport(t, file)
	if rows[0]["Store"] != "Kemang, Jakarta" || rows[0]["Till"] != "3" || rows[1]["Store"] != "" {
		t.Errorf("%v", rows)
	}
	if _, there := rows[0]["SUB ACCOUNT"]; there {
		t.Errorf("%s", file)
	}
}

// A batch is listed and can be fetched again byte for byte, also if it was malformed, and the right one beside it.
func TestSettlementAgain(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	batch, wrong := b.report("malformed=wrong_sums")
	address := b.url + "/control/settlements/" + batch
	if again := string(b.get(address).body); again != wrong {
		t.Errorf("%q, then %q", wrong, again)
	}
	right := string(b.get(address + "?malformed=").body)
	totals, rows := readReport(t, right)
	if right == wrong || totals["Total Settlement Amount_"] != rows[0]["PAY TO MERCHANT"] {
		t.Errorf("%q", right)
	}
	other, content := b.report("malformed=other_content")
	if other != batch || content == right || !strings.Contains(content, batch) {
		t.Errorf("batch %s with other content: %s %q", batch, other, content)
	}
	var list struct{ Settlements []controlSettlement }
	b.control("GET", "/control/settlements", "", &list)
	if len(list.Settlements) != 1 ||
		list.Settlements[0] != (controlSettlement{batch, "2026-08-27", 1, 84983, "wrong_sums"}) {
		t.Errorf("%+v", list)
	}
}

func TestSettlementRefusals(t *testing.T) {
	b := newBench(t)
	b.control("POST", "/control/manual-refunds", `{"on":true}`, nil)
	original := b.refundable("INV-1")
	for query, code := range map[string]string{
		"date=30-11-2026": "INVALID_PARAMETER", "malformed=x": "INVALID_PARAMETER", "day=1": "INVALID_PARAMETER",
		"refund_sign=none": "INVALID_PARAMETER", "other_channel=-1": "INVALID_PARAMETER",
		"malformed=other_content": "NOT_FOUND", "promo=off": "INVALID_PARAMETER",
	} {
		if a := b.submit(b.url+"/control/settlement?"+query, nil); a.code() != code {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := b.get(b.url + "/control/settlements/x"); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	var own refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", original, 1000), &own)
	b.report("")
	if status, why := b.click("INV-1", "reject-manual", 0, ""); status != 409 {
		t.Errorf("a refund that the bank account shows was rejected: %d %s", status, why)
	}
}
