package settlement

import (
	"errors"
	"strings"
	"testing"
)

// A file that is wrong is refused, and the answer names the line and the column.
func TestWrongReportsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		options Options
		want    string
	}{
		"an empty file": {"", Options{}, "is no settlement report"},
		"another CSV":   {"name,amount\nx,1\n", Options{}, "is no settlement report"},
		"an XLSX":       {"PK\x03\x04\x14\x00\x06\x00", Options{}, "XLSX"},
		"an XLS":        {"\xd0\xcf\x11\xe0\xa1\xb1", Options{}, "XLS"},
		"a PDF":         {"%PDF-1.7\n", Options{}, "PDF"},
		"UTF-16":        {"\xff\xfeT\x00o\x00", Options{}, "UTF-16"},
		"an archive":    {"\x1f\x8b\x08\x00", Options{}, "compressed"},
		"zeros":         {strings.Repeat("\x00", 5000), Options{}, "is no settlement report"},
		"HTML":          {"<!doctype html><html></html>", Options{}, "is no settlement report"},
		"semicolons":    {strings.ReplaceAll(seen(t), ",", ";"), Options{}, "other characters than commas"},
		"no header": {edit(t, "CHANNEL NAME,", "x,", "INVOICE NUMBER,", "x,", "AMOUNT,RECON", "x,RECON", "FEE,", "x,",
			"PAY TO", "x",
			"PAY OUT", "x"), Options{}, "is no settlement report"},
		"a column is missing": {edit(t, ",AMOUNT,", ",X,"), Options{}, `line 11: "AMOUNT": is not among the columns`},
		"a column twice": {edit(t, "PROMO CODE", "AMOUNT"), Options{},
			`line 11: "AMOUNT": is the name of 2 columns`},
		"no batch": {edit(t, "Batch ID_", "Batch_"), Options{}, `"Batch ID_": is missing`},
		"an empty batch": {edit(t, "Batch ID_,B-BSN-0203-1761932477260-SBS-8298-20251109155312120-20260502101505879",
			"Batch ID_,"), Options{}, `line 9: "Batch ID_": is missing`},
		"two batches": {edit(t, "Batch ID_,", "Batch ID_,x\nBatch ID_,"), Options{},
			`line 10: "Batch ID": is there twice`},
		"a long batch":        {edit(t, "B-BSN-", strings.Repeat("x", 300)), Options{}, "at most 128 letters"},
		"a batch with spaces": {edit(t, "B-BSN-", "B BSN"), Options{}, "without spaces"},
		"an address as a batch": {edit(t, "B-BSN-", "budi@example.com/"), Options{},
			`line 9: "Batch ID_": must be at most 128 letters`},
		"a batch of markup": {edit(t, "B-BSN-", "<script>"), Options{},
			`line 9: "Batch ID_": must be at most 128 letters`},
		"a wrong sum": {edit(t, "887266", "887267"), Options{},
			`line 1: "Total Amount Purchase": is 887267, but the rows have 887266`},
		"a wrong fee sum": {edit(t, "Total Fee_,13120", "Total Fee_,13121"), Options{}, `line 2: "Total Fee"`},
		"a wrong count": {edit(t, "Total Purchase_,4", "Total Purchase_,5"), Options{},
			`line 3: "Total Purchase"`},
		"a wrong refund sum":   {edit(t, "Total Amount Refund_,0", "Total Amount Refund_,1"), Options{}, `line 4:`},
		"a wrong refund count": {edit(t, "Total Refund_,0", "Total Refund_,1"), Options{}, `line 5:`},
		"a wrong settlement":   {edit(t, "874146", "874145"), Options{}, `line 6: "Total Settlement Amount"`},
		"a wrong discount":     {edit(t, "Total Discount_,0", "Total Discount_,5"), Options{}, `line 7:`},
		"a wrong row count":    {edit(t, "Total Transactions_,4", "Total Transactions_,3"), Options{}, `line 8:`},
		"a sum that is none": {edit(t, "887266", "many"), Options{},
			`line 1: "Total Amount Purchase": is not a number`},
		"a wrong row": {edit(t, "200005", "200006"), Options{},
			`line 13: "PAY TO MERCHANT": is 200006, but AMOUNT less FEE and DISCOUNT is 200005`},
		"a wrong refund": {edit(t, "200005,04-05-2026,Purchase", "-5,04-05-2026,Refund"), Options{},
			`line 13: "PAY TO MERCHANT": is -5, but`},
		"an amount that is none": {edit(t, "205000", "abc"), Options{}, `line 13: "AMOUNT": is not a number`},
		"an empty amount":        {edit(t, ",205000,", ",,"), Options{}, `line 13: "AMOUNT": is empty`},
		"a formula as an amount": {edit(t, "205000", "=205000"), Options{}, `line 13: "AMOUNT": has a formula`},
		"an exponent": {edit(t, "205000", "2.05E+05"), Options{},
			`line 13: "AMOUNT": is not written in digits`},
		"a fraction": {edit(t, "205000", "205000.50"), Options{},
			`line 13: "AMOUNT": is not a whole number`},
		"doubtful groups": {edit(t, "205000", `"20,50,00"`), Options{},
			`line 13: "AMOUNT": is not a whole number`},
		"a huge amount": {edit(t, "205000", strings.Repeat("9", 30)), Options{},
			`line 13: "AMOUNT": is too large`},
		"an amount in words":    {edit(t, "205000", "Rp 205000"), Options{}, `line 13: "AMOUNT": is not a number`},
		"an amount in brackets": {edit(t, "205000", "(205000)"), Options{}, `line 13: "AMOUNT": is not a number`},
		"a date month first": {edit(t, "02-05-2026,INV-B", "05/02/2026,INV-B"), Options{},
			`line 13: "TRANSACTION DATE": must be a date`},
		"a date that is none": {edit(t, "200005,04-05-2026", "200005,31-02-2026"), Options{},
			`line 13: "PAY OUT DATE"`},
		"no pay-out date":   {edit(t, "200005,04-05-2026", "200005,"), Options{}, `line 13: "PAY OUT DATE"`},
		"no invoice number": {edit(t, "INV-B", " "), Options{}, `line 13: "INVOICE NUMBER": is empty`},
		"a number twice": {edit(t, "\n2,Toko", "\n1,Toko"), Options{},
			`line 13: "NO": is 1, as in a row before`},
		"a number that is none": {edit(t, "\n2,Toko", "\nx,Toko"), Options{}, `line 13: "NO"`},
		"a number that is huge": {edit(t, "\n2,Toko", "\n99999999,Toko"), Options{}, `line 13: "NO"`},
		"a comma without quotes": {edit(t, "Anton Budiman", "Budiman, Anton"), Options{},
			`line 13: has 17 cells, and the header has 16`},
		"a row that is cut": {edit(t, ",278136,04-05-2026,Purchase,,SAC-0000-1\n", ""), Options{},
			`line 15: "PAY TO MERCHANT": is missing`},
		"a quote in a cell": {edit(t, "Anton Budiman", `Anton "B" Budiman`), Options{},
			`line 13: a quotation mark is inside a cell`},
		"a quote that stays open": {edit(t, "Anton Budiman", `"Anton Budiman`), Options{}, `line 13: a quotation mark`},
		"another merchant": {seen(t), Options{Merchants: []string{"Toko Lain"}},
			`line 12: "MERCHANT NAME": is not a name in SETTLE_MERCHANT`},
		"two merchants": {edit(t, "3,Toko Contoh", "3,Toko Lain"), Options{},
			`line 14: "MERCHANT NAME": is another name`},
		"no name, but one is wanted": {edit(t, "MERCHANT NAME", "X"), Options{Merchants: []string{"Toko Contoh"}},
			`line 11: "MERCHANT NAME": is not among the columns`},
		"a long line": {edit(t, "Anton Budiman", strings.Repeat("x", 200_000)), Options{},
			"line 13: a line has more than 64 kB"},
		"many blank lines": {strings.Repeat("\n", 300_000) + seen(t), Options{}, "a line has more than 64 kB"},
	} {
		_, err := Open(text(c.content), c.options)
		var invalid *Invalid
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		for _, private := range []string{"Budiman", "Anton", "Sari"} {
			if err != nil && strings.Contains(err.Error(), private) {
				t.Errorf("%s: the answer has a customer's name: %v", name, err)
			}
		}
	}
}
