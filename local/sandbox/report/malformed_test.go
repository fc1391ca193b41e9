package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func example() Report {
	at := time.Date(2026, 8, 27, 20, 0, 0, 0, time.UTC) // the 28th in Jakarta
	row := Row{Merchant: "Toko Contoh", Channel: "Credit Card", At: at, Invoice: "INV-1", Customer: "Anton",
		Amount: 90000, Recon: "TW1", Fee: 5017, Net: 84983, PaidOut: at, Type: Sale}
	back := row
	back.Type, back.Amount, back.Fee, back.Net = Refund, -20000, 0, -20000
	other := row
	other.Invoice, other.Amount, other.Discount, other.Fee, other.Net = "INV-2", 1090000, 10000, 35786, 1044214
	return Report{Batch: "B-1", Rows: []Row{row, back, other}}
}

// parsed is a file as a careful reader sees it.
type parsed struct {
	totals map[string]string
	head   []string
	rows   [][]string
}

func parse(t *testing.T, file []byte) parsed {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(file))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%v in %s", err, file)
	}
	p := parsed{totals: map[string]string{}}
	for _, record := range records {
		switch {
		case len(record) == 2 && p.head == nil:
			p.totals[strings.TrimSpace(record[0])] = record[1]
		case p.head == nil:
			p.head = record
		default:
			p.rows = append(p.rows, record)
		}
	}
	return p
}

func (p parsed) cell(row int, column string) string { return p.rows[row][slices.Index(p.head, column)] }

func (p parsed) number(row int, column string) int {
	n, _ := strconv.Atoi(p.cell(row, column))
	return n
}

func (p parsed) total(label string) int {
	n, _ := strconv.Atoi(p.totals[label])
	return n
}

// consistent reports whether each row and the block of totals agree.
func (p parsed) consistent() bool {
	net := 0
	for i := range p.rows {
		if p.number(i, "AMOUNT")-p.number(i, "FEE")-p.number(i, "DISCOUNT") != p.number(i, "PAY TO MERCHANT") {
			return false
		}
		net += p.number(i, "PAY TO MERCHANT")
	}
	return net == p.total("Total Settlement Amount_") && len(p.rows) == p.total("Total Transactions_")
}

func TestReport(t *testing.T) {
	want := `Total Amount Purchase_,1180000
Total Fee_,40803
Total Purchase_,2
Total Amount Refund_,20000
Total Refund_,1
Total Settlement Amount_,1109197
Total Discount_,10000
Total Transactions_,3
Batch ID_,B-1

NO,MERCHANT NAME,PAYMENT CHANNEL NAME,TRANSACTION DATE,INVOICE NUMBER,CUSTOMER NAME,REPORT CODE,AMOUNT,` +
		`RECON CODE,FEE,DISCOUNT,PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE,PROMO CODE,SUB ACCOUNT
1,Toko Contoh,Credit Card,28-08-2026,INV-1,Anton,INV-1,90000,TW1,5017,0,84983,28-08-2026,Purchase,,
2,Toko Contoh,Credit Card,28-08-2026,INV-1,Anton,INV-1,-20000,TW1,0,0,-20000,28-08-2026,Refund,,
3,Toko Contoh,Credit Card,28-08-2026,INV-2,Anton,INV-2,1090000,TW1,35786,10000,1044214,28-08-2026,Purchase,,
`
	if got := string(example().CSV()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// Each malformation is what its name says, and nothing else is wrong. A malformation without a case fails.
func TestMalformations(t *testing.T) {
	right := example().CSV()
	p0 := parse(t, right)
	for _, m := range Malformations {
		file, known := example().Malformed(m.Name)
		if !known || bytes.Equal(file, right) {
			t.Errorf("%s changes nothing", m.Name)
		}
		if !malformedAsNamed(t, m.Name, file, p0, right) {
			t.Errorf("%s:\n%s", m.Name, file)
		}
	}
	if _, known := example().Malformed("nothing"); known {
		t.Error("an unknown name is known")
	}
	if file, _ := example().Malformed(""); !bytes.Equal(file, right) {
		t.Error("no malformation changes the report")
	}
}

func malformedAsNamed(t *testing.T, name string, file []byte, p0 parsed, right []byte) bool {
	switch name {
	case "latin1":
		return bytes.Contains(file, []byte("Jos\xe9,")) && !bytes.Contains(file, []byte("Jos\u00e9"))
	case "bom":
		return string(file) == "\xef\xbb\xbf"+string(right)
	case "crlf":
		return strings.ReplaceAll(string(file), "\r\n", "\n") == string(right) && bytes.HasSuffix(file, []byte("\r\n"))
	case "no_blank_line":
		return string(file) == strings.Replace(string(right), "\n\n", "\n", 1)
	case "doubled_blank_line":
		return string(file) == strings.Replace(string(right), "\n\n", "\n\n\n", 1)
	case "cut_short":
		return bytes.HasPrefix(right, file) && bytes.Count(file, []byte("\n")) == bytes.Count(right, []byte("\n"))-1
	case "html":
		return bytes.HasPrefix(file, []byte("<!doctype html>"))
	case "empty":
		return len(file) == 0
	}
	return rowsAsNamed(name, parse(t, file), p0)
}

func rowsAsNamed(name string, p, p0 parsed) bool {
	more := len(p.rows) - len(p0.rows)
	last := len(p.rows) - 1
	switch name {
	case "wrong_sums":
		return p.total("Total Settlement Amount_") == p0.total("Total Settlement Amount_")+1000 && more == 0
	case "wrong_count":
		return p.total("Total Transactions_") == 4 && more == 0
	case "wrong_row":
		return p.number(0, "PAY TO MERCHANT") == 85983 && p.total("Total Settlement Amount_") == 1110197
	case "differing_amount":
		return p.consistent() && p.number(0, "AMOUNT") == 91000
	case "missing_payment":
		return p.consistent() && more == -1 && p.cell(0, "TRANSACTION TYPE") == "Refund"
	case "unknown_invoice":
		return p.consistent() && more == 1 && p.cell(last, "INVOICE NUMBER") == "UNKNOWN-ORDER-1"
	case "unknown_kind":
		return p.consistent() && more == 1 && p.cell(last, "TRANSACTION TYPE") == "Adjustment"
	case "other_merchant":
		return p.consistent() && more == 1 && p.cell(last, "MERCHANT NAME") == "Other Merchant"
	case "other_merchant_report":
		return p.consistent() && p.cell(0, "MERCHANT NAME") == "Other Merchant" &&
			p.cell(0, "INVOICE NUMBER") == "OTHER-INV-1"
	case "repeated_row":
		return p.consistent() && more == 1 && slices.Equal(p.rows[last][1:], p.rows[0][1:])
	case OtherContent:
		return p.consistent() && p.totals["Batch ID_"] == "B-1" && p.number(0, "FEE") == 5018
	case "formulas":
		return p.consistent() && strings.HasPrefix(p.cell(0, "CUSTOMER NAME"), "=") &&
			strings.HasPrefix(p.cell(1, "CUSTOMER NAME"), "+")
	case "padded_cells":
		return p.rows[0][0] == " 1 " && p.head[0] == " NO "
	case "trimmed_cells":
		return p.consistent() && len(p.rows[0]) == len(p.head)-2
	case "reordered_columns":
		return p.consistent() && p.head[0] == "SUB ACCOUNT"
	case "missing_column":
		return !slices.Contains(p.head, "AMOUNT") && len(p.rows[0]) == len(p0.rows[0])-1
	case "thousands_dots":
		return p.cell(2, "AMOUNT") == "1.090.000" && p.cell(1, "AMOUNT") == "-20.000" &&
			p.totals["Total Discount_"] == "10.000"
	case "thousands_commas":
		return p.cell(2, "AMOUNT") == "1,090,000" && p.totals["Total Amount Purchase_"] == "1,180,000"
	}
	return false
}
