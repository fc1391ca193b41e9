package quote

import (
	"fmt"
	"slices"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
)

// Check lists where a create-page body says anything else than the quote, or anything that only a caller who may
// name prices says; nil when nothing. subject is the caller's: a quote may be for one customer alone. What
// concerns neither the price nor the merchant's books (the customer, the page's looks and ways back, the saved
// card, the bank and tenor of an installment) is the caller's to choose; docs/quotes.md has the table.
func (t Terms) Check(r doku.CreatePageRequest, subject string) []jsonbody.Violation {
	r.Normalize()
	var d disagreements
	d.when(t.Subject != "" && subject != t.Subject, "/quote", "is for another caller: its sub is not the sub of your token")
	d.when(t.CustomerID != "" && r.Customer.ID != t.CustomerID, "/customer/id", "is not the customer_id of the quote")
	d.when(r.Order.InvoiceNumber != t.InvoiceNumber, "/order/invoice_number", "is not the invoice number of the quote")
	d.when(r.Order.Amount != t.Amount, "/order/amount", "is not the amount of the quote, %s", doku.ShowAmount(t.Amount))
	d.lineItems(r.Order.LineItems, t.LineItems)
	d.payment(r.Payment, t)
	d.override(r.OverrideConfiguration, t)
	d.merchantsOwn(r)
	return d
}

type disagreements []jsonbody.Violation

func (d *disagreements) when(wrong bool, pointer, format string, args ...any) {
	if wrong {
		*d = append(*d, jsonbody.Violation{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
	}
}

func (d *disagreements) lineItems(got, want []doku.LineItem) {
	if len(got) != len(want) {
		d.when(true, "/order/line_items", "has %d items, but the quote has %d", len(got), len(want))
		return
	}
	for i := range want {
		at := fmt.Sprintf("/order/line_items/%d", i)
		d.when(got[i].Name != want[i].Name, at+"/name", "is not the name in the quote")
		d.when(got[i].Price != want[i].Price, at+"/price", "is not the price in the quote, %s", doku.ShowAmount(want[i].Price))
		d.when(got[i].Quantity != want[i].Quantity, at+"/quantity", "is not the quantity in the quote, %s", doku.ShowAmount(want[i].Quantity))
	}
}

// payment: a quote that names no type stands for money taken at once, with the customer present.
func (d *disagreements) payment(p doku.PagePayment, t Terms) {
	named := doku.CreatePageRequest{Payment: doku.PagePayment{Type: t.PaymentType}}
	named.Normalize() // the guide's other word for AUTHORIZE is as good in a quote as in a body
	switch want := named.Payment.Type; {
	case want != "":
		d.when(p.Type != want, "/payment/type", "is not the payment_type of the quote")
	default:
		d.when(p.Type != "" && p.Type != doku.Sale && p.Type != doku.Installment, "/payment/type",
			"is only for a quote that says so in payment_type; this one allows SALE and INSTALLMENT")
	}
	d.when(p.AutoCapture != t.AutoCapture, "/payment/auto_capture", "is %t, but the quote says %t in auto_capture", p.AutoCapture, t.AutoCapture)
}

// override compares what overrides the merchant's settings. A promo changes the price, so the quote must contain it.
// allow_bin and allow_tenor only narrow the choice, so the quote may leave them out.
func (d *disagreements) override(o doku.OverrideConfiguration, t Terms) {
	const at = "/override_configuration"
	d.when(!slices.Equal(o.Promo, t.Promo), at+"/promo", "is not the promo of the quote (which has %d)", len(t.Promo))
	d.when(t.AllowBIN != nil && !slices.Equal(o.AllowBIN, t.AllowBIN), at+"/allow_bin", "is not the allow_bin of the quote")
	d.when(t.AllowTenor != nil && !slices.Equal(o.AllowTenor, t.AllowTenor), at+"/allow_tenor", "is not the allow_tenor of the quote")
}

// merchantsOwn are fields that say who is paid, who is told, under which name, and what the customer agrees to: no
// quote covers them.
func (d *disagreements) merchantsOwn(r doku.CreatePageRequest) {
	const only = "cannot be sent beside a quote: it is for callers with the scope payments:price, without one"
	a := r.AdditionalInfo
	d.when(len(a.Settlement) > 0, "/additional_info/settlement", only)
	d.when(a.HoldSettlement, "/additional_info/hold_settlement", only)
	d.when(a.OverrideNotificationURL != "", "/additional_info/override_notification_url", only)
	d.when(a.Disclaimer != doku.Disclaimer{}, "/additional_info/disclaimer", only)
	d.when(a.Account != doku.Account{}, "/additional_info/account", only)
	d.when(len(a.Report) > 0, "/additional_info/report", only)
	d.when(r.Order.Descriptor != "", "/order/descriptor", only)
}
