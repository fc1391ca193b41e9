package doku

import (
	"errors"
	"strconv"
	"strings"
)

// Text is a string that DOKU sometimes writes as a number. Both decode to the same text.
type Text string

// UnmarshalJSON accepts a string, a number, true, false or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	s, ok := scalar(string(b))
	if !ok {
		return errors.New("an object or array is not a text")
	}
	*t = Text(s)
	return nil
}

// Amount is a sum in whole rupiah as DOKU writes it: a number, or a text such as "39000.00".
type Amount struct {
	Rupiah int64
	Valid  bool // false if it is absent, or not a whole, non-negative number of rupiah
}

// UnmarshalJSON accepts a number or a text. Anything other than a whole amount is not Valid, and never an error.
func (a *Amount) UnmarshalJSON(b []byte) error {
	*a = parseAmount(strings.Trim(string(b), `"`))
	return nil
}

// MarshalJSON writes a number, or null if the amount is not Valid.
func (a Amount) MarshalJSON() ([]byte, error) {
	if !a.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, a.Rupiah, 10), nil
}

// parseAmount reads a whole amount in any of its spellings: "39000", "39000.00", "9E+4". It accepts at most 15 digits
// before the point, 6 zeros after it, and an exponent of at most two digits.
func parseAmount(s string) Amount {
	const maxDigits, maxZeros = 15, 6
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		digits := strings.TrimPrefix(s[i+1:], "+")
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n >= maxDigits || len(digits) > 2 {
			return Amount{}
		}
		mantissa, exponent = s[:i], n
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	if whole == "" || point && (fraction == "" || len(fraction) > maxZeros+exponent) ||
		strings.Trim(whole+fraction, "0123456789") != "" {
		return Amount{}
	}
	moved := min(exponent, len(fraction))
	if strings.Trim(fraction[moved:], "0") != "" {
		return Amount{}
	}
	whole += fraction[:moved] + strings.Repeat("0", exponent-moved)
	if len(whole) > maxDigits {
		return Amount{}
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	return Amount{Rupiah: n, Valid: err == nil}
}
