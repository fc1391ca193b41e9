package quote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"kasir/shared/doku"
)

// Terms is what a merchant's back end promises. Names are those of DOKU's create-page body; amounts are whole rupiah.
type Terms struct {
	InvoiceNumber string          `json:"invoice_number"`
	Amount        int64           `json:"amount"`
	LineItems     []doku.LineItem `json:"line_items,omitempty"`

	// What a merchant may also decide. Without it a caller may send no promo and no payment type but SALE and INSTALLMENT,
	// and may limit cards and tenors as it likes.
	Promo       []doku.Promo     `json:"promo,omitempty"`
	PaymentType doku.PaymentType `json:"payment_type,omitempty"`
	AllowBIN    []string         `json:"allow_bin,omitempty"`
	AllowTenor  []int64          `json:"allow_tenor,omitempty"`
}

func (t Terms) complete() error {
	switch {
	case t.InvoiceNumber == "":
		return errors.New("a quote needs an invoice number")
	case t.Amount < 1:
		return fmt.Errorf("a quote needs an amount of at least 1 rupiah, not %d", t.Amount)
	}
	return nil
}

// Check compares a request with the terms, field by field: what they name must be the same, and what moves money another way and
// they do not name must be absent. Nothing is filled in.
func (t Terms) Check(r doku.CreatePageRequest) []doku.Violation {
	o, c, a := r.Order, r.OverrideConfiguration, r.AdditionalInfo
	const differs, merchants = "is not what the quote says", "is for callers with the scope payments:price only"
	var found []doku.Violation
	insist := func(good bool, pointer, detail string) {
		if !good {
			found = append(found, doku.Violation{Pointer: pointer, Detail: detail})
		}
	}
	insist(o.InvoiceNumber == t.InvoiceNumber, "/order/invoice_number", differs)
	insist(o.Amount == t.Amount, "/order/amount", differs)
	insist(slices.Equal(o.LineItems, t.LineItems), "/order/line_items", differs)
	insist(slices.Equal(c.Promo, t.Promo), "/override_configuration/promo", "is not what the quote says: a promo lowers the price, so the quote must name it")
	insist(t.AllowBIN == nil || slices.Equal(c.AllowBIN, t.AllowBIN), "/override_configuration/allow_bin", differs)
	insist(t.AllowTenor == nil || slices.Equal(c.AllowTenor, t.AllowTenor), "/override_configuration/allow_tenor", differs)
	insist(t.mayPay(r.Payment.Type), "/payment/type", "is not what the quote says; without one it may be SALE or INSTALLMENT")
	insist(o.Descriptor == "", "/order/descriptor", merchants)
	insist(len(a.Settlement) == 0, "/additional_info/settlement", merchants)
	insist(!a.HoldSettlement, "/additional_info/hold_settlement", merchants)
	insist(a.OverrideNotificationURL == "", "/additional_info/override_notification_url", merchants)
	return found
}

// mayPay tells whether a request may have a payment type.
func (t Terms) mayPay(asked doku.PaymentType) bool {
	r := doku.CreatePageRequest{Payment: doku.PagePayment{Type: t.PaymentType}}
	r.Normalize() // AUTHORIZATION is AUTHORIZE
	if r.Payment.Type != "" {
		return asked == r.Payment.Type
	}
	return asked == "" || asked == doku.Sale || asked == doku.Installment
}

// single refuses an object with a name in it twice, at any depth.
func single(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	var seen []map[string]bool // of the objects that are open; nil for arrays
	var names []bool           // whether the next token of the innermost is a name
	for {
		token, err := d.Token()
		if err != nil {
			return nil // the end, or what encoding/json will complain about itself
		}
		inner := len(seen) - 1
		switch delim, _ := token.(json.Delim); {
		case delim == '{':
			seen, names = append(seen, map[string]bool{}), append(names, true)
			continue
		case delim == '[':
			seen, names = append(seen, nil), append(names, false)
			continue
		case delim != 0:
			seen, names = seen[:inner], names[:inner]
			inner--
		case inner >= 0 && names[inner]:
			name := token.(string)
			if seen[inner][name] {
				return fmt.Errorf("%q is given twice", name)
			}
			seen[inner][name], names[inner] = true, false
			continue
		}
		if inner >= 0 && seen[inner] != nil {
			names[inner] = true // a value has ended
		}
	}
}
