package doku

import (
	"testing"

	"pgregory.net/rapid"
)

// A form is looked for only in texts that show a sign of it. No text that has the form is without.
func TestNoSecretLacksItsSign(t *testing.T) {
	for _, s := range secrets {
		t.Run(s.mask+" "+s.form().String(), rapid.MakeCheck(func(t *rapid.T) {
			secret := rapid.StringMatching(s.form().String()).Draw(t, "secret")
			if got := maskForms(secret); got == secret && s.form().MatchString(secret) {
				t.Errorf("%q is shown", secret)
			}
		}))
	}
}

// Invoice numbers are digits for the most part, which alone must not look like a secret until they are as long as a card's.
func TestScrubInvoice(t *testing.T) {
	for number, want := range map[string]string{
		"INV-20210124-0001":       "INV-20210124-0001",
		"20210124000001":          "[digits]",
		"A4761349999000039B":      "A[digits]B",
		"4761-3499-9900-0039":     "[digits]",
		"SK-Nq0ZQYqFpGm1":         "[key]",
		"4761-3499-9900":          "4761-3499-9900",
		"not an invoice number's": "",
	} {
		if got := ScrubInvoice(number); got != want {
			t.Errorf("%q is logged as %q, want %q", number, got, want)
		}
	}
}
