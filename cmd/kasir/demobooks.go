package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kasir/shared/books"
	"kasir/shared/order"
	"kasir/shared/settlement"
)

// control sends a request to the control API of the sandbox, which stands for DOKU's people and banks.
func (d *demonstration) control(ctx context.Context, path string, form url.Values) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.stack.DOKU+path,
		strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the sandbox answered %s to POST %s: %s", response.Status, path, body)
	}
	return body, err
}

const demoRefund = 50_000

// refundElsewhere refunds a part in DOKU's Back Office. kasir learns of it by DOKU's notification.
func (d *demonstration) refundElsewhere(ctx context.Context) error {
	form := url.Values{"invoice_number": {demoInvoice}, "act": {"refund"}, "amount": {number(demoRefund)},
		"anyway": {"1"}}
	if _, err := d.control(ctx, "/control/backoffice", form); err != nil {
		return err
	}
	d.printStep("clicked", "a person refunded %s in DOKU's Back Office; kasir must not give the same money back again",
		grouped(demoRefund))
	p, err := d.api.Await(ctx, demoInvoice, string(order.PartiallyRefunded))
	if err != nil {
		return err
	}
	d.printStep("noticed", "DOKU posted a notification, and the order is %s; %s can still be refunded", p.Status,
		grouped(p.Refundable))
	return nil
}

// settle reads the settlement report with which DOKU pays out. One row of it is wrong.
func (d *demonstration) settle(ctx context.Context) error {
	file, err := d.control(ctx, "/control/settlement", url.Values{"malformed": {"differing_amount"}})
	if err != nil {
		return err
	}
	report, err := settlement.Open(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(file)), nil
	}, d.desk.settlement)
	if err != nil {
		return err
	}
	d.printStep("reported", "DOKU paid out and sent a settlement report; kasir compares its %d rows with the orders",
		report.Batch.Rows)
	result, err := settlement.Settler{Service: d.desk.Service}.Apply(ctx, report)
	if err != nil {
		return err
	}
	for _, found := range result.Differences {
		d.printStep("found", "row %d, %s of %s: %s", found.Row, found.Kind, found.Invoice, found.Note)
	}
	o, err := d.desk.Find(ctx, demoInvoice)
	if err != nil {
		return err
	}
	var kinds []string
	for _, c := range o.Cases() {
		kinds = append(kinds, string(c.Kind))
	}
	d.printStep("attention", "the order waits for a person, who decides who is right: %s", strings.Join(kinds, ", "))
	return nil
}

// keepBooks prints the equation of the month.
func (d *demonstration) keepBooks(ctx context.Context) error {
	month, err := books.ParseMonth(books.Day(d.desk.Now())[:len("2006-01")])
	if err != nil {
		return err
	}
	r := &reading{books: books.Of(month)}
	if err := r.readOrders(ctx, d.desk, func() {}); err != nil {
		return err
	}
	if err := r.books.Close(); err != nil {
		return err
	}
	var terms []string
	for _, term := range books.Terms {
		account := r.books.Accounts[term]
		if account.Amount != 0 {
			terms = append(terms, strings.TrimSpace(signs[term]+" "+words(term)+" "+grouped(account.Amount)))
		}
	}
	d.printStep("books", "of %s, to the rupiah: %s", month.Title(), strings.Join(terms, " "))
	for _, line := range r.books.Accounts[books.Differences].Lines {
		d.printStep("differs", "%s by %s, %s: ask DOKU, as docs/settlement.md says", line.Invoice,
			grouped(line.Amount), because(line))
	}
	return nil
}

// openBooks opens the orders as an operator's commands do.
func (d *demonstration) openBooks(ctx context.Context) (err error) {
	opened := &desk{close: func() {}, environment: d.stack.Environment, place: "the demo"}
	d.desk, err = opened.open(ctx, localEnvironment(d.stack.Environment))
	return err
}

// demoTime is how long the demo may take.
const demoTime = 2 * time.Minute
