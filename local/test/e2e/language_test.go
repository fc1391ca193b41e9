package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

func TestIndonesianPages(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("kopi-gayo", "kopi-toraja")
	s.do(chromedp.SetValue(chromedp.CSS("#language"), "ID"))
	invoice := s.goesToPay()
	s.sees("Bayar Rp185.000")
	s.until(`document.documentElement.lang === "id"`)
	s.looks("70-bahasa-card")
	s.picks(customer.Insufficient)
	s.sees("Konfirmasi bahwa ini Anda")
	s.looks("71-bahasa-otp")
	s.confirms()
	s.sees("Saldo kartu ini tidak mencukupi.")
	s.looks("72-bahasa-declined")
	s.clicks(".result .button")
	s.arrivesAtDOKU()
	s.picks(customer.Visa)
	s.confirms()
	s.sees("Pembayaran berhasil")
	s.looks("73-bahasa-paid")
	s.comesBack()
	s.seesStatus("PAID")
	s.isPaid(invoice, 1)
}
