package stack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kasir/shared/doku"
)

// awkward holds texts that parsers disagree about, by the field that takes them.
var awkward = []struct {
	put    func(r *doku.CreatePageRequest, text string)
	values []string
}{
	{func(r *doku.CreatePageRequest, s string) { r.Order.CallbackURL = s }, addresses},
	{func(r *doku.CreatePageRequest, s string) { r.Order.FailedURL = s }, addresses},
	{func(r *doku.CreatePageRequest, s string) { r.Customer.Email = doku.Private(s) }, []string{
		"a..b@x.id", "a.@x.id", ".a@x.id", "a@x..id", "a@.x.id", "a@x.id.", "a b@x.id", " a@x.id", "a@x.id ",
		"a[b@x.id", "a:b@x.id", `a\b@x.id`, "a@b@x.id",
		"a@[1.2.3.4]", `"a b"@x.id`, "<a@x.id>", "A <a@x.id>", "a@x.id (b)", "a,b@x.id", "a@x", "@x.id", "a@",
		"a'b@x.id", "a+b@x.id", "a@x_y.id", "é@x.id", "a@é.id",
		"a@-x.id", "a\u200b@x.id", "a@x.id\u0085", "a%b@x.id", "a@x.id;b@x.id", strings.Repeat("a", 123) + "@x.id",
		strings.Repeat("a", 124) + "@x.id",
	}},
	{func(r *doku.CreatePageRequest, s string) { r.Customer.Phone = doku.Private(s) }, []string{
		"081", "+6281122334455", "++6281122334455", "62 81122334455", "٦٢٨١١٢٢٣٣٤٤٥", "628112233445566",
		"6281122334455667", "+628112233445566", "6281122334455\n",
	}},
	{func(r *doku.CreatePageRequest, s string) { r.Customer.Name = doku.Private(s) }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.Customer.Address = doku.Private(s) }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.Customer.ID = s }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.Customer.Country = s },
		[]string{"ID", "id", "I ", " I", "D ", "XX", "UK", "ＩＤ", "I", "IDN"}},
	{func(r *doku.CreatePageRequest, s string) { r.Order.Descriptor = s }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.Order.SessionID = s }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.Order.LineItems[0].Name = s }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.AdditionalInfo.Disclaimer.EN = s }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.AdditionalInfo.Disclaimer.ID = s }, texts},
	{func(r *doku.CreatePageRequest, s string) { r.AdditionalInfo.Account.ID = s }, texts},
	{func(r *doku.CreatePageRequest, s string) {
		r.AdditionalInfo.Report = []doku.ReportColumn{{Key: s, Value: "1"}}
	}, texts},
	{func(r *doku.CreatePageRequest, s string) {
		r.AdditionalInfo.Report = []doku.ReportColumn{{Key: "k", Value: s}}
	}, texts},
	{func(r *doku.CreatePageRequest, s string) {
		r.AdditionalInfo.Settlement = []doku.Settlement{{BankAccountSettlementID: s, Value: "1", Type: "FIX"}}
	}, texts},
	{func(r *doku.CreatePageRequest, s string) {
		r.AdditionalInfo.Settlement = []doku.Settlement{{BankAccountSettlementID: "SBS-1", Value: json.Number(s),
			Type: "FIX"}}
	}, numbers},
	{func(r *doku.CreatePageRequest, s string) {
		r.AdditionalInfo.Settlement = []doku.Settlement{{BankAccountSettlementID: "SBS-1", Value: json.Number(s),
			Type: "PERCENTAGE"}}
	}, numbers},
	{func(r *doku.CreatePageRequest, s string) { r.OverrideConfiguration.AllowBIN = []string{s} }, digits},
	{func(r *doku.CreatePageRequest, s string) {
		r.OverrideConfiguration.Promo = []doku.Promo{{BIN: s, DiscountAmount: 1}}
	}, digits},
	{func(r *doku.CreatePageRequest, s string) { r.OverrideConfiguration.Themes.FontColor = s },
		[]string{"FFFFFF", "ffffff", "FFFFF", "ＦＦＦＦＦＦ", "FFFFFF ", "GFFFFF", "#FFFFF"}},
}

var (
	addresses = []string{
		"https://merchant.com", "https://merchant.com/a b", " https://merchant.com/", "https://merchant.com/ ",
		"https://merchant.com/caf\u00e9", "https://m\u00e9rchant.com/",
		"https://xn--mrchant-bya.com/", "https://merchant.com:99999/", "https://merchant.com:0/",
		"https://merchant.com:65535/", "https://merchant.com:/", "https://:443/",
		"https://merchant.com:http/", "https:///path", "https://", "https:merchant.com", "https://merchant.com/%zz",
		"https://merchant.com/%e9", "https://merchant.com/\t",
		"https://merchant.com/\u00a0", "https://merchant.com/#part", "HTTPS://MERCHANT.COM/", "ftp://merchant.com",
		"https://[::1]/", "https://[::1", "https://user@merchant.com/",
		"https://merchant.com\\@evil.example/", "https://merchant.com/?a=1&b=%20", "javascript:alert(1)",
		"//merchant.com/", "https://merchant.com/\u200b", "https://mer chant.com/",
	}
	texts = []string{
		"a", "é", "😀", "a\u0000", "a\nb", "a\u0085b", "a\u2028b", "a\u200bb", "\u00a0", strings.Repeat("é", 22),
		strings.Repeat("é", 23), strings.Repeat("😀", 64), strings.Repeat("😀", 65),
		strings.Repeat("é", 255), strings.Repeat("é", 256), strings.Repeat("a", 2001),
	}
	numbers = []string{"1", "0", "-1", "0.01", "0.001", "100", "100.00", "100.01", "1e2", "90000", "90001", "1.0",
		"999999999999999", "9999999999999999"}
	digits = []string{"411111", "41111", "41111111", "411111111", "٤١١١١١", "4111 1", "411111\n", "4111.1", "+41111"}
)

// A value that kasir accepts is accepted by DOKU too, whose refusal would have no pointer. The sandbox has its own code
// for the rules.
func TestNoRuleIsLooserThanDOKUs(t *testing.T) {
	theirs := guideSandbox(t)
	tried, passed := 0, 0
	for _, field := range awkward {
		for _, value := range field.values {
			tried++
			r := doku.CreatePageRequest{
				Order: doku.PageOrder{InvoiceNumber: fmt.Sprintf("LOOSE-%d", tried), Amount: 90000,
					LineItems: []doku.LineItem{{Name: "Kopi", Price: 90000, Quantity: 1}}},
				Customer: doku.Customer{ID: "CUST-1", Email: "budi@example.com"},
			}
			field.put(&r, value)
			if len(r.Validate()) > 0 {
				continue
			}
			passed++
			body, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := signedPost(t, theirs, "/credit-card/v1/payment-page", body); status != 200 {
				t.Errorf("%q passes here, and is refused with %d %s", value, status, answer)
			}
		}
	}
	if passed < 60 || passed == tried {
		t.Errorf("%d of %d passed: the values are no test", passed, tried)
	}
	t.Logf("%d values, %d of them accepted here and there", tried, passed)
}
