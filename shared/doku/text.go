package doku

import (
	"errors"
	"strconv"
	"strings"
)

// Text is a string that DOKU sometimes writes as a number; both decode to the same text.
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

// Amount is a sum in whole rupiah as DOKU notifies it: a number, or a text such as "39000.00".
type Amount struct {
	Rupiah int64
	Valid  bool // false: absent, or not a whole, non-negative number of rupiah
}

// UnmarshalJSON accepts a number or a text; what is no whole amount is not Valid, but never an error.
func (a *Amount) UnmarshalJSON(b []byte) error {
	*a = parseAmount(strings.Trim(string(b), `"`))
	return nil
}

// MarshalJSON writes a number, or null when the amount is not Valid.
func (a Amount) MarshalJSON() ([]byte, error) {
	if !a.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, a.Rupiah, 10), nil
}

// parseAmount reads up to 15 digits, and up to four zeros after a point.
func parseAmount(s string) Amount {
	const maxDigits, maxZeros = 15, 4
	whole, zeros, point := strings.Cut(s, ".")
	if whole == "" || len(whole) > maxDigits || strings.Trim(whole, "0123456789") != "" {
		return Amount{}
	}
	if point && (zeros == "" || len(zeros) > maxZeros || strings.Trim(zeros, "0") != "") {
		return Amount{}
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	return Amount{Rupiah: n, Valid: err == nil}
}
