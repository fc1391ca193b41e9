package sandbox

import (
	"strings"
	"time"

	"kasir/local/sandbox/validate"
)

// TestCard is a card the sandbox takes, and what its issuer answers. No other card is taken, so that nobody's real card
// number is ever accepted here.
type TestCard struct {
	Number string // 13 to 19 digits, Luhn-valid
	Expiry string // MM/YY; always accepted with this card, as is any month to come
	CVV    string // any 3 digits are accepted
	Brand  string // as DOKU spells it: VISA, MASTER
	Issuer string

	Code    string // the response_code notified: "00" is approved
	Message string // the response_message notified
	Fails3D bool   // where 3-D Secure is asked for, the issuer does not confirm the cardholder
}

// TestCards are all cards the sandbox takes. The first two are DOKU's own; the declines are the sandbox's, since DOKU
// publishes none. The last digits of an issuer's decline are its response code.
var TestCards = []TestCard{
	{"5573381011111101", "01/28", "123", "MASTER", "PT BANK MANDIRI (PERSERO) Tbk", "00", "PAYMENT APPROVED", false},
	{"4761349999000039", "12/31", "998", "VISA", "SANDBOX TEST BANK", "00", "PAYMENT APPROVED", false},
	{"4000000000000051", "12/31", "123", "VISA", "SANDBOX TEST BANK", "51", "INSUFFICIENT FUNDS", false},
	{"4000000000070054", "12/31", "123", "VISA", "SANDBOX TEST BANK", "54", "EXPIRED CARD", false},
	{"4000000000070005", "12/31", "123", "VISA", "SANDBOX TEST BANK", "05", "DO NOT HONOUR", false},
	{"4000000000033003", "12/31", "123", "VISA", "SANDBOX TEST BANK", "00", "PAYMENT APPROVED", true},
}

// What is notified of a cardholder who was not confirmed. No response code for it is documented; 05 is what issuers
// answer without more words.
const (
	failed3DCode = "05"
	failed3D     = "3D SECURE AUTHENTICATION FAILED"
)

// OTP is the one-time password that every test card's issuer expects in the 3-D Secure step.
const OTP = "123456"

// findCard returns the test card with a number, by digits only.
func findCard(number string) (TestCard, bool) {
	for _, c := range TestCards {
		if c.Number == number {
			return c, true
		}
	}
	return TestCard{}, false
}

// Masked is the number as DOKU shows it: the first 6 and the last 4 digits.
func (c TestCard) Masked() string {
	return c.Number[:6] + "******" + c.Number[len(c.Number)-4:]
}

// has says whether the card's number begins with a BIN.
func (c TestCard) has(bin validate.Digits) bool { return strings.HasPrefix(c.Number, string(bin)) }

// Spaced is the number in groups of four, as on a card.
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

// onlyDigits drops the spaces and hyphens people type between groups.
func onlyDigits(s string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(s)
}

// luhn checks the last digit of a card number against the others (ISO/IEC 7812-1).
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

// expiryOf reads MM/YY (also MMYY, MM / YY) as the first moment at which the card no longer works.
func expiryOf(s string) (time.Time, bool) {
	s = strings.NewReplacer(" ", "", "/", "").Replace(s)
	month, err := time.Parse("0106", s)
	if err != nil || len(s) != 4 {
		return time.Time{}, false
	}
	return month.AddDate(0, 1, 0), true
}
