package doku

import (
	"slices"
	"strings"
)

var longWord = lazyRegexp(`[A-Za-z0-9]{40,}`)

// ScrubInvoice returns an invoice number for the log. It returns "" for a text that is not an invoice number, since
// such a text may hold anything.
//
// A merchant must find the order that a log line is about, so ScrubInvoice masks as little as is safe. It masks the
// whole of a key or token. It masks digits only if they can be a card number: they have the length and the first digits
// of one and pass its check digit. It then keeps the first six and the last four digits, as on a receipt. It masks an
// Indonesian mobile number in the same way.
func ScrubInvoice(number string) string {
	if !ValidInvoiceNumber(number) {
		return ""
	}
	number = maskForms(number, secrets[:len(secrets)-1]) // the last form matches long words joined by hyphens
	if len(number) >= 40 {
		number = longWord().ReplaceAllLiteralString(number, "[token]")
	}
	if countDigits(number) < shortestCard {
		return number
	}
	return maskCards(number)
}

// PrivateReference reports whether a reference that a person gives holds a key, a token, an e-mail address, or a card
// or phone number. Longer numbers are references: that of an acquirer has 23 digits.
func PrivateReference(reference string) bool {
	if maskForms(reference, secrets[:len(secrets)-1]) != reference || longWord().MatchString(reference) {
		return true
	}
	return slices.ContainsFunc(digitRuns().FindAllString(reference, -1), func(run string) bool {
		digits := strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, run)
		n := len(digits)
		return n >= shortestCard && n <= longestCard && (isMobile(digits) || mayBeCard(digits) && checkDigit(digits))
	})
}

const (
	shortestCard = 13 // digits
	longestCard  = 19
)

// maskCards masks the middle of each card or phone number in an invoice number, also if hyphens separate its digits.
func maskCards(number string) string {
	masked := []byte(number)
	for start := 0; start < len(number); {
		places, end := digitRun(number, start)
		for i := range places { // digits before a card number may form another one with a part of it
			n := privateDigits(number, places[i:])
			for j := i + 6; j < i+n-4; j++ {
				masked[places[j]] = '*'
			}
		}
		start = end + 1
	}
	return string(masked)
}

// digitRun returns the places of the first digits at or after start that have at most one hyphen between them, and the
// place after them.
func digitRun(number string, start int) (places []int, end int) {
	for end = start; end < len(number); end++ {
		switch c := number[end]; {
		case '0' <= c && c <= '9':
			places = append(places, end)
		case c != '-' || len(places) == 0 || number[end-1] == '-':
			return places, end
		}
	}
	return places, end
}

// privateDigits returns how many of the digits at places form a card or phone number, or 0.
func privateDigits(number string, places []int) int {
	var digits strings.Builder
	for _, place := range places[:min(len(places), longestCard)] {
		digits.WriteByte(number[place])
	}
	for n := digits.Len(); n >= shortestCard; n-- {
		if text := digits.String()[:n]; isMobile(text) || mayBeCard(text) && checkDigit(text) {
			return n
		}
	}
	return 0
}

// isMobile reports whether digits look like an Indonesian mobile number with its calling code, such as 6281122334455.
func isMobile(digits string) bool { return strings.HasPrefix(digits, "628") && len(digits) <= 14 }

// mayBeCard reports whether digits have the first digits and the length of a card number of some scheme.
func mayBeCard(digits string) bool {
	n, two, four := len(digits), digits[:2], digits[:4]
	switch {
	case digits[0] == '4': // Visa
		return n == 13 || n == 16 || n == 19
	case two >= "51" && two <= "55", four >= "2221" && four <= "2720": // Mastercard
		return n == 16
	case four == "1946": // an Indonesian debit card
		return n == 16
	case two == "34", two == "37": // American Express
		return n == 15
	case digits[0] == '3': // JCB, Diners Club
		return n == 14 || n >= 16
	case digits[0] == '5', digits[0] == '6': // Maestro, UnionPay, Discover
		return n >= 16
	}
	return false
}

// checkDigit reports whether digits pass Luhn's check.
func checkDigit(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
