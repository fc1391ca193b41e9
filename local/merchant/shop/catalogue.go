package shop

import (
	"encoding/json"
	"strconv"
)

// product is one of the shop's products. The scripts read the same list from /catalogue.json.
type product struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Origin string `json:"origin"`
	Note   string `json:"note"`
	Alt    string `json:"alt"`   // description of the picture
	Price  int64  `json:"price"` // whole rupiah

	// MadeToOrder products are charged when they ship: the card is authorised at checkout and captured later.
	MadeToOrder bool `json:"made_to_order,omitempty"`
}

func catalogue() []product {
	var products []product
	if err := json.Unmarshal(must(source.ReadFile("catalogue.json")), &products); err != nil {
		panic(err)
	}
	return products
}

// rupiah formats 90000 as Rp90.000, as Indonesian price tags do.
func rupiah(amount int64) string {
	digits := strconv.FormatInt(amount, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return "Rp" + digits
}
