package doku

import (
	"fmt"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Violation is one rule of the guide that a request breaks.
type Violation struct {
	Pointer string // JSON pointer of the field, such as /order/line_items/0/price
	Detail  string // the flaw and the expected value, for the caller's engineer
}

// maxAmount is the largest amount that is accepted, in whole rupiah. It is far beyond the limit of any card. A longer
// number is probably a card number in the wrong place and must not be kept as an amount.
const maxAmount = 1e12 - 1

// Limits and values of the guide's request table, and of DOKU's newer pages where the guide has none.
var (
	paymentTypes = []PaymentType{Installment, Authorize, Sale, MOTO, Recurring}
	acquirers    = []string{
		"BNI", "BRI", "BANK_CIMB", "BANK_MANDIRI", "BCA", "BANK_PERMATA", "DANAMON", "BUKOPIN", "HSBC", "OCBC_NISP",
	}
	languages = []string{"EN", "ID"}
)

// Validate returns a violation for every rule that r breaks, in the order of the guide's table, or nil. Call Normalize
// first.
func (r CreatePageRequest) Validate() []Violation {
	var v violations
	v.order(r)
	v.lineItems(r.Order)
	v.customer(r)
	v.payment(r)
	v.override(r)
	v.additional(r)
	return v
}

type violations []Violation

// unless records a violation at pointer when ok is false.
func (v *violations) unless(ok bool, pointer, format string, args ...any) {
	if !ok {
		*v = append(*v, Violation{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
	}
}

// text records a violation if s is longer than n characters or has a control character.
func (v *violations) text(s string, n int, pointer string) {
	v.unless(len([]rune(s)) <= n, pointer, "is longer than %d characters", n)
	v.unless(!strings.ContainsFunc(s, unicode.IsControl), pointer, "has a control character, such as a line break")
}

// webAddress records a violation if s is not an absolute URL that every reader accepts. Readers other than url.Parse
// refuse blanks, characters beyond ASCII and ports that do not exist.
func (v *violations) webAddress(s, pointer string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		v.unless(false, pointer, "is not an absolute http(s) URL")
		return
	}
	invisible := func(c rune) bool { return c <= ' ' || c > '~' }
	v.unless(!strings.ContainsFunc(s, invisible), pointer,
		"has a blank or a character that is not ASCII: write it as %%XX, and in a host name use punycode (xn--…)")
	v.unless(validPort(u), pointer, "has a port that is not between 1 and 65535")
}

// validPort reports whether a URL names no port, or one that exists.
func validPort(u *url.URL) bool {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" && !strings.HasSuffix(u.Host, ":") || err == nil && port > 0
}

func (v *violations) order(r CreatePageRequest) {
	o := r.Order
	switch {
	case o.InvoiceNumber == "":
		v.unless(false, "/order/invoice_number", "is required")
	default:
		v.unless(ValidInvoiceNumber(o.InvoiceNumber), "/order/invoice_number",
			"may hold letters, digits and hyphens only, at most 64")
		v.unless(r.Payment.Acquirer != "BANK_MANDIRI" || len(o.InvoiceNumber) <= 27,
			"/order/invoice_number", "is longer than 27 characters, the limit with acquirer BANK_MANDIRI")
	}
	v.unless(o.Amount > 0, "/order/amount", "is required: a whole number of rupiah above 0")
	v.unless(o.Amount <= maxAmount, "/order/amount", "is above %d", int64(maxAmount))
	v.unless(!o.AutoRedirect || o.CallbackURL != "", "/order/callback_url", "is required when auto_redirect is true")
	v.webAddress(o.CallbackURL, "/order/callback_url")
	v.webAddress(o.FailedURL, "/order/failed_url")
	v.text(o.Descriptor, 22, "/order/descriptor")
	v.text(o.SessionID, 128, "/order/session_id")
}

// ValidInvoiceNumber reports whether s is an invoice number that kasir accepts: 1 to 64 letters, digits and hyphens.
// The guide allows more characters. These need no escaping in the path of DOKU's check status.
func ValidInvoiceNumber(s string) bool {
	return s != "" && len(s) <= 64 && strings.IndexFunc(s, func(c rune) bool {
		return !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}) < 0
}

func (v *violations) lineItems(o PageOrder) {
	sum, exact := int64(0), true
	for i, item := range o.LineItems {
		at := fmt.Sprintf("/order/line_items/%d", i)
		v.text(item.Name, 255, at+"/name")
		v.unless(item.Price >= 0 && item.Price <= maxAmount, at+"/price", "is not between 0 and %d", int64(maxAmount))
		v.unless(item.Quantity > 0, at+"/quantity", "is not a whole number above 0")
		if item.Price < 0 || item.Quantity <= 0 || (item.Price > 0 && item.Quantity > (math.MaxInt64-sum)/item.Price) {
			exact = false
			continue
		}
		sum += item.Price * item.Quantity
	}
	if len(o.LineItems) > 0 {
		v.unless(exact && sum == o.Amount, "/order/amount",
			"is %s, but price times quantity of the line items adds up to %s",
			ShowAmount(o.Amount), map[bool]string{true: ShowAmount(sum), false: "no valid amount"}[exact])
	}
}

func (v *violations) customer(r CreatePageRequest) {
	c := r.Customer
	v.unless(c.ID != "" || (r.Card.Token == "" && !r.Card.Save), "/customer/id",
		"is required with card.token or card.save")
	v.text(string(r.Card.Token), 255, "/card/token")
	v.text(c.ID, 50, "/customer/id")
	v.text(string(c.Name), 255, "/customer/name")
	v.unless(c.Email != "" || c.Phone != "", "/customer/email", "is required unless customer.phone is given")
	v.text(string(c.Email), 128, "/customer/email")
	v.unless(c.Email == "" || isEmail(string(c.Email)), "/customer/email", "is not an e-mail address")
	v.unless(c.Phone == "" || phoneForm().MatchString(string(c.Phone)), "/customer/phone",
		"is not calling code and number, 6 to 15 digits, such as 6281122334455")
	v.text(string(c.Address), 1024, "/customer/address")
	v.unless(c.Country == "" || isCountry(c.Country), "/customer/country",
		"is not a two-letter country code of ISO 3166-1, such as ID")
}

// isEmail reports whether s is an address and nothing else, with a domain that has a dot. The expression excludes other
// things that mail.ParseAddress accepts, such as quoted names.
func isEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s && emailForm().MatchString(s)
}

func (v *violations) payment(r CreatePageRequest) {
	p := r.Payment
	v.unless(p.Type == "" || slices.Contains(paymentTypes, p.Type), "/payment/type",
		"is not one of %s", list(paymentTypes))
	v.unless(!p.AutoCapture || p.Type == Authorize, "/payment/auto_capture", "is only for payment.type AUTHORIZE")
	v.unless(p.Acquirer == "" || slices.Contains(acquirers, p.Acquirer), "/payment/acquirer",
		"is not one of %s", list(acquirers))
	v.unless(p.Acquirer != "" || p.Type != Installment, "/payment/acquirer",
		"is required with payment.type INSTALLMENT")
	v.unless(p.Tenor > 0 || p.Type != Installment, "/payment/tenor",
		"is required with payment.type INSTALLMENT: a number of months above 0")
	v.unless(p.Tenor >= 0, "/payment/tenor", "is below 0")
	tenors := r.OverrideConfiguration.AllowTenor
	v.unless(p.Tenor <= 0 || len(tenors) == 0 || slices.Contains(tenors, p.Tenor), "/payment/tenor",
		"is not in override_configuration.allow_tenor")
}

func (v *violations) override(r CreatePageRequest) {
	const at = "/override_configuration"
	o := r.OverrideConfiguration
	v.unless(o.Themes.Language == "" || slices.Contains(languages, o.Themes.Language), at+"/themes/language",
		"is not one of %s", list(languages))
	for _, colour := range []struct{ name, value string }{
		{"background_color", o.Themes.BackgroundColor}, {"font_color", o.Themes.FontColor},
		{"button_background_color", o.Themes.ButtonBackgroundColor}, {"button_font_color", o.Themes.ButtonFontColor},
	} {
		v.unless(colour.value == "" || colourForm().MatchString(colour.value), at+"/themes/"+colour.name,
			"is not six hexadecimal digits, such as E1251B")
	}
	for i, promo := range o.Promo {
		v.unless(binForm().MatchString(promo.BIN), fmt.Sprintf("%s/promo/%d/bin", at, i),
			"is not a BIN of 6 to 8 digits")
		v.unless(promo.DiscountAmount > 0 && promo.DiscountAmount < r.Order.Amount,
			fmt.Sprintf("%s/promo/%d/discount_amount", at, i), "is not above 0 and below order.amount")
	}
	for i, bin := range o.AllowBIN {
		v.unless(binForm().MatchString(bin), fmt.Sprintf("%s/allow_bin/%d", at, i), "is not a BIN of 6 to 8 digits")
	}
	for i, tenor := range o.AllowTenor {
		v.unless(tenor >= 0, fmt.Sprintf("%s/allow_tenor/%d", at, i), "is below 0")
	}
}

func (v *violations) additional(r CreatePageRequest) {
	const at = "/additional_info"
	a := r.AdditionalInfo
	v.webAddress(a.OverrideNotificationURL, at+"/override_notification_url")
	v.text(a.Disclaimer.ID, 2000, at+"/disclaimer/id")
	v.text(a.Disclaimer.EN, 2000, at+"/disclaimer/en")
	v.unless(a.Disclaimer.ID == "" || a.Disclaimer.EN != "", at+"/disclaimer/en",
		"is required with disclaimer.id: it is the default")
	for i, s := range a.Settlement {
		share := fmt.Sprintf("%s/settlement/%d", at, i)
		v.required(s.BankAccountSettlementID, 64, share+"/bank_account_settlement_id")
		v.unless(s.Type == "PERCENTAGE" || s.Type == "FIX", share+"/type", "is not one of PERCENTAGE, FIX")
		v.unless(s.fits(), share+"/value",
			"is not above 0, at most 100 as a percentage, and whole rupiah as a fixed sum")
		value, _ := s.Value.Int64()
		v.unless(s.Type != "FIX" || value <= r.Order.Amount, share+"/value", "is above order.amount")
	}
	v.text(a.Account.ID, 64, at+"/account/id")
	for i, column := range a.Report {
		v.required(column.Key, 64, fmt.Sprintf("%s/report/%d/key", at, i))
		v.required(column.Value, 128, fmt.Sprintf("%s/report/%d/value", at, i))
		named := func(other ReportColumn) bool { return other.Key == column.Key }
		v.unless(slices.IndexFunc(a.Report, named) == i, fmt.Sprintf("%s/report/%d/key", at, i),
			"names a column that is there already")
	}
}

// required records a violation if s is empty, longer than n characters or has a control character.
func (v *violations) required(s string, n int, pointer string) {
	v.unless(s != "", pointer, "is required")
	v.text(s, n, pointer)
}

// fits reports whether the value is valid for its type. A percentage may have two decimals, and a fixed sum has none.
func (s Settlement) fits() bool {
	value, err := s.Value.Float64()
	if err != nil || !shareForm().MatchString(s.Value.String()) || value <= 0 {
		return false
	}
	if s.Type == "PERCENTAGE" {
		return value <= 100
	}
	return !strings.Contains(s.Value.String(), ".")
}

func list[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return strings.Join(texts, ", ")
}
