package sandbox

import (
	"strings"
	"time"

	"kasir/local/sandbox/validate"
)

// TestCard is a card that the sandbox accepts, and its issuer's answer. No other card is accepted, to keep out real
// card numbers.
type TestCard struct {
	Number string // 13 to 19 digits, Luhn-valid
	Expiry string // MM/YY; always accepted with this card, like any future month
	CVV    string // any 3 digits are accepted
	Brand  string // in DOKU's spelling: VISA, MASTER
	Issuer string

	Code    string // the response_code in notifications; "00" is approved
	Message string // the response_message in notifications
	Fails3D bool   // the issuer does not confirm the cardholder, if 3-D Secure is used
}

// TestCards are all cards that the sandbox accepts. The first two are DOKU's own. DOKU publishes no declined cards,
// therefore those are the sandbox's. An issuer's decline has its response code as the card's last digits.
var TestCards = []TestCard{
	{"5573381011111101", "01/28", "123", "MASTER", "PT BANK MANDIRI (PERSERO) Tbk", "00", "PAYMENT APPROVED", false},
	{"4761349999000039", "12/31", "998", "VISA", "SANDBOX TEST BANK", "00", "PAYMENT APPROVED", false},
	{"4000000000000051", "12/31", "123", "VISA", "SANDBOX TEST BANK", "51", "INSUFFICIENT FUNDS", false},
	{"4000000000070054", "12/31", "123", "VISA", "SANDBOX TEST BANK", "54", "EXPIRED CARD", false},
	{"4000000000070005", "12/31", "123", "VISA", "SANDBOX TEST BANK", "05", "DO NOT HONOUR", false},
	{"4000000000033003", "12/31", "123", "VISA", "SANDBOX TEST BANK", "00", "PAYMENT APPROVED", true},
}

// Response code and message of a cardholder who was not confirmed. DOKU documents no code for it. Issuers use 05 for a
// decline without a reason.
const (
	failed3DCode = "05"
	failed3D     = "3D SECURE AUTHENTICATION FAILED"
)

// OTP is the one-time password that the issuer of every test card expects in the 3-D Secure step.
const OTP = "123456"

// findCard returns the test card with a number, which must be digits only.
func findCard(number string) (TestCard, bool) {
	for _, c := range TestCards {
		if c.Number == number {
			return c, true
		}
	}
	return TestCard{}, false
}

// Masked returns the number in DOKU's form: the first 6 and the last 4 digits.
func (c TestCard) Masked() string {
	return c.Number[:6] + "******" + c.Number[len(c.Number)-4:]
}

// has reports whether the card's number begins with a BIN.
func (c TestCard) has(bin validate.Digits) bool { return strings.HasPrefix(c.Number, string(bin)) }

// Spaced returns the number in groups of four, like on a card.
func (c TestCard) Spaced() string {
	var b strings.Builder
	for i, r := range c.Number {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// onlyDigits removes the spaces and hyphens between groups of digits.
func onlyDigits(s string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(s)
}

// luhn reports whether the last digit of a card number fits the others (ISO/IEC 7812-1).
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(number) >= 13 && len(number) <= 19 && sum%10 == 0
}

// expiryOf reads MM/YY (also MMYY and MM / YY). It returns the first moment at which the card no longer works.
func expiryOf(s string) (time.Time, bool) {
	s = strings.NewReplacer(" ", "", "/", "").Replace(s)
	month, err := time.Parse("0106", s)
	if err != nil || len(s) != 4 {
		return time.Time{}, false
	}
	return month.AddDate(0, 1, 0), true
}
