package settlement

import (
	"fmt"
	"math/big"
)

// Fee is the fee of a sale on which the merchant and DOKU agreed: a rate of the amount, a fixed sum, and VAT on both.
type Fee struct {
	rate, fixed, vat big.Rat
	text             string
}

var feeForm = lazyRegexp(`^\s*(?:([0-9]{1,2}(?:\.[0-9]{1,4})?)\s*%)?\s*\+?\s*` +
	`(?:([0-9]{1,9})(?:\s*\+\s*([0-9]{1,2}(?:\.[0-9]{1,4})?)\s*%)?)?\s*$`)

// ParseFee reads a fee such as "2.8%+2000+11%": 2.8 % of the amount and 2,000 rupiah, and on both 11 % VAT. Each part
// may be left out; write 0 for the fixed sum before a VAT. The fee is nil for an empty text.
func ParseFee(text string) (*Fee, error) {
	part := feeForm().FindStringSubmatch(text)
	if part == nil {
		return nil, fmt.Errorf("is %q; it must be such as 2.8%%+2000+11%%: a rate, a sum in rupiah, and VAT on both",
			text)
	}
	if part[1] == "" && part[2] == "" {
		return nil, nil
	}
	f := &Fee{text: text}
	hundredth := big.NewRat(1, 100)
	for i, to := range map[int]*big.Rat{1: &f.rate, 2: &f.fixed, 3: &f.vat} {
		if part[i] == "" {
			continue
		}
		if _, ok := to.SetString(part[i]); !ok {
			return nil, fmt.Errorf("is %q; %q is not a number", text, part[i])
		}
		if i != 2 {
			to.Mul(to, hundredth)
		}
	}
	return f, nil
}

// of returns the fee of an amount, in whole rupiah. It rounds half a rupiah up.
func (f *Fee) of(amount int64) int64 {
	exact := f.exact(amount)
	exact.Add(exact, big.NewRat(1, 2))
	return new(big.Int).Div(exact.Num(), exact.Denom()).Int64()
}

func (f *Fee) exact(amount int64) *big.Rat {
	sum := new(big.Rat).Mul(new(big.Rat).SetInt64(amount), &f.rate)
	sum.Add(sum, &f.fixed)
	return sum.Mul(sum, new(big.Rat).Add(big.NewRat(1, 1), &f.vat))
}

// fits reports whether a fee is that of an amount. It may differ by up to one rupiah, because DOKU does not document
// how it rounds.
func (f *Fee) fits(amount, fee int64) bool {
	apart := new(big.Rat).Sub(f.exact(amount), new(big.Rat).SetInt64(fee))
	return apart.Abs(apart).Cmp(big.NewRat(1, 1)) <= 0
}
