// Package report writes settlement reports as CSV, in the form of the one report of DOKU that is known, and wrong ones
// on request. It knows no payments.
package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"time"
)

// Values of Row.Type. Only Sale was seen in a report of DOKU. The others are the sandbox's guess.
const (
	Sale       = "Purchase"
	Refund     = "Refund"
	Chargeback = "Chargeback"
	Reversal   = "Chargeback Reversal"
)

// Report is the settlement of one day.
type Report struct {
	Batch string
	Rows  []Row
}

// Row is one movement of money. Amounts are whole rupiah.
type Row struct {
	Merchant, Channel string
	At                time.Time // of the transaction
	Invoice, Customer string
	Amount            int64
	Recon             string
	Fee               int64 // with VAT
	Discount, Net     int64 // Net is what the merchant gets
	PaidOut           time.Time
	Type              string
	Account           string   // the sub-account, "" without one
	Own               []Column // the merchant's own columns
}

// Column is a column that the merchant's create request named, with its value.
type Column struct{ Name, Value string }

// columns are the base columns, in their order.
var columns = []string{
	"NO", "MERCHANT NAME", "PAYMENT CHANNEL NAME", "TRANSACTION DATE", "INVOICE NUMBER", "CUSTOMER NAME", "REPORT CODE",
	"AMOUNT", "RECON CODE", "FEE", "DISCOUNT", "PAY TO MERCHANT", "PAY OUT DATE", "TRANSACTION TYPE", "PROMO CODE",
}

// accountColumn follows the base columns unless the merchant has columns of its own.
const accountColumn = "SUB ACCOUNT"

// jakarta is the time zone of the dates.
var jakarta = time.FixedZone("WIB", 7*60*60)

const dateForm = "02-01-2006"

// CSV returns the report as a file.
func (r Report) CSV() []byte { return sheetOf(r).write() }

// sheet is a report in cells.
type sheet struct {
	totals  [][]string // label and value
	blanks  int        // lines between the totals and the header
	columns []string
	rows    [][]string
}

func sheetOf(r Report) sheet {
	own := ownColumns(r)
	s := sheet{totals: totalsOf(r), blanks: 1, columns: slices.Clone(columns)}
	if own == nil {
		own = []string{accountColumn}
	}
	s.columns = append(s.columns, own...)
	for i, row := range r.Rows {
		s.rows = append(s.rows, row.cells(i+1, own))
	}
	return s
}

// ownColumns returns the names of the merchant's columns, in the order in which they appear first.
func ownColumns(r Report) (names []string) {
	for _, row := range r.Rows {
		for _, c := range row.Own {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func (r Row) cells(number int, own []string) []string {
	cells := []string{
		strconv.Itoa(number), r.Merchant, r.Channel, r.At.In(jakarta).Format(dateForm),
		r.Invoice, r.Customer, r.Invoice,
		rupiah(r.Amount), r.Recon, rupiah(r.Fee), rupiah(r.Discount), rupiah(r.Net),
		r.PaidOut.In(jakarta).Format(dateForm), r.Type, "",
	}
	for _, name := range own {
		value := ""
		if name == accountColumn {
			value = r.Account
		}
		for _, c := range r.Own {
			if c.Name == name {
				value = c.Value
			}
		}
		cells = append(cells, value)
	}
	return cells
}

// totalsOf returns the block of totals. Refunds are positive there. It is not known where DOKU counts chargebacks: here
// they are only in the settlement amount and in the number of transactions.
func totalsOf(r Report) [][]string {
	var sales, refunds, fees, discounts, net, saleCount, refundCount int64
	for _, row := range r.Rows {
		switch row.Type {
		case Sale:
			sales, saleCount = sales+row.Amount, saleCount+1
		case Refund:
			refunds, refundCount = refunds+max(row.Amount, -row.Amount), refundCount+1
		}
		fees, discounts, net = fees+row.Fee, discounts+row.Discount, net+row.moves()
	}
	return [][]string{
		{"Total Amount Purchase_", rupiah(sales)},
		{"Total Fee_", rupiah(fees)},
		{"Total Purchase_", rupiah(saleCount)},
		{"Total Amount Refund_", rupiah(refunds)},
		{"Total Refund_", rupiah(refundCount)},
		{"Total Settlement Amount_", rupiah(net)},
		{"Total Discount_", rupiah(discounts)},
		{"Total Transactions_", rupiah(int64(len(r.Rows)))},
		{"Batch ID_", r.Batch},
	}
}

// moves returns what a row adds to the merchant's account. Refunds and chargebacks may be written without a sign.
func (r Row) moves() int64 {
	if r.Type == Refund || r.Type == Chargeback {
		return -max(r.Net, -r.Net)
	}
	return r.Net
}

func rupiah(n int64) string { return strconv.FormatInt(n, 10) }

func (s sheet) write() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(s.totals) // writing to a buffer cannot fail
	for range s.blanks {
		b.WriteByte('\n')
	}
	_ = w.Write(s.columns)
	_ = w.WriteAll(s.rows)
	return b.Bytes()
}

// Amount returns what the merchant gets, in whole rupiah.
func (r Report) Amount() (sum int64) {
	for _, row := range r.Rows {
		sum += row.moves()
	}
	return sum
}
