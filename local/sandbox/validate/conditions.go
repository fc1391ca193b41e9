package validate

import (
	"fmt"
	"slices"
)

// conditions are the guide's "Conditional" rows and the sentences under its tables. Each returns a complaint or "".
var conditions = []func(Body) string{
	lineItemsMatchAmount,
	func(b Body) string {
		if b.Order.AutoRedirect && b.Order.CallbackURL == "" {
			return "order.callback_url is mandatory when order.auto_redirect is true"
		}
		return ""
	},
	func(b Body) string {
		if b.Customer.Email == "" && b.Customer.Phone == "" {
			return "customer.email or customer.phone is mandatory"
		}
		return ""
	},
	func(b Body) string {
		if (b.Card.Token != "" || bool(b.Card.Save)) && b.Customer.ID == "" {
			return "customer.id is mandatory with card.token or card.save"
		}
		return ""
	},
	func(b Body) string {
		if b.Payment.Acquirer == "BANK_MANDIRI" && len(b.Order.InvoiceNumber) > 27 {
			return "order.invoice_number must be at most 27 characters with acquirer BANK_MANDIRI"
		}
		return ""
	},
	func(b Body) string {
		if bool(b.Payment.AutoCapture) && b.Payment.Type != TypeAuthorize {
			return "payment.auto_capture needs payment.type AUTHORIZE"
		}
		return ""
	},
	installmentIsComplete,
	func(b Body) string {
		for i, p := range b.Override.Promo {
			if p.DiscountAmount >= b.Order.Amount {
				return fmt.Sprintf("override_configuration.promo[%d].discount_amount must be below order.amount", i)
			}
		}
		return ""
	},
	settlementFits,
}

// lineItemsMatchAmount returns the only message about a condition that DOKU documents.
func lineItemsMatchAmount(b Body) string {
	if len(b.Order.LineItems) == 0 {
		return ""
	}
	left := b.Order.Amount
	for _, item := range b.Order.LineItems {
		// Divide instead of multiplying: price × quantity must not overflow into a match.
		if item.Price > 0 && item.Quantity > left/item.Price {
			return "Invalid Total Amount And Line Items"
		}
		left -= item.Price * item.Quantity
	}
	if left != 0 {
		return "Invalid Total Amount And Line Items"
	}
	return ""
}

func installmentIsComplete(b Body) string {
	tenors := b.Override.AllowTenor
	switch {
	case b.Payment.Type == TypeInstallment && b.Payment.Acquirer == "":
		return "payment.acquirer is mandatory with payment.type INSTALLMENT"
	case b.Payment.Type == TypeInstallment && b.Payment.Tenor == nil:
		return "payment.tenor is mandatory with payment.type INSTALLMENT"
	case b.Payment.Tenor != nil && len(tenors) > 0 && !slices.Contains(tenors, *b.Payment.Tenor):
		return "payment.tenor must be one of override_configuration.allow_tenor"
	}
	return ""
}

func settlementFits(b Body) string {
	for i, s := range b.AdditionalInfo.Settlement {
		value, _ := s.Value.Float64()
		if s.Type == "PERCENTAGE" && value > 100 {
			return fmt.Sprintf("additional_info.settlement[%d].value must be at most 100 percent", i)
		}
		if s.Type == "FIX" && value > float64(b.Order.Amount) {
			return fmt.Sprintf("additional_info.settlement[%d].value must be at most order.amount", i)
		}
	}
	return ""
}
