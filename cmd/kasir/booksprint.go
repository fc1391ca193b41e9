package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"kasir/shared/books"
	"kasir/shared/spreadsheet"
)

// booksDocument is the output of kasir books --json.
type booksDocument struct {
	Place      string        `json:"place"` // as in ordersDocument, or the export
	Month      string        `json:"month"`
	From       time.Time     `json:"from"`
	To         time.Time     `json:"to"`              // the beginning of the next month
	Known      *time.Time    `json:"known,omitempty"` // when the orders were read or exported
	Orders     int           `json:"orders"`          // that were read
	Accounts   []bookAccount `json:"accounts"`
	Attention  int           `json:"attention"` // orders that need a person
	Unreadable []string      `json:"unreadable,omitempty"`
	Unfinished []string      `json:"unfinished,omitempty"` // batches whose reports were not applied to their end
}

type bookAccount struct {
	Term   books.Term `json:"term"`
	Amount int64      `json:"amount"`
	Lines  []bookLine `json:"lines"`
}

type bookLine struct {
	Invoice string       `json:"invoice_number"` // empty for money of a settlement report that no order has
	Date    string       `json:"date"`           // the day in Jakarta
	Amount  int64        `json:"amount"`
	Reason  books.Reason `json:"reason,omitempty"`
	Why     string       `json:"why"`
}

// signs are the signs of the terms in the equation.
var signs = map[books.Term]string{
	books.Taken: "+", books.Refunded: "-", books.Chargebacks: "-", books.Fees: "-", books.Discounts: "-",
	books.Settled: "=", books.Outstanding: "+", books.Differences: "+",
}

// print prints the books, and ends with an error if they are not whole.
func (k *bookkeeping) print(s *screen, r *reading) error {
	if err := s.document(r.document()); err != nil {
		return err
	}
	if k.csv {
		if err := k.printCSV(s.out, r.books); err != nil {
			return err
		}
	} else {
		k.printText(s, r)
	}
	switch month := r.books.Month; {
	case r.known.IsZero():
		s.note("the export has no manifest: whether it is whole was not checked")
	case r.known.Before(month.End):
		s.note("%s had not ended at %s, when these orders were read", month.Title(), formatTime(r.known))
	}
	if len(r.unfinished) > 0 && !s.json {
		s.warn("these settlement reports were not applied to their end, so put them in again: " +
			strings.Join(r.unfinished, ", "))
	}
	if r.orders == 0 {
		return fmt.Errorf("there is no order in %s: check that it is the right place", r.place)
	}
	return r.missing()
}

func (r *reading) document() booksDocument {
	m := r.books.Month
	doc := booksDocument{Place: r.place, Month: m.String(), From: m.From, To: m.End, Orders: r.orders,
		Attention: r.attention, Unreadable: r.unreadable, Unfinished: r.unfinished}
	if !r.known.IsZero() {
		doc.Known = &r.known
	}
	for _, term := range books.Terms {
		account := bookAccount{Term: term, Amount: r.books.Accounts[term].Amount, Lines: []bookLine{}}
		for _, line := range r.books.Accounts[term].Lines {
			account.Lines = append(account.Lines, bookLine{Invoice: line.Invoice, Date: books.Day(line.Date),
				Amount: line.Amount, Reason: line.Reason, Why: line.Why})
		}
		doc.Accounts = append(doc.Accounts, account)
	}
	return doc
}

// printText prints the equation, and below it the lines of its terms.
func (k *bookkeeping) printText(s *screen, r *reading) {
	fmt.Fprintf(s.text, "books of %s, in whole rupiah, from %s\n\n", r.books.Month.Title(), r.place)
	for _, term := range books.Terms {
		account := r.books.Accounts[term]
		if term == books.Settled {
			fmt.Fprintln(s.text, "  "+strings.Repeat("-", 48))
		}
		amount := fmt.Sprintf("%18s", grouped(account.Amount))
		if term == books.Differences && len(account.Lines) > 0 {
			amount = s.paint(red, amount)
		}
		fmt.Fprintf(s.text, "  %1s %-17s%s  %s\n", signs[term], words(term), amount, counted(len(account.Lines)))
	}
	for _, term := range books.Terms {
		if lines := r.books.Accounts[term].Lines; len(lines) > 0 && (!k.summary || open(term)) {
			fmt.Fprintf(s.text, "\n%s\n", words(term))
			printLines(s.text, lines)
		}
	}
	if r.attention > 0 {
		fmt.Fprintf(s.text, "\n%d of %d orders need a person: kasir orders --attention\n", r.attention, r.orders)
	}
}

// open reports whether a term is a balance about which somebody may have to do something.
func open(term books.Term) bool { return term == books.Outstanding || term == books.Differences }

func words(term books.Term) string { return strings.ReplaceAll(string(term), "_", " ") }

func counted(lines int) string {
	switch lines {
	case 0:
		return ""
	case 1:
		return "1 line"
	}
	return fmt.Sprintf("%d lines", lines)
}

// printLines prints the lines of a term, with the amounts aligned on the right.
func printLines(out io.Writer, lines []books.Line) {
	width := 0
	for _, line := range lines {
		width = max(width, len(grouped(line.Amount)))
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintf(table, "  %s\t%s\t%*s\t%s\n", books.Day(line.Date), cmp.Or(line.Invoice, "-"), width,
			grouped(line.Amount), because(line))
	}
	table.Flush()
}

// because returns the explanation of a line, which begins with the reason of a difference.
func because(line books.Line) string {
	if line.Reason == "" {
		return line.Why
	}
	return string(line.Reason) + ": " + line.Why
}

// grouped returns an amount with commas between thousands, for people.
func grouped(n int64) string {
	digits := number(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

var booksHead = []string{"term", "invoice_number", "date", "amount", "reason", "why"}

// printCSV prints each line of each term. The amounts of a term add up to the term.
func (k *bookkeeping) printCSV(to io.Writer, b *books.Books) error {
	out := csv.NewWriter(to)
	out.Write(booksHead)
	for _, term := range books.Terms {
		for _, line := range b.Accounts[term].Lines {
			out.Write([]string{string(term), k.cell(line.Invoice), books.Day(line.Date),
				number(line.Amount), string(line.Reason), k.cell(line.Why)})
		}
	}
	out.Flush()
	return out.Error()
}

// cell returns a text for a spreadsheet; see spreadsheet.Text.
func (k *bookkeeping) cell(text string) string {
	if k.raw {
		return text
	}
	return spreadsheet.Text(text)
}
