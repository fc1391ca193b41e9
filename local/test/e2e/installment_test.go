package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

func TestPayInInstallments(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("selendang")
	s.clicks("#plan-installment")
	s.do(chromedp.SetValue(chromedp.CSS("#acquirer"), "BANK_MANDIRI"), chromedp.SetValue(chromedp.CSS("#tenor"), "6"))
	s.looks("50-installments-in-the-shop")
	invoice := s.goesToPay()
	s.sees("6 months · Rp47.500 a month")
	s.looks("51-installments-hosted-page")
	s.picks(customer.Mastercard)
	s.sees("6 months · Rp47.500 a month")
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.sees("6 months, Bank Mandiri")
	s.looks("52-installments-paid")
	if p := s.isPaid(invoice, 0); p.Installment.Acquirer != "BANK_MANDIRI" || p.Installment.Tenor != 6 {
		t.Errorf("the API says %+v", p.Installment)
	}
}

// The merchant leaves the plan to the customer, who chooses it and the bank on the hosted page.
func TestChooseThePlanOnTheHostedPage(t *testing.T) {
	s := newShopper(t, nil)
	page, err := s.api.CreatePage(t.Context(),
		fmt.Appendf(nil, `{"order":{"invoice_number":"PLAN-1","amount":600000,"callback_url":%q},
		"customer":{"email":"budi@example.com"},"override_configuration":{"allow_tenor":[0,3,6,12]}}`, s.stack.Shop+
			"/order.html?invoice=PLAN-1"))
	if err != nil {
		t.Fatal(err)
	}
	s.do(chromedp.Navigate(page.CreditCardPaymentPage.URL))
	s.arrivesAtDOKU()
	s.clicks(`label:has([name=tenor][value="12"])`)
	s.clicks(`a[data-number="` + spaced(customer.Visa.Number) + `"]`)
	s.looks("53-choose-a-plan")
	s.clicks("form .button")
	s.sees("Choose the bank of your card.")
	s.looks("54-choose-a-bank")
	s.do(chromedp.SetValue(chromedp.CSS("#acquirer"), "BCA"))
	s.picks(customer.Visa)
	s.sees("12 months · Rp50.000 a month")
	s.looks("55-otp-with-plan")
	s.confirms()
	s.comesBack()
	s.seesStatus("404") // the merchant's back end made the order, without this browser's customer
	if _, err := s.api.Await(t.Context(), "PLAN-1", "PAID"); err != nil {
		t.Fatal(err)
	}
	s.isPaid("PLAN-1", 0)
	if attempts := s.dokuPayments("PLAN-1")[0].Attempts; len(attempts) != 1 || attempts[0].Tenor != 12 ||
		attempts[0].Acquirer != "BCA" {
		t.Errorf("DOKU says %+v", attempts)
	}
}
