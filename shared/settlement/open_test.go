package settlement

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// text returns the source of a report.
func text(content string) Source {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
}

// seen returns the report in the form of the real one.
func seen(t testing.TB) string {
	t.Helper()
	content, err := os.ReadFile("testdata/seen.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// rowsOf returns the rows of a report.
func rowsOf(t testing.TB, content string, o Options) (*Report, []Row) {
	t.Helper()
	r, err := Open(text(content), o)
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	if err := r.each(0, func(row Row) error { rows = append(rows, row); return nil }); err != nil {
		t.Fatal(err)
	}
	return r, rows
}

func TestTheSeenReportIsReadToTheRupiah(t *testing.T) {
	r, rows := rowsOf(t, seen(t), Options{Merchants: []string{"Toko Contoh"}})
	date := func(d int) time.Time { return time.Date(2026, 5, d, 0, 0, 0, 0, jakarta) }
	sale := func(line, number int, channel, invoice string, amount, fee int64) Row {
		return Row{Line: line, Number: number, Merchant: "Toko Contoh", Channel: channel, Invoice: invoice, Kind: Sale,
			Amount: amount, Fee: fee, Net: amount - fee, TransactionDate: date(2), PaidOut: date(4)}
	}
	want := []Row{
		sale(12, 1, "QRIS", "INV-A", 103272, 2272), sale(13, 2, "Credit Card", "INV-B", 205000, 4995),
		sale(14, 3, "Credit Card", "INV-C", 300000, 4995), sale(15, 4, "QRIS", "INV-D", 278994, 858),
	}
	if diff := cmp.Diff(want, rows, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Error(diff)
	}
	b := r.Batch
	if b.Name != "B-BSN-0203-1761932477260-SBS-8298-20251109155312120-20260502101505879" || len(b.ID) != 12 ||
		len(b.SHA256) != 64 || b.Rows != 4 || !b.PaidOut.Equal(date(4)) {
		t.Errorf("%+v", b)
	}
	if !(Options{}).ours("Credit Card") || (Options{}).ours("QRIS") || !(Options{}).ours("KARTU KREDIT") ||
		!(Options{Channels: []string{"qris"}}).ours("QRIS") ||
		(Options{Channels: []string{"QRIS"}}).ours("Credit Card") {
		t.Error("another channel counts as cards")
	}
}

// edit is a change of the seen report.
func edit(t testing.TB, pairs ...string) string {
	t.Helper()
	content := seen(t)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(content, pairs[i]) {
			t.Fatalf("the report has no %q", pairs[i])
		}
		content = strings.Replace(content, pairs[i], pairs[i+1], 1)
	}
	return content
}

// The report may differ in its form, as long as its content is beyond doubt.
func TestOtherFormsAreReadAlike(t *testing.T) {
	_, want := rowsOf(t, seen(t), Options{})
	swapped := func(content string) string { // the columns the other way round
		head, rows, _ := strings.Cut(content, "\nNO,")
		lines := strings.Split(strings.TrimSpace("NO,"+rows), "\n")
		for i, line := range lines {
			cells := strings.Split(line, ",")
			for a, b := 0, len(cells)-1; a < b; a, b = a+1, b-1 {
				cells[a], cells[b] = cells[b], cells[a]
			}
			lines[i] = strings.Join(cells, ",")
		}
		return head + "\n" + strings.Join(lines, "\n")
	}
	line11 := "\n\nNO,"
	for name, c := range map[string]struct {
		content string
		options Options
	}{
		"no blank line":               {edit(t, line11, "\nNO,"), Options{}},
		"two blank lines":             {edit(t, line11, "\n\n\nNO,"), Options{}},
		"a blank line of commas":      {edit(t, line11, "\n,,,,,\nNO,"), Options{}},
		"a byte order mark":           {"\ufeff" + seen(t), Options{}},
		"CRLF":                        {strings.ReplaceAll(seen(t), "\n", "\r\n"), Options{}},
		"quotes":                      {edit(t, "2,Toko Contoh", `"2","Toko Contoh"`), Options{}},
		"columns the other way round": {swapped(seen(t)), Options{}},
		"own columns": {edit(t, "SUB ACCOUNT", "order note,SUB ACCOUNT", "Purchase,,SAC-0000-1\n2",
			"Purchase,,gift,SAC-0000-1\n2", "Purchase,,SAC-0000-1\n3", "Purchase,,,SAC-0000-1\n3",
			"Purchase,,SAC-0000-1\n4", "Purchase,,x,SAC-0000-1\n4", "278136,04-05-2026,Purchase,,",
			"278136,04-05-2026,Purchase,,,"), Options{}},
		"cells with white space":    {edit(t, "INV-B", " INV-B\t", "205000", " 205000 "), Options{}},
		"labels without underscore": {strings.ReplaceAll(seen(t), "_,", " ,"), Options{}},
		"labels in another case":    {edit(t, "Batch ID_", "BATCH ID_"), Options{}},
		"commas at the end":         {edit(t, "SAC-0000-1\n2", "SAC-0000-1,,\n2"), Options{}},
		"an unknown total":          {"Total MDR_,99\n" + seen(t), Options{}},
		"a title":                   {"Settlement Report\n" + seen(t), Options{}},
		"a total that is absent":    {edit(t, "Total Fee_,13120\n", ""), Options{}},
		"grouped thousands":         {edit(t, "205000", `"205,000"`, "200005", "200.005"), Options{}},
		"decimals of zero":          {edit(t, "205000", "205000.00", "200005", `"200.005,00"`), Options{}},
		"an empty discount":         {edit(t, "4995,0,200005", "4995,,200005"), Options{}},
		"a formula as a name":       {edit(t, "Anton Budiman", `"=HYPERLINK(""http://evil.example"")"`), Options{}},
		"a name in Latin-1":         {edit(t, "Anton Budiman", "Ren\xe9"), Options{}},
		"a comma in a quoted name":  {edit(t, "Anton Budiman", `"Budiman, Anton"`), Options{}},
		"a line break in a name":    {edit(t, "Bank BCA,INV-D", "\"Bank\r\nBCA\",INV-D"), Options{}},
		"a renamed column": {edit(t, ",AMOUNT,", ",GROSS,"),
			Options{Columns: Columns{ColumnAmount: "gross "}}},
		"a wrong total that is off": {edit(t, "Total Fee_,13120", "Total Fee_,1"),
			Options{Columns: Columns{TotalFee: ""}}},
		"another case of the type":  {edit(t, "Purchase", "PURCHASE"), Options{}},
		"cells at the end left out": {strings.ReplaceAll(seen(t), ",,SAC-0000-1", ""), Options{}},
	} {
		_, rows := rowsOf(t, c.content, c.options)
		for i := range rows {
			rows[i].Line = want[i].Line
		}
		if diff := cmp.Diff(want, rows, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// A merchant's name in Latin-1 is the same name as in UTF-8, in which settings are.
func TestAMerchantsNameMayBeInLatin1(t *testing.T) {
	content := strings.ReplaceAll(seen(t), "Toko Contoh", "Toko Caf\xe9")
	if _, err := Open(text(content), Options{Merchants: []string{"Toko Café"}}); err != nil {
		t.Error(err)
	}
}

// All faults are found at once, and the answer stays short.
func TestTwentyFaultsAreNamed(t *testing.T) {
	head, rows, _ := strings.Cut(seen(t), "\n1,")
	content := head
	for range 10 {
		content += strings.ReplaceAll("\n1,"+strings.TrimSpace(rows), "0,", "x,")
	}
	_, err := Open(text(content), Options{})
	var invalid *Invalid
	if !errors.As(err, &invalid) || len(invalid.Faults) != 20 || invalid.More < 20 ||
		!strings.Contains(err.Error(), fmt.Sprintf("and %d more", invalid.More)) {
		t.Error(err)
	}
}

// The signs of rows other than sales are not known, so either is read. Rows that are not understood are kept apart.
func TestEitherSignOfARefundIsRead(t *testing.T) {
	for _, word := range []string{"Refund", "REFUND", "Chargeback", "Void", "Pengembalian", "Adjustment",
		"Dispute Won"} {
		for _, c := range []struct {
			cells string
			total int64 // of the settlement
		}{
			{"50000,TW,0,0,50000", 824146}, {"-50000,TW,0,0,-50000", 824146}, {"50000,TW,0,0,-50000", 824146},
			{"-50000,TW,5000,0,-55000", 819146}, {"50000,TW,5000,0,45000", 829146}, {"50000,TW,5000,0,-55000", 819146},
			{"-50000,TW,-5000,0,-45000", 829146},
		} {
			net := c.total - 874146
			content := edit(t, "Total Settlement Amount_,874146", fmt.Sprintf("Total Settlement Amount_,%d", c.total),
				"Total Fee_,13120\n", "", "Total Transactions_,4", "Total Transactions_,5",
				"Total Amount Refund_,0", "Total Amount Refund_,-50000", "Total Refund_,0", "Total Refund_,1") +
				"5,Toko Contoh,Credit Card,02-05-2026,INV-B,Anton,INV-B," + c.cells + ",04-05-2026," + word + ",,\n"
			o := Options{Words: Words{"pengembalian": Refund, "dispute won": Reversal}}
			kind := o.Words.kind(word)
			if kind == Reversal {
				content = strings.Replace(content, fmt.Sprint(c.total), fmt.Sprint(874146-net), 1)
				content = strings.Replace(content, "Refund_,-50000", "Refund_,50000", 1)
			}
			if kind == Reversal {
				content = strings.Replace(content, "Total Amount Refund_,50000\n", "", 1)
			}
			r, err := Open(text(content), o)
			if err != nil {
				t.Errorf("%s %s: %v", word, c.cells, err)
				continue
			}
			var last Row
			r.each(0, func(row Row) error { last = row; return nil })
			want := net
			if kind == Reversal {
				want = -net
			}
			if kind != Unknown && (last.Kind != kind || last.Amount != 50000 || last.Net != want) {
				t.Errorf("%s %s: %+v", word, c.cells, last)
			}
			if kind == Unknown && last.Kind != Unknown {
				t.Errorf("%s: %+v", word, last)
			}
		}
	}
}

// Nothing is booked that is not understood: a sale below 0 and a refund of 0 are not.
func TestOddAmountsAreNotUnderstood(t *testing.T) {
	for _, cells := range []string{"-5,TW,0,0,-5,04-05-2026,Purchase", "0,TW,0,0,0,04-05-2026,Void",
		"0,TW,0,0,0,04-05-2026,Purchase"} {
		content := edit(t, "Total Settlement Amount_,874146\n", "", "Total Transactions_,4\n", "") +
			"5,Toko Contoh,Credit Card,02-05-2026,INV-B,Anton,INV-B," + cells + ",,\n"
		_, rows := rowsOf(t, content, Options{})
		if rows[4].Kind != Unknown {
			t.Errorf("%s: %+v", cells, rows[4])
		}
	}
}

// A large file is refused before it is read to its end.
func TestALargeFileIsNotReadToItsEnd(t *testing.T) {
	head, rest, _ := strings.Cut(seen(t), "\n1,")
	_, rest, _ = strings.Cut(strings.SplitN(rest, "\n", 2)[0], "Bank BCA")
	name := strings.Repeat("x", 60_000)
	var passed atomic.Int64
	r, w := io.Pipe()
	go func() {
		io.WriteString(w, head)
		for i := 1; passed.Load() < 500<<20; i++ {
			n, err := fmt.Fprintf(w, "\n%d,Toko Contoh,QRIS,02-05-2026,INV-A,%s%s", i, name, rest)
			if passed.Add(int64(n)); err != nil {
				return
			}
		}
		w.Close()
	}()
	_, err := Open(func() (io.ReadCloser, error) { return r, nil }, Options{})
	var invalid *Invalid
	if !errors.As(err, &invalid) || !strings.Contains(err.Error(), "more than 100 MB") || passed.Load() > 110<<20 {
		t.Errorf("after %d bytes: %v", passed.Load(), err)
	}
}
