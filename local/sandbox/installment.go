package sandbox

import (
	"slices"
	"strconv"

	"kasir/local/sandbox/validate"
)

// acquirerNames are the names of DOKU's acquirers for people.
var acquirerNames = map[string]string{
	"BNI": "BNI", "BRI": "BRI", "BANK_CIMB": "CIMB Niaga", "BANK_MANDIRI": "Bank Mandiri", "BCA": "BCA",
	"BANK_PERMATA": "Permata Bank", "DANAMON": "Danamon", "BUKOPIN": "Bukopin", "HSBC": "HSBC",
	"OCBC_NISP": "OCBC NISP",
}

// tenors returns the installments that a customer may choose from, in months. 0 means paying at once. There are none
// without a choice. allow_tenor offers a choice if the merchant asked for INSTALLMENT, or left the payment type out.
func (p *page) tenors() []int64 {
	asked, allowed := p.body.Payment, p.body.Override.AllowTenor
	switch {
	case asked.Type == validate.TypeInstallment && len(allowed) == 0:
		return []int64{*asked.Tenor}
	case asked.Type == validate.TypeInstallment:
		return allowed
	case p.body.TypeLeftOut && slices.ContainsFunc(allowed, func(months int64) bool { return months > 0 }):
		if slices.Contains(allowed, 0) {
			return allowed
		}
		return append([]int64{0}, allowed...)
	}
	return nil
}

// defaultTenor returns the tenor before the customer's choice: the merchant's, or 0.
func (p *page) defaultTenor() int64 {
	if p.body.Payment.Tenor != nil {
		return *p.body.Payment.Tenor
	}
	return 0
}

// chosenTenor reads the choice in the form, which is the default if empty. It returns a complaint about a wrong choice.
func (p *page) chosenTenor(typed string, t *texts) (int64, string) {
	offered := p.tenors()
	if len(offered) == 0 {
		return 0, ""
	}
	if typed == "" {
		return p.defaultTenor(), ""
	}
	months, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || !slices.Contains(offered, months) {
		return 0, t.TenorWrong
	}
	return months, ""
}

// asksForAcquirer reports whether the customer chooses the bank of the installments.
func (p *page) asksForAcquirer() bool {
	return p.body.Payment.Acquirer == "" && len(p.tenors()) > 0
}

// monthlyAmount returns one installment, rounded up to whole rupiah.
func monthlyAmount(amount, months int64) int64 {
	return (amount + months - 1) / months
}
