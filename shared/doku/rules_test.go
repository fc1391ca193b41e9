package doku

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	for _, test := range []struct {
		name   string
		change func(*CreatePageRequest)
		want   []string // pointers, in order; none: accepted
	}{
		{"as it is", func(r *CreatePageRequest) {}, nil},
		{"nothing at all", func(r *CreatePageRequest) { *r = CreatePageRequest{} },
			[]string{"/order/invoice_number", "/order/amount", "/customer/email"}},
		{"invoice of 64", func(r *CreatePageRequest) { r.Order.InvoiceNumber = long(64) }, nil},
		{"invoice of 65", func(r *CreatePageRequest) { r.Order.InvoiceNumber = long(65) },
			[]string{"/order/invoice_number"}},
		{"invoice with a slash", func(r *CreatePageRequest) { r.Order.InvoiceNumber = "A/1" },
			[]string{"/order/invoice_number"}},
		{"invoice of 27 for Mandiri",
			func(r *CreatePageRequest) { r.Order.InvoiceNumber, r.Payment.Acquirer = long(27), "BANK_MANDIRI" }, nil},
		{"invoice of 28 for Mandiri",
			func(r *CreatePageRequest) { r.Order.InvoiceNumber, r.Payment.Acquirer = long(28), "BANK_MANDIRI" },
			[]string{"/order/invoice_number"}},
		{"amount 0", func(r *CreatePageRequest) { r.Order.Amount, r.Order.LineItems = 0, nil },
			[]string{"/order/amount"}},
		{"amount negative", func(r *CreatePageRequest) { r.Order.Amount, r.Order.LineItems = -1, nil },
			[]string{"/order/amount"}},
		{"amount beyond exact JSON", func(r *CreatePageRequest) { r.Order.Amount, r.Order.LineItems = 1<<53, nil },
			[]string{"/order/amount"}},
		{"no line items", func(r *CreatePageRequest) { r.Order.LineItems = nil }, nil},
		{"items add up to less", func(r *CreatePageRequest) { r.Order.Amount++ }, []string{"/order/amount"}},
		{"items overflow", func(r *CreatePageRequest) {
			r.Order.LineItems = []LineItem{{Price: 1 << 39, Quantity: math.MaxInt64},
				{Price: 1 << 39, Quantity: 1 << 39}}
		}, []string{"/order/amount"}},
		{"item free of charge", func(r *CreatePageRequest) {
			r.Order.LineItems = append(r.Order.LineItems, LineItem{Price: 0, Quantity: 1})
		}, nil},
		{"item with negative price and no quantity",
			func(r *CreatePageRequest) { r.Order.LineItems[0] = LineItem{Price: -1} },
			[]string{"/order/line_items/0/price", "/order/line_items/0/quantity", "/order/amount"}},
		{"item name of 256", func(r *CreatePageRequest) { r.Order.LineItems[0].Name = long(256) },
			[]string{"/order/line_items/0/name"}},
		{"auto_redirect without callback", func(r *CreatePageRequest) { r.Order.AutoRedirect = true },
			[]string{"/order/callback_url"}},
		{"callback not a URL",
			func(r *CreatePageRequest) { r.Order.CallbackURL, r.Order.FailedURL = "javascript:alert(1)", "/back" },
			[]string{"/order/callback_url", "/order/failed_url"}},
		{"callback with a user",
			func(r *CreatePageRequest) { r.Order.CallbackURL = "https://shop.example@evil.example/" },
			[]string{"/order/callback_url"}},
		{"callback with a blank", func(r *CreatePageRequest) { r.Order.CallbackURL = "https://shop.example/a b" },
			[]string{"/order/callback_url"}},
		{"callback beyond ASCII", func(r *CreatePageRequest) { r.Order.FailedURL = "https://shop.example/caf\u00e9" },
			[]string{"/order/failed_url"}},
		{"callback at port 99999", func(r *CreatePageRequest) { r.Order.CallbackURL = "https://shop.example:99999/" },
			[]string{"/order/callback_url"}},
		{"callback at port 8443",
			func(r *CreatePageRequest) { r.Order.CallbackURL = "https://shop.example:8443/%C3%A9" }, nil},
		{"email with two points", func(r *CreatePageRequest) { r.Customer.Email = "a..b@example.com" },
			[]string{"/customer/email"}},
		{"email with a point before the @", func(r *CreatePageRequest) { r.Customer.Email = "a.@example.com" },
			[]string{"/customer/email"}},
		{"account and report", func(r *CreatePageRequest) {
			r.AdditionalInfo.Account.ID, r.AdditionalInfo.Report = "SAC-1",
				[]ReportColumn{{"branch", "Jakarta"}, {"shift", "2"}}
		}, nil},
		{"bad account and report", func(r *CreatePageRequest) {
			r.AdditionalInfo.Account.ID, r.AdditionalInfo.Report = long(65),
				[]ReportColumn{{"", "1"}, {"a", ""}, {"a", "1"}, {long(65), "x\n"}}
		}, []string{"/additional_info/account/id", "/additional_info/report/0/key", "/additional_info/report/1/value",
			"/additional_info/report/2/key",
			"/additional_info/report/3/key", "/additional_info/report/3/value"}},
		{"descriptor of 23", func(r *CreatePageRequest) { r.Order.Descriptor = long(23) },
			[]string{"/order/descriptor"}},
		{"session id", func(r *CreatePageRequest) { r.Order.SessionID = "0000231223" }, nil},
		{"token without customer", func(r *CreatePageRequest) { r.Card.Token = "t" }, []string{"/customer/id"}},
		{"save with customer", func(r *CreatePageRequest) { r.Card.Save, r.Customer.ID = true, "CUST-1" }, nil},
		{"phone only", func(r *CreatePageRequest) { r.Customer = Customer{Phone: "6281122334455"} }, nil},
		{"phone with plus", func(r *CreatePageRequest) { r.Customer.Phone = "+6281122334455" }, nil},
		{"phone with dashes", func(r *CreatePageRequest) { r.Customer.Phone = "0811-2233" },
			[]string{"/customer/phone"}},
		{"email without domain", func(r *CreatePageRequest) { r.Customer.Email = "budi@" },
			[]string{"/customer/email"}},
		{"customer too long", func(r *CreatePageRequest) {
			r.Customer = Customer{ID: long(51), Name: Private(long(256)), Email: Private(long(120) + "@example.com"),
				Address: Private(long(1025)), Country: "XX"}
		}, []string{"/customer/id", "/customer/name", "/customer/email", "/customer/address", "/customer/country"}},
		{"name with a line break", func(r *CreatePageRequest) { r.Customer.Name = "Budi\nSantoso" },
			[]string{"/customer/name"}},
		{"country", func(r *CreatePageRequest) { r.Customer.Country = "ID" }, nil},
		{"country in lower case", func(r *CreatePageRequest) { r.Customer.Country = "id" },
			[]string{"/customer/country"}},
		{"AUTHORIZATION is AUTHORIZE",
			func(r *CreatePageRequest) { r.Payment = PagePayment{Type: "AUTHORIZATION", AutoCapture: true} }, nil},
		{"unknown type", func(r *CreatePageRequest) { r.Payment.Type = "sale" }, []string{"/payment/type"}},
		{"auto capture of a sale",
			func(r *CreatePageRequest) { r.Payment = PagePayment{Type: Sale, AutoCapture: true} },
			[]string{"/payment/auto_capture"}},
		{"installment", func(r *CreatePageRequest) {
			r.Payment = PagePayment{Type: Installment, Acquirer: "BRI",
				Tenor: 3}
		}, nil},
		{"installment without plan", func(r *CreatePageRequest) { r.Payment.Type = Installment },
			[]string{"/payment/acquirer", "/payment/tenor"}},
		{"unknown acquirer", func(r *CreatePageRequest) { r.Payment.Acquirer = "BANK_X" },
			[]string{"/payment/acquirer"}},
		{"tenor not allowed", func(r *CreatePageRequest) {
			r.Payment = PagePayment{Type: Installment, Acquirer: "BCA", Tenor: 12}
			r.OverrideConfiguration.AllowTenor = []int64{0, 3, 6}
		}, []string{"/payment/tenor"}},
		{"themes", func(r *CreatePageRequest) {
			r.OverrideConfiguration.Themes = Themes{Language: "ID", FontColor: "1a1A1a"}
		}, nil},
		{"bad themes", func(r *CreatePageRequest) {
			r.OverrideConfiguration.Themes = Themes{"FR", "#FFFFFF", "FFF", "GGGGGG", "FFFFFF0"}
		}, []string{"/override_configuration/themes/language", "/override_configuration/themes/background_color",
			"/override_configuration/themes/font_color",
			"/override_configuration/themes/button_background_color",
			"/override_configuration/themes/button_font_color"}},
		{"promo", func(r *CreatePageRequest) {
			r.OverrideConfiguration.Promo = []Promo{{"142498", 20000}, {"14249812", 89999}}
		}, nil},
		{"bad promo", func(r *CreatePageRequest) { r.OverrideConfiguration.Promo = []Promo{{"1424", 90000}} },
			[]string{"/override_configuration/promo/0/bin", "/override_configuration/promo/0/discount_amount"}},
		{"bad BIN and tenor", func(r *CreatePageRequest) {
			r.OverrideConfiguration.AllowBIN, r.OverrideConfiguration.AllowTenor = []string{"461700", "x"}, []int64{-3}
		},
			[]string{"/override_configuration/allow_bin/1", "/override_configuration/allow_tenor/0"}},
		{"notification URL",
			func(r *CreatePageRequest) { r.AdditionalInfo.OverrideNotificationURL = "https://x.example/n" }, nil},
		{"bad notification URL", func(r *CreatePageRequest) { r.AdditionalInfo.OverrideNotificationURL = "ftp://x" },
			[]string{"/additional_info/override_notification_url"}},
		{"settlement", func(r *CreatePageRequest) {
			r.AdditionalInfo.Settlement = []Settlement{{"SBS-1", "12.5", "PERCENTAGE"}, {"SBS-2", "5000", "FIX"}}
		}, nil},
		{"bad settlement", func(r *CreatePageRequest) {
			r.AdditionalInfo.Settlement = []Settlement{{"", "101", "PERCENTAGE"}, {"SBS-2", "0", "ALL"},
				{"SBS-3", "1.5", "FIX"}, {"SBS-4", "", "FIX"}}
		},
			[]string{"/additional_info/settlement/0/bank_account_settlement_id", "/additional_info/settlement/0/value",
				"/additional_info/settlement/1/type", "/additional_info/settlement/1/value",
				"/additional_info/settlement/2/value", "/additional_info/settlement/3/value"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request()
			test.change(&r)
			r.Normalize()
			var got []string
			for _, v := range r.Validate() {
				got = append(got, v.Pointer)
				if v.Detail == "" {
					t.Errorf("%s without a detail", v.Pointer)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("violations at %q, want %q", got, test.want)
			}
		})
	}
}
