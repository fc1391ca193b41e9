package shop

import (
	"fmt"
	"regexp"
	"slices"
)

const mostOfOne = 20 // of one product; cart.js says the same to the customer

// Payment types of DOKU's that the shop uses. The goods decide, since the money is reserved or taken for the merchant's sake.
const (
	sale        = "SALE"
	installment = "INSTALLMENT"
	authorize   = "AUTHORIZE"
)

// invoiceForm is what request.js names orders by.
var invoiceForm = regexp.MustCompile(`^KOPI-\d{8}-[a-z0-9]{8}$`)

// wish is the body of POST /quote: what the customer wants, without any price.
type wish struct {
	InvoiceNumber string `json:"invoice_number"`
	Items         []item `json:"items"`
	PaymentType   string `json:"payment_type"` // how the customer means to pay; empty leaves it to the goods
}

type item struct {
	ID       string `json:"id"`
	Quantity int64  `json:"quantity"`
}

// order is what kasir hears about an order's money, in the field names of DOKU's guide.
type order struct {
	InvoiceNumber string     `json:"invoice_number"`
	Amount        int64      `json:"amount"` // whole rupiah
	LineItems     []lineItem `json:"line_items"`
}

type lineItem struct {
	Name     string `json:"name"`
	Price    int64  `json:"price"` // whole rupiah, of one
	Quantity int64  `json:"quantity"`
}

// prices knows what everything costs, by product id.
type prices map[string]product

func newPrices(products []product) prices {
	known := prices{}
	for _, p := range products {
		known[p.ID] = p
	}
	return known
}

// price turns a wish into an order with the catalogue's names and prices, in the wish's sequence, and tells the only payment
// type it may have beside SALE and INSTALLMENT, if any. It returns every fault of a wish that cannot be sold.
func (p prices) price(wanted wish) (priced order, paymentType string, faults []fault) {
	complain := func(pointer, detail string, args ...any) {
		faults = append(faults, fault{pointer, fmt.Sprintf(detail, args...)})
	}
	if !invoiceForm.MatchString(wanted.InvoiceNumber) {
		complain("/invoice_number", "has the wrong form: want KOPI-20261122-ab12cd34")
	}
	if len(wanted.Items) == 0 {
		complain("/items", "is empty")
	}
	priced.InvoiceNumber = wanted.InvoiceNumber
	for i, one := range wanted.Items {
		sold, found := p[one.ID]
		switch {
		case !found:
			complain(fmt.Sprintf("/items/%d/id", i), "is nothing the shop sells")
		case slices.ContainsFunc(wanted.Items[:i], func(other item) bool { return other.ID == one.ID }):
			complain(fmt.Sprintf("/items/%d/id", i), "is in the order twice")
		case one.Quantity < 1 || one.Quantity > mostOfOne:
			complain(fmt.Sprintf("/items/%d/quantity", i), "must be from 1 to %d", mostOfOne)
		}
		priced.LineItems = append(priced.LineItems, lineItem{sold.Name, sold.Price, one.Quantity})
		priced.Amount += sold.Price * one.Quantity
		if sold.MadeToOrder {
			paymentType = authorize
		}
	}
	if len(faults) == 0 && !mayPayBy(wanted.PaymentType, paymentType) {
		complain("/payment_type", "does not fit: things made to order are reserved (AUTHORIZE), all others are paid (SALE or INSTALLMENT)")
	}
	return priced, paymentType, faults
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
