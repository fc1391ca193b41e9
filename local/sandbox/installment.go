package sandbox

import (
	"slices"
	"strconv"

	"kasir/local/sandbox/validate"
)

// acquirerNames are DOKU's acquirers as people know them.
var acquirerNames = map[string]string{
	"BNI": "BNI", "BRI": "BRI", "BANK_CIMB": "CIMB Niaga", "BANK_MANDIRI": "Bank Mandiri", "BCA": "BCA",
	"BANK_PERMATA": "Permata Bank", "DANAMON": "Danamon", "BUKOPIN": "Bukopin", "HSBC": "HSBC", "OCBC_NISP": "OCBC NISP",
}

// tenors are the installments a customer may choose from, in months, 0 being at once; none when there is no choice.
// allow_tenor offers one where the merchant asked for INSTALLMENT, or left the payment type out.
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

// defaultTenor is chosen until the customer chooses another: the merchant's, or paying at once.
func (p *page) defaultTenor() int64 {
	if p.body.Payment.Tenor != nil {
		return *p.body.Payment.Tenor
	}
	return 0
}

// chosenTenor reads the form's choice; nothing chosen is the default.
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

// asksAcquirer says whether the customer chooses the bank whose installments they want.
func (p *page) asksForAcquirer() bool {
	return p.body.Payment.Acquirer == "" && len(p.tenors()) > 0
}

// monthly is one installment, rounded up to whole rupiah.
func monthlyAmount(amount, months int64) int64 {
	return (amount + months - 1) / months
}
