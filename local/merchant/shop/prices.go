package shop

import (
	"fmt"
	"regexp"
	"slices"
)

const maxQuantity = 20 // of one product; cart.js has the same limit

// Payment types of DOKU that the shop uses. The products of an order decide whether it can be reserved or must be paid.
const (
	sale        = "SALE"
	installment = "INSTALLMENT"
	authorize   = "AUTHORIZE"
)

// invoiceForm matches the invoice numbers that request.js makes.
var invoiceForm = regexp.MustCompile(`^KOPI-\d{8}-[a-z0-9]{8}$`)

// cart is the body of POST /quote: the customer's cart, without prices.
type cart struct {
	InvoiceNumber string `json:"invoice_number"`
	Items         []item `json:"items"`
	PaymentType   string `json:"payment_type"` // the customer's choice; empty leaves it to the products
}

type item struct {
	ID       string `json:"id"`
	Quantity int64  `json:"quantity"`
}

// order is the part of a payment that concerns money, in the field names of DOKU's guide.
type order struct {
	InvoiceNumber string     `json:"invoice_number"`
	Amount        int64      `json:"amount"` // whole rupiah
	LineItems     []lineItem `json:"line_items"`
}

type lineItem struct {
	Name     string `json:"name"`
	Price    int64  `json:"price"` // whole rupiah, for one
	Quantity int64  `json:"quantity"`
}

// prices holds the products by id.
type prices map[string]product

func newPrices(products []product) prices {
	known := prices{}
	for _, p := range products {
		known[p.ID] = p
	}
	return known
}

// price returns the order for a cart, with the catalogue's names and prices, in the cart's sequence. paymentType is
// AUTHORIZE if the products require it, otherwise empty: then SALE and INSTALLMENT are allowed. violations lists every
// reason why the cart cannot be sold.
func (p prices) price(wanted cart) (priced order, paymentType string, violations []violation) {
	add := func(pointer, detail string, args ...any) {
		violations = append(violations, violation{pointer, fmt.Sprintf(detail, args...)})
	}
	if !invoiceForm.MatchString(wanted.InvoiceNumber) {
		add("/invoice_number", "must look like KOPI-20261122-ab12cd34")
	}
	if len(wanted.Items) == 0 {
		add("/items", "must not be empty")
	}
	priced.InvoiceNumber = wanted.InvoiceNumber
	for i, one := range wanted.Items {
		sold, found := p[one.ID]
		switch {
		case !found:
			add(fmt.Sprintf("/items/%d/id", i), "is not a product of the shop")
		case slices.ContainsFunc(wanted.Items[:i], func(other item) bool { return other.ID == one.ID }):
			add(fmt.Sprintf("/items/%d/id", i), "is in the order twice")
		case one.Quantity < 1 || one.Quantity > maxQuantity:
			add(fmt.Sprintf("/items/%d/quantity", i), "must be between 1 and %d", maxQuantity)
		}
		priced.LineItems = append(priced.LineItems, lineItem{sold.Name, sold.Price, one.Quantity})
		priced.Amount += sold.Price * one.Quantity
		if sold.MadeToOrder {
			paymentType = authorize
		}
	}
	if len(violations) == 0 && !mayPayBy(wanted.PaymentType, paymentType) {
		add("/payment_type", "does not fit the products: products made to order are reserved (AUTHORIZE), "+
			"all others are paid (SALE or INSTALLMENT)")
	}
	return priced, paymentType, violations
}

func mayPayBy(wanted, goods string) bool {
	if wanted == "" {
		return true
	}
	if goods == authorize {
		return wanted == authorize
	}
	return wanted == sale || wanted == installment
}
