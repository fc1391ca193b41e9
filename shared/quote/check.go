package quote

import (
	"fmt"
	"slices"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
)

// Check returns a violation for every field of a create-page body that differs from the quote, and for every field that
// only a caller who may name prices may send. It returns nil if there is none. subject is the caller's, since a quote
// may be for one customer only. The caller may choose the fields that affect neither the price nor the merchant's
// books: the customer, the page's colours and return addresses, the saved card, and the bank and tenor of an
// installment. docs/quotes.md has the table.
func (t Terms) Check(r doku.CreatePageRequest, subject string) []jsonbody.Violation {
	r.Normalize()
	var d disagreements
	d.addIf(t.Subject != "" && subject != t.Subject, "/quote",
		"is for another caller: its sub is not the sub of your token")
	d.addIf(t.CustomerID != "" && r.Customer.ID != t.CustomerID, "/customer/id", "is not the customer_id of the quote")
	d.addIf(r.Order.InvoiceNumber != t.InvoiceNumber, "/order/invoice_number", "is not the invoice number of the quote")
	d.addIf(r.Order.Amount != t.Amount, "/order/amount",
		"is not the amount of the quote, %s", doku.ShowAmount(t.Amount))
	d.lineItems(r.Order.LineItems, t.LineItems)
	d.payment(r.Payment, t)
	d.override(r.OverrideConfiguration, t)
	d.merchantFields(r)
	return d
}

type disagreements []jsonbody.Violation

func (d *disagreements) addIf(wrong bool, pointer, format string, args ...any) {
	if wrong {
		*d = append(*d, jsonbody.Violation{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
	}
}

func (d *disagreements) lineItems(got, want []doku.LineItem) {
	if len(got) != len(want) {
		d.addIf(true, "/order/line_items", "has %d items, but the quote has %d", len(got), len(want))
		return
	}
	for i := range want {
		at := fmt.Sprintf("/order/line_items/%d", i)
		d.addIf(got[i].Name != want[i].Name, at+"/name", "is not the name in the quote")
		d.addIf(got[i].Price != want[i].Price, at+"/price", "is not the price in the quote, %s",
			doku.ShowAmount(want[i].Price))
		d.addIf(got[i].Quantity != want[i].Quantity, at+"/quantity", "is not the quantity in the quote, %s",
			doku.ShowAmount(want[i].Quantity))
	}
}

// payment compares the payment. A quote without a type allows only types that take the money at once with the customer
// present.
func (d *disagreements) payment(p doku.PagePayment, t Terms) {
	named := doku.CreatePageRequest{Payment: doku.PagePayment{Type: t.PaymentType}}
	named.Normalize() // a quote may also have the guide's other word for AUTHORIZE
	switch want := named.Payment.Type; {
	case want != "":
		d.addIf(p.Type != want, "/payment/type", "is not the payment_type of the quote")
	default:
		d.addIf(p.Type != "" && p.Type != doku.Sale && p.Type != doku.Installment, "/payment/type",
			"needs a quote with this payment_type; this quote allows SALE and INSTALLMENT")
	}
	d.addIf(p.AutoCapture != t.AutoCapture, "/payment/auto_capture",
		"is %t, but auto_capture in the quote is %t", p.AutoCapture, t.AutoCapture)
}

// override compares the overrides of the merchant's settings. A promo changes the price, so the quote must contain it.
// allow_bin and allow_tenor only narrow the choice, so the quote may leave them out.
func (d *disagreements) override(o doku.OverrideConfiguration, t Terms) {
	const at = "/override_configuration"
	d.addIf(!slices.Equal(o.Promo, t.Promo), at+"/promo", "is not the promo of the quote (which has %d)", len(t.Promo))
	d.addIf(t.AllowBIN != nil && !slices.Equal(o.AllowBIN, t.AllowBIN), at+"/allow_bin",
		"is not the allow_bin of the quote")
	d.addIf(t.AllowTenor != nil && !slices.Equal(o.AllowTenor, t.AllowTenor), at+"/allow_tenor",
		"is not the allow_tenor of the quote")
}

// merchantFields refuses the fields that no quote covers. They decide who receives the money and the notifications, the
// name on the statement, and the text that the customer agrees to.
func (d *disagreements) merchantFields(r doku.CreatePageRequest) {
	const only = "cannot be sent with a quote: it needs the scope payments:price and no quote"
	a := r.AdditionalInfo
	d.addIf(len(a.Settlement) > 0, "/additional_info/settlement", only)
	d.addIf(a.HoldSettlement, "/additional_info/hold_settlement", only)
	d.addIf(a.OverrideNotificationURL != "", "/additional_info/override_notification_url", only)
	d.addIf(a.Disclaimer != doku.Disclaimer{}, "/additional_info/disclaimer", only)
	d.addIf(a.Account != doku.Account{}, "/additional_info/account", only)
	d.addIf(len(a.Report) > 0, "/additional_info/report", only)
	d.addIf(r.Order.Descriptor != "", "/order/descriptor", only)
}
