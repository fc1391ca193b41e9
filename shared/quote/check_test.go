package quote_test

import (
	"strings"
	"testing"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

// body is the request that a browser should send under terms.
func body() doku.CreatePageRequest {
	return doku.CreatePageRequest{
		Order:    doku.PageOrder{InvoiceNumber: "INV-1", Amount: 90000, LineItems: terms().LineItems},
		Customer: doku.Customer{Email: "budi@example.com"},
	}
}

// Each difference from the quote is refused at its field, and nothing else is refused.
func TestTheBodyMustSayWhatTheQuoteSays(t *testing.T) {
	type change = func(r *doku.CreatePageRequest, q *quote.Terms)
	promo := []doku.Promo{{BIN: "411111", DiscountAmount: 10000}}
	const order, override, info = "/order", "/override_configuration", "/additional_info"
	cases := []struct {
		name    string
		change  change
		pointer string
	}{
		{"a lower amount", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.Amount = 1 }, order + "/amount"},
		{"a higher amount", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.Amount++ }, order + "/amount"},
		{"the amount overflowed", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.Amount += -1 << 63 },
			order + "/amount"},
		{"a negative amount", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.Amount = -90000 }, order +
			"/amount"},
		{"no amount", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.Amount = 0 }, order + "/amount"},
		{"another invoice", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.InvoiceNumber = "INV-2" }, order +
			"/invoice_number"},
		{"the invoice in other capitals",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.InvoiceNumber = "inv-1" }, order +
				"/invoice_number"},
		{"no invoice", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.InvoiceNumber = "" }, order +
			"/invoice_number"},
		{"a lower price", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.LineItems[0].Price = 1 }, order +
			"/line_items/0/price"},
		{"a higher quantity", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.LineItems[1].Quantity = 100 },
			order + "/line_items/1/quantity"},
		{"another product", func(r *doku.CreatePageRequest,
			_ *quote.Terms) {
			r.Order.LineItems[1].Name = "Kopi Luwak"
		}, order + "/line_items/1/name"},
		{"an item more", func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.Order.LineItems = append(r.Order.LineItems, doku.LineItem{Name: "Kopi Luwak", Quantity: 1})
		}, order + "/line_items"},
		{"an item less", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.LineItems = r.Order.LineItems[:1] },
			order + "/line_items"},
		{"no items", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.LineItems = nil }, order +
			"/line_items"},
		{"items where none are quoted", func(_ *doku.CreatePageRequest, q *quote.Terms) { q.LineItems = nil }, order +
			"/line_items"},
		{"a promo where none is quoted",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.OverrideConfiguration.Promo = promo }, override +
				"/promo"},
		{"a larger promo", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.Promo, r.OverrideConfiguration.Promo = promo, []doku.Promo{{BIN: "411111", DiscountAmount: 89999}}
		}, override + "/promo"},
		{"the promo for another card", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.Promo, r.OverrideConfiguration.Promo = promo, []doku.Promo{{BIN: "422222", DiscountAmount: 10000}}
		}, override + "/promo"},
		{"a promo more", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.Promo, r.OverrideConfiguration.Promo = promo,
				append(promo[:1:1], doku.Promo{BIN: "422222", DiscountAmount: 1})
		}, override + "/promo"},
		{"the quoted promo left out", func(_ *doku.CreatePageRequest, q *quote.Terms) { q.Promo = promo }, override +
			"/promo"},
		{"AUTHORIZE where no type is quoted",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Payment.Type = doku.Authorize }, "/payment/type"},
		{"AUTHORIZATION where no type is quoted",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Payment.Type = "AUTHORIZATION" }, "/payment/type"},
		{"MOTO where no type is quoted", func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Payment.Type = doku.MOTO },
			"/payment/type"},
		{"RECURRING where no type is quoted",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Payment.Type = doku.Recurring }, "/payment/type"},
		{"another type than the quoted one", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.PaymentType, r.Payment.Type = doku.Sale, doku.Installment
		}, "/payment/type"},
		{"the quoted type left out", func(_ *doku.CreatePageRequest, q *quote.Terms) { q.PaymentType = doku.Authorize },
			"/payment/type"},
		{"auto_capture where it is not quoted", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.PaymentType, r.Payment.Type, r.Payment.AutoCapture = doku.Authorize, doku.Authorize, true
		}, "/payment/auto_capture"},
		{"the quoted auto_capture left out", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.PaymentType, r.Payment.Type, q.AutoCapture = doku.Authorize, doku.Authorize, true
		}, "/payment/auto_capture"},
		{"other cards than the quoted ones", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.AllowBIN, r.OverrideConfiguration.AllowBIN = []string{"411111"}, []string{"411111", "422222"}
		}, override + "/allow_bin"},
		{"the quoted cards left out",
			func(_ *doku.CreatePageRequest, q *quote.Terms) { q.AllowBIN = []string{"411111"} }, override +
				"/allow_bin"},
		{"other tenors than the quoted ones", func(r *doku.CreatePageRequest, q *quote.Terms) {
			q.AllowTenor, r.OverrideConfiguration.AllowTenor = []int64{3}, []int64{3, 12}
		}, override + "/allow_tenor"},
		{"the quoted tenors left out", func(_ *doku.CreatePageRequest, q *quote.Terms) { q.AllowTenor = []int64{3} },
			override + "/allow_tenor"},
		{"a settlement", func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.AdditionalInfo.Settlement = []doku.Settlement{{BankAccountSettlementID: "SBS-1", Value: "100",
				Type: "PERCENTAGE"}}
		}, info + "/settlement"},
		{"the settlement held",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.AdditionalInfo.HoldSettlement = true }, info +
				"/hold_settlement"},
		{"notifications elsewhere", func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.AdditionalInfo.OverrideNotificationURL = "https://evil.example/notifications"
		}, info + "/override_notification_url"},
		{"a text in the merchant's name",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.AdditionalInfo.Disclaimer.EN = "I pay no tax" }, info +
				"/disclaimer"},
		{"the same in Indonesian",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.AdditionalInfo.Disclaimer.ID = "Bebas pajak" }, info +
				"/disclaimer"},
		{"the money to a sub-account",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.AdditionalInfo.Account.ID = "SAC-1" }, info +
				"/account"},
		{"a column in the merchant's report", func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.AdditionalInfo.Report = []doku.ReportColumn{{Key: "branch", Value: "1"}}
		}, info + "/report"},
		{"another's quote", func(_ *doku.CreatePageRequest, q *quote.Terms) { q.Subject = "CUST-2" }, "/quote"},
		{"a quote for a subject that is like it",
			func(_ *doku.CreatePageRequest, q *quote.Terms) { q.Subject = "cust-1" }, "/quote"},
		{"another customer than the quoted one",
			func(r *doku.CreatePageRequest, q *quote.Terms) { r.Customer.ID, q.CustomerID = "CUST-1", "CUST-2" },
			"/customer/id"},
		{"the quoted customer left out", func(_ *doku.CreatePageRequest, q *quote.Terms) { q.CustomerID = "CUST-1" },
			"/customer/id"},
		{"another name on the statement",
			func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Order.Descriptor = "SOMEBODY ELSE" }, order +
				"/descriptor"},
	}
	for _, c := range cases {
		r, q := body(), terms()
		c.change(&r, &q)
		found := q.Check(r, "CUST-1")
		if len(found) != 1 || found[0].Pointer != c.pointer || found[0].Detail == "" {
			t.Errorf("%s: %+v, want exactly %s", c.name, found, c.pointer)
		}
	}
	t.Logf("%d ways to say something else, each refused", len(cases))
}

// The quoted request, and requests with fields that the caller may choose, are accepted.
func TestTheBodyMaySayWhatTheQuoteLeavesOpen(t *testing.T) {
	for name, change := range map[string]func(r *doku.CreatePageRequest, q *quote.Terms){
		"nothing changed": func(*doku.CreatePageRequest, *quote.Terms) {},
		"empty lists instead of none": func(r *doku.CreatePageRequest,
			q *quote.Terms) {
			r.OverrideConfiguration.Promo = []doku.Promo{}
		},
		"neither has items": func(r *doku.CreatePageRequest, q *quote.Terms) {
			r.Order.LineItems, q.LineItems = nil,
				nil
		},
		"SALE": func(r *doku.CreatePageRequest, _ *quote.Terms) { r.Payment.Type = doku.Sale },
		"an installment, its bank, tenor": func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.Payment = doku.PagePayment{Type: "INSTALLMENT", Acquirer: "BCA", Tenor: 6}
		},
		"AUTHORIZATION for AUTHORIZE": func(r *doku.CreatePageRequest, q *quote.Terms) {
			r.Payment.Type, q.PaymentType = "AUTHORIZATION", doku.Authorize
		},
		"AUTHORIZE for AUTHORIZATION": func(r *doku.CreatePageRequest, q *quote.Terms) {
			r.Payment.Type, q.PaymentType = doku.Authorize, "AUTHORIZATION"
		},
		"quoted cards and tenors": quotedLists,
		"fewer cards and tenors by itself": func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.OverrideConfiguration.AllowBIN, r.OverrideConfiguration.AllowTenor = []string{"411111"}, []int64{3}
		},
		"the page's looks and ways back": func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.Order.CallbackURL, r.Order.FailedURL, r.Order.AutoRedirect, r.Order.SessionID = "https://a.example/1",
				"https://a.example/2", true, "s"
			r.OverrideConfiguration.Themes.Language = "EN"
		},
		"the quoted caller and customer": func(r *doku.CreatePageRequest, q *quote.Terms) {
			r.Customer.ID, q.CustomerID, q.Subject = "CUST-1", "CUST-1", "CUST-1"
		},
		"the customer and a saved card": func(r *doku.CreatePageRequest, _ *quote.Terms) {
			r.Customer = doku.Customer{ID: "CUST-1", Name: "Budi", Phone: "6281122334455"}
			r.Card = doku.PageCard{Token: "t", Save: true}
		},
	} {
		r, q := body(), terms()
		change(&r, &q)
		if found := q.Check(r, "CUST-1"); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func quotedLists(r *doku.CreatePageRequest, q *quote.Terms) {
	q.Promo = []doku.Promo{{BIN: "411111", DiscountAmount: 10000}}
	q.AllowBIN, q.AllowTenor = []string{"411111"}, []int64{0, 3}
	r.OverrideConfiguration = doku.OverrideConfiguration{Promo: q.Promo, AllowBIN: q.AllowBIN, AllowTenor: q.AllowTenor}
}

// Several disagreements are all named at once.
func TestEveryDisagreementIsNamed(t *testing.T) {
	r := body()
	r.Order.InvoiceNumber, r.Order.Amount, r.Order.LineItems[0].Price, r.Order.LineItems[1].Price = "INV-2", 2, 1, 0
	if found := terms().Check(r, "CUST-1"); len(found) != 4 {
		t.Errorf("%+v", found)
	}
}

// The refusal names the quote as the reason, since the caller may have the scope.
func TestTheMerchantsOwnIsRefusedForTheQuote(t *testing.T) {
	r := body()
	r.Order.Descriptor = "KOPI"
	if found := terms().Check(r, "CUST-1"); len(found) != 1 ||
		!strings.HasPrefix(found[0].Detail, "cannot be sent with a quote") {
		t.Errorf("%+v", found)
	}
}
