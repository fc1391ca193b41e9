package doku

import "strings"

var longWord = form(`[A-Za-z0-9]{40,}`)

// ScrubInvoice returns an invoice number as it may be logged, or "" when it is none: then it may be anything.
//
// A merchant must find the order that a log line is about, so an invoice number is shown as far as is safe. A key
// or token in its place is masked whole. Digits are masked only where they can be a card's number: they have a
// card's length, begin as one, and pass the check digit that every card's number has. Then the first six and the
// last four are left, as on a receipt, and so they are of an Indonesian mobile number.
func ScrubInvoice(number string) string {
	if !ValidInvoiceNumber(number) {
		return ""
	}
	number = maskForms(number, secrets[:len(secrets)-1]) // the last form takes long words joined by hyphens for one token
	if len(number) >= 40 {
		number = longWord().ReplaceAllLiteralString(number, "[token]")
	}
	if countDigits(number) < shortestCard {
		return number
	}
	return maskCards(number)
}

const (
	shortestCard = 13 // digits
	longestCard  = 19
)

// maskCards masks the middle of each card's or phone's number in an invoice number, also where hyphens part its digits.
func maskCards(number string) string {
	masked := []byte(number)
	for start := 0; start < len(number); {
		places, end := digitRun(number, start)
		for i := range places { // digits before a card's number may happen to make another with a part of it
			n := privateDigits(number, places[i:])
			for j := i + 6; j < i+n-4; j++ {
				masked[places[j]] = '*'
			}
		}
		start = end + 1
	}
	return string(masked)
}

// digitRun returns where the digits are that begin at or after start with at most one hyphen between two, and
// where they end.
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

// privateDigits returns how many of the digits at places are a card's or a phone's number, 0 when none are.
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

// mayBeCard reports whether digits begin as a card's number of their length does, by scheme.
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
