package settlement_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/settlement"
)

var (
	reports = flag.Int("reports", generatedReports, "generated reports")
	seed    = flag.Uint64("seed", 0, "run only the report of this seed")
)

// Every planted difference is found in every generated report, and no other is.
func TestGeneratedReports(t *testing.T) {
	first, last := uint64(1), uint64(*reports)
	if *seed > 0 {
		first, last = *seed, *seed
	}
	kinds, rows := map[string]int{}, 0
	for n := first; n <= last; n++ {
		g := &generator{Rand: rand.New(rand.NewPCG(n, 0)), t: t, w: newWorld()}
		content := g.report(fmt.Sprintf("B-%d", n))
		fee, err := settlement.ParseFee(g.agreed)
		if err != nil {
			t.Fatal(err)
		}
		result, err := g.w.apply(t.Context(), content, settlement.Options{Fee: fee})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", n, err, content)
		}
		slices.Sort(g.planted)
		if diff := cmp.Diff(append([]string{}, g.planted...), found(result)); diff != "" {
			t.Fatalf("seed %d (-planted +found):\n%s\n%s", n, diff, content)
		}
		for _, d := range result.Differences {
			kinds[string(d.Kind)]++
		}
		rows += result.Rows
	}
	t.Logf("%d reports with %d rows; found: %v", last-first+1, rows, kinds)
	if *seed == 0 && len(kinds) != 7 {
		t.Errorf("only %v were planted", kinds)
	}
}

// generator makes orders, a report about them, and a list of the differences that it plants.
type generator struct {
	*rand.Rand
	t       *testing.T
	w       *world
	agreed  string // the fee, or empty
	rate    int64  // per mille
	fixed   int64
	rows    []generated
	planted []string // "kind invoice ours theirs"
}

// generated is a row of a report, with the amounts as they are written.
type generated struct {
	channel, invoice, word      string
	amount, fee, discount, paid int64
}

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) plant(kind, invoice string, ours, theirs int64) {
	g.planted = append(g.planted, fmt.Sprint(kind, " ", invoice, " ", ours, " ", theirs))
}

// fee returns the agreed fee, with 11 % VAT, rounded half up.
func (g *generator) fee(amount int64) int64 {
	return ((amount*g.rate+g.fixed*1000)*111 + 50_000) / 100_000
}

// report stores orders and returns a report about them.
func (g *generator) report(batch string) string {
	if g.chance(50) {
		g.rate, g.fixed = int64(g.IntN(40)), int64(g.IntN(5000)+1)
		g.agreed = fmt.Sprintf("%d.%d%%+%d+11%%", g.rate/10, g.rate%10, g.fixed)
	}
	for i := range g.IntN(8) + 1 {
		g.order(fmt.Sprintf("INV-%d", i))
	}
	for i := range g.IntN(4) {
		amount := g.Int64N(1e9) - 5e8
		g.rows = append(g.rows, generated{channel: g.one("QRIS", "OVO", "VIRTUAL_ACCOUNT_BCA", "Alfamart"),
			invoice: g.one("INV-0", "OTHER-"+fmt.Sprint(i), "a/b"), word: g.one("Purchase", "Top Up"), amount: amount,
			fee: 5, paid: amount - 5})
	}
	g.Shuffle(len(g.rows), func(i, j int) { g.rows[i], g.rows[j] = g.rows[j], g.rows[i] })
	return g.write(batch)
}

func (g *generator) channel() string {
	return g.one("Credit Card", "CREDIT_CARD", "Kartu Kredit", "card")
}

// sale adds the row of a sale. wrongFee reports whether a wrong fee may be planted.
func (g *generator) sale(invoice string, amount int64, wrongFee bool) {
	row := generated{channel: g.channel(), invoice: invoice, word: g.one("Purchase", "PURCHASE", " purchase "),
		amount: amount, fee: g.fee(amount)}
	if wrongFee && g.agreed != "" && g.chance(10) {
		if wrong := row.fee + 2 + g.Int64N(500); wrong < amount {
			g.plant("fee", invoice, row.fee, wrong)
			row.fee = wrong
		}
	}
	row.paid = row.amount - row.fee
	g.rows = append(g.rows, row)
}

// back adds the row of money that went back, with either sign.
func (g *generator) back(invoice, word string, amount int64) {
	row := generated{channel: g.channel(), invoice: invoice, word: word, amount: amount, paid: amount}
	switch g.IntN(3) {
	case 0:
		row.amount, row.paid = -amount, -amount
	case 1:
		row.paid = -amount
	}
	g.rows = append(g.rows, row)
}

// order stores an order and adds its rows, of which some differ.
func (g *generator) order(invoice string) {
	amount := g.Int64N(5_000_000) + 10_000
	switch {
	case g.chance(6): // no order
		if g.chance(50) {
			invoice = "GONE-" + invoice
		}
		g.plant("missing_here", invoice, 0, amount)
		g.sale(invoice, amount, false)
		return
	case g.chance(4):
		g.w.unpaid(g.t, invoice, amount)
		g.plant("missing_here", invoice, 0, amount)
		g.sale(invoice, amount, false)
		return
	}
	var own []int64
	for range g.IntN(3) {
		own = append(own, g.Int64N(amount/4)+1)
	}
	g.w.paid(g.t, invoice, amount, own...)
	switch {
	case g.chance(8):
		theirs := amount + 1 + g.Int64N(1000)
		g.plant("amount", invoice, amount, theirs)
		g.sale(invoice, theirs, true)
	case g.chance(90): // the others are settled in another report
		g.sale(invoice, amount, true)
		if g.chance(6) {
			g.plant("settled_twice", invoice, amount, amount)
			g.sale(invoice, amount, true)
		}
	}
	g.moves(invoice, own)
}

// moves adds the rows of an order's refunds, of which own are ours, and of other money.
func (g *generator) moves(invoice string, own []int64) {
	for _, refund := range own {
		if g.chance(70) {
			g.back(invoice, g.one("Refund", "Void"), refund)
		}
	}
	for range 2 {
		if g.chance(8) { // of an amount that no refund of ours has
			refund := 10_000_000 + g.Int64N(1000)
			g.plant("refund_not_ours", invoice, 0, refund)
			g.back(invoice, g.one("Refund", "VOID"), refund)
		}
	}
	if g.chance(5) {
		amount := g.Int64N(10_000) + 1
		g.plant("charged_back", invoice, 0, amount)
		g.back(invoice, "Chargeback", amount)
	}
	if g.chance(5) {
		amount := g.Int64N(10_000) + 1
		row := generated{channel: g.channel(), invoice: invoice, word: g.one("Adjustment", "Koreksi", ""),
			amount: amount,
			paid:   amount}
		g.plant("unknown_kind", invoice, 0, amount)
		g.rows = append(g.rows, row)
	}
}

// write returns the report, in one of the forms that a template may have.
func (g *generator) write(batch string) string {
	var out strings.Builder
	for _, line := range g.block(batch) {
		out.WriteString(line + "\n")
	}
	out.WriteString(g.one("", "\n", "\n\n", ",,,\n"))
	columns := []string{"NO", "MERCHANT NAME", "PAYMENT CHANNEL NAME", "TRANSACTION DATE", "INVOICE NUMBER",
		"CUSTOMER NAME", "AMOUNT", "FEE", "DISCOUNT", "PAY TO MERCHANT", "PAY OUT DATE", "TRANSACTION TYPE",
		"SUB ACCOUNT", "catatan"}
	if g.chance(50) {
		g.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	}
	out.WriteString(strings.Join(columns, ",") + "\n")
	for i, row := range g.rows {
		var cells []string
		for _, column := range columns {
			cells = append(cells, g.cell(column, i+1, row))
		}
		out.WriteString(strings.Join(cells, ",") + "\n")
	}
	text := out.String()
	if g.chance(20) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return g.one("", "", "\xef\xbb\xbf") + text
}

// cell returns the text of a cell, sometimes between quotation marks or with white space.
func (g *generator) cell(column string, number int, row generated) string {
	text := map[string]string{
		"NO": fmt.Sprint(number), "MERCHANT NAME": "Toko Contoh", "PAYMENT CHANNEL NAME": row.channel,
		"TRANSACTION DATE": "02-05-2026", "INVOICE NUMBER": row.invoice, "AMOUNT": fmt.Sprint(row.amount),
		"FEE": fmt.Sprint(row.fee), "DISCOUNT": fmt.Sprint(row.discount), "PAY TO MERCHANT": fmt.Sprint(row.paid),
		"PAY OUT DATE": "04-05-2026", "TRANSACTION TYPE": row.word,
	}[column]
	switch {
	case column == "CUSTOMER NAME":
		return g.one("Anton", `"Budiman, Anton"`, `"An ""Nton"""`, "Ren\xe9", "=1+1", "")
	case g.chance(3):
		return `"` + text + `"`
	case g.chance(3):
		return " " + text + "\t"
	}
	return text
}

// block returns the lines of totals, of which any but the batch may be missing.
func (g *generator) block(batch string) []string {
	var fee, settled, purchases, purchased int64
	understood := true
	for _, row := range g.rows {
		fee += row.fee
		switch word := strings.ToLower(strings.TrimSpace(row.word)); {
		case word == "purchase" && row.amount > 0:
			purchases, purchased, settled = purchases+1, purchased+row.amount, settled+row.paid
		case word == "refund" || word == "void" || word == "chargeback":
			settled -= max(row.paid, -row.paid)
		default:
			settled, understood = settled+row.paid, false
		}
	}
	lines := []string{fmt.Sprintf("Total Fee_,%d", fee), fmt.Sprintf("Total Settlement Amount_,%d", settled),
		fmt.Sprintf("Total Transactions_,%d", len(g.rows)), "Total Discount_,0", "Total Whatever_,x",
		"Batch ID_," + batch}
	if understood {
		lines = append(lines, fmt.Sprintf("Total Amount Purchase_,%d", purchased), fmt.Sprintf("Total Purchase_,%d",
			purchases))
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		return !strings.HasPrefix(line, "Batch") &&
			g.chance(10)
	})
	g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines
}
