package settlement

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// clean returns a cell without the white space around it. A cell that is not UTF-8 is read as Latin-1.
func clean(cell string) string {
	if !utf8.ValidString(cell) {
		letters := make([]rune, len(cell))
		for i := range len(cell) {
			letters[i] = rune(cell[i])
		}
		cell = string(letters)
	}
	return strings.TrimSpace(cell)
}

// Forms of whole numbers. A separator of thousands is beyond doubt if it stands before each three digits, and decimals
// are if they are zeros. DOKU's real report has digits only.
var (
	wholeForm   = lazyRegexp(`^[+-]?[0-9]+(?:[.,]0{1,2})?$`)
	groupedForm = lazyRegexp(`^[+-]?[1-9][0-9]{0,2}` +
		`(?:(?:,[0-9]{3})+(?:\.0{1,2})?|(?:\.[0-9]{3})+(?:,0{1,2})?)$`)
	fractionForm = lazyRegexp(`^[+-]?[0-9][0-9.,]*[.,][0-9]+$`)
	zeroDecimals = lazyRegexp(`[.,]0{1,2}$`)
)

// lazyRegexp compiles a pattern when it is first used. Every function has this package, for its settings, and would
// otherwise start half a millisecond later.
func lazyRegexp(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

var separators = strings.NewReplacer(".", "", ",", "")

// digitsForm reports whether a text is up to 12 digits, as almost every amount is.
func digitsForm(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != "" && len(text) <= 12
}

const maxAmount = 1_000_000_000_000

// rupiah reads a whole number of rupiah. problem is the rest of a sentence if the cell is none.
func rupiah(cell string) (amount int64, problem string) {
	text := clean(cell)
	if digitsForm(text) {
		amount, _ = strconv.ParseInt(text, 10, 64)
		return amount, ""
	}
	switch {
	case text == "":
		return 0, "is empty"
	case strings.ContainsRune("=@", rune(text[0])):
		return 0, "has a formula; it must be a whole number of rupiah"
	case wholeForm().MatchString(text), groupedForm().MatchString(text):
	case fractionForm().MatchString(text):
		return 0, "is not a whole number of rupiah"
	case strings.ContainsAny(text, "eE") && strings.ContainsAny(text, "0123456789"):
		return 0, "is not written in digits; a spreadsheet may have shortened it"
	default:
		return 0, "is not a number"
	}
	text = zeroDecimals().ReplaceAllString(text, "")
	text = separators.Replace(text)
	amount, err := strconv.ParseInt(text, 10, 64)
	if err != nil || amount > maxAmount || amount < -maxAmount {
		return 0, "is too large"
	}
	return amount, ""
}

// jakarta is the zone of the report's dates.
var jakarta = time.FixedZone("WIB", 7*60*60)

// day reads a date. problem is the rest of a sentence if the cell is none.
func day(cell string) (at time.Time, problem string) {
	at, err := time.ParseInLocation("02-01-2006", clean(cell), jakarta)
	if err != nil || at.Year() < 2000 || at.Year() > 2100 {
		return time.Time{}, "must be a date such as 02-05-2026, day first"
	}
	return at, ""
}
