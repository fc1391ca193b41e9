package simulation

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// row is a row of DOKU's settlement report.
type row struct {
	invoice string
	word    string // of the column TRANSACTION TYPE
	amount  int64
	off     int64 // discount of a sale
}

// Words of the column TRANSACTION TYPE. DOKU documents none for a row that is no sale; that of a reversal is a setting.
const (
	rowSale     = "Purchase"
	rowReversal = "Chargeback Reversed"
)

var rowWords = map[string]string{
	moveRefund: "Refund", moveVoid: "Void", moveDispute: "Chargeback", moveReversal: rowReversal,
}

// settle lets DOKU's settlement reports arrive, which together tell of every sale, refund and chargeback.
func (w *World) settle() {
	w.endFaults()
	rows := w.rows()
	if len(rows) == 0 {
		return
	}
	batches := [][]row{rows}
	if at := w.dice.IntN(len(rows)); w.chance(300) && at > 0 {
		batches = [][]row{rows[:at:at], rows[at:]}
	}
	batches = w.spoilRows(batches)
	for i, batch := range batches {
		w.stats.Reports++
		text := w.report("BATCH-"+strconv.Itoa(i+1), batch)
		if w.trace.keep {
			w.remark(string(text))
		}
		w.readReport(text)
		w.readReport(text) // it is sent again, and changes nothing
		if w.chance(100) {
			w.queue.put(w.now.Add(time.Hour), func() { w.readOther(text) })
		}
	}
	w.reported = true
}

// rows returns the rows of the reports, as DOKU's ledgers have them.
func (w *World) rows() []row {
	var all []row
	for _, p := range w.plans {
		l := w.gateway.ledgers[p.invoice]
		if l == nil {
			continue
		}
		for _, m := range l.ownPayments() {
			if m.id == "" {
				all = append(all, row{p.invoice, rowSale, m.amount, 0})
			}
		}
		for _, m := range l.captures {
			all = append(all, row{p.invoice, rowSale, m.amount, 0})
		}
		for _, m := range slices.Concat(l.refunds, l.doubles) {
			word := rowWords[moveRefund]
			if m.kind == "VOID" {
				word = rowWords[moveVoid]
			}
			all = append(all, row{p.invoice, word, m.amount, 0})
		}
		for _, m := range l.moves {
			all = append(all, row{p.invoice, rowWords[m.kind], m.amount, 0})
		}
		if !l.voidedAt.IsZero() {
			all = append(all, row{p.invoice, rowWords[moveVoid], l.authorized().amount, 0})
		}
	}
	return all
}

// report returns a settlement report as DOKU writes it. Its refunds and chargebacks have either sign.
func (w *World) report(batch string, rows []row) []byte {
	var b bytes.Buffer
	b.WriteString("Batch ID_," + batch + "\nTotal Transactions_," + strconv.Itoa(len(rows)) + "\n\n")
	b.WriteString("NO,MERCHANT NAME,PAYMENT CHANNEL NAME,TRANSACTION DATE,INVOICE NUMBER,AMOUNT,FEE,DISCOUNT," +
		"PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE\n")
	day := w.now.Format("02-01-2006")
	for i, r := range rows {
		sign, fee := int64(1), int64(0)
		switch {
		case r.word == rowSale:
			fee = r.amount / 50
		case w.gateway.minus && r.word != rowReversal:
			sign = -1
		}
		for _, cell := range []string{strconv.Itoa(i + 1), "Toko Simulasi", "Credit Card", day, r.invoice,
			strconv.FormatInt(sign*r.amount, 10), strconv.FormatInt(fee, 10), strconv.FormatInt(r.off, 10),
			strconv.FormatInt(sign*r.amount-fee-r.off, 10), day} {
			b.WriteString(cell + ",")
		}
		b.WriteString(r.word + "\n")
	}
	return b.Bytes()
}

// readReport lets kasir read a report, again after each death and failure.
func (w *World) readReport(text []byte) {
	again := false
	w.start("settle", func(ctx context.Context) {
		result, err := w.applyReport(ctx, text)
		w.note("settled", strconv.Itoa(len(result.Differences)), "differences", outcome(err))
		again = errors.Is(err, payment.ErrStore) || errors.Is(err, errStoreDown)
		if err != nil && !again {
			w.violate("I22", "a settlement report is refused: %v", err)
		}
	}, func(dead bool) {
		if dead || again {
			w.readReport(text)
		}
	})
}

// readOther lets kasir read another report of a batch that it knows. It must refuse the whole.
func (w *World) readOther(text []byte) {
	other := append(slices.Clone(text), '\n')
	w.start("settle", func(ctx context.Context) {
		_, err := w.applyReport(ctx, other)
		var known *settlement.OtherContent
		if err == nil || !errors.As(err, &known) && !errors.Is(err, payment.ErrStore) {
			w.violate("I22", "another report of one batch was accepted: %v", err)
		}
	}, nil)
}

func (w *World) applyReport(ctx context.Context, text []byte) (settlement.Result, error) {
	source := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	r, err := settlement.Open(source, settlement.Options{Words: reportWords})
	if err != nil {
		return settlement.Result{}, err
	}
	return settlement.Settler{Service: w.service, AtOnce: 1}.Apply(ctx, r)
}

// reportWords is the setting for the words of DOKU's rows.
var reportWords = func() settlement.Words {
	words, err := settlement.ParseWords(rowReversal + "=" + string(order.MovedReversal))
	if err != nil {
		panic(err)
	}
	return words
}()
