package sandbox

import (
	"os"
	"testing"

	"kasir/local/sandbox/validate"
)

// Every body is either refused or can be paid.
func FuzzCreateBody(f *testing.F) {
	guide, err := os.ReadFile("testdata/guide-create.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(guide)
	f.Add([]byte(`{"order":{"invoice_number":"INV-1","amount":90000},"customer":{"email":"a@example.com"}}`))
	f.Add([]byte(`{"order":{"amount":1,"invoice_number":"x","AMOUNT":-1},"order":{"amount":null},"customer":[{}]}`))
	f.Add([]byte(`{"order":{"line_items":[null,{},{"price":"1"}]},"payment":{"type":"INSTALLMENT","tenor":0}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		body, refused := validate.CreatePage(raw, "")
		if refused != nil {
			if refused.Error() == "" {
				t.Error("refused without a word")
			}
			return
		}
		p := &page{body: body}
		if body.Order.Amount < 1 || body.Order.InvoiceNumber == "" || body.Customer.Email+body.Customer.Phone == "" {
			t.Errorf("%s was accepted as %+v", raw, body)
		}
		for _, c := range TestCards {
			if paid := body.Order.Amount - p.discount(c); paid < 1 || paid > body.Order.Amount {
				t.Errorf("%s charges %d", raw, paid)
			}
		}
		for _, months := range p.tenors() {
			p.kindOf(months)
		}
		p.answer()
	})
}
