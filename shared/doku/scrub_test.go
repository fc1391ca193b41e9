package doku

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A form is looked for only in texts that show a sign of it. No text that has the form is without.
func TestNoSecretLacksItsSign(t *testing.T) {
	for _, s := range secrets {
		t.Run(s.mask+" "+s.form().String(), rapid.MakeCheck(func(t *rapid.T) {
			secret := rapid.StringMatching(s.form().String()).Draw(t, "secret")
			if got := maskForms(secret, secrets); got == secret && s.form().MatchString(secret) {
				t.Errorf("%q is shown", secret)
			}
		}))
	}
}

// An invoice number is shown as far as it cannot be a card's number, a phone's, or a key.
func TestScrubInvoice(t *testing.T) {
	for number, want := range map[string]string{
		"INV-20210124-0001":                            "INV-20210124-0001",
		"20210124000001":                               "20210124000001",    // a time
		"1732267815123":                                "1732267815123",     // milliseconds
		"20261122093015123":                            "20261122093015123", // a time with milliseconds
		"2026112209301512345":                          "2026112209301512345",
		"4761349999000030":                             "4761349999000030", // the check digit is wrong
		"9999349999000039":                             "9999349999000039", // no card begins so
		"4761349999000039":                             "476134******0039",
		"A4761349999000039B":                           "A476134******0039B",
		"4761-3499-9900-0039":                          "4761-34**-****-0039",
		"20264761349999000039":                         "202647613*******0039",
		"1-4761349999000039":                           "1-476134******0039",
		"371449635398431":                              "371449*****8431",
		"30569309025904":                               "305693****5904",
		"6281234567890":                                "628123***7890",
		"4761--3499-9900-0039":                         "4761--3499-9900-0039",
		"SK-Nq0ZQYqFpGm1":                              "[key]",
		"4761-3499-9900":                               "4761-3499-9900",
		"not an invoice number's":                      "",
		"INV-2026-11-22-JAKARTA-SELATAN-KEMANG-000123": "INV-2026-11-22-JAKARTA-SELATAN-KEMANG-000123",
		"INV-QuoteKeyOfTheCanaryRun0Zx8Nf3Gd7Hb2Jm5Vk9Ls1": "INV-[token]",
		"": "",
	} {
		if got := ScrubInvoice(number); got != want {
			t.Errorf("%q is logged as %q, want %q", number, got, want)
		}
	}
}

// A reference is a number at DOKU, a bank or an acquirer, and neither a card nor an address.
func TestPrivateReferences(t *testing.T) {
	for reference, want := range map[string]bool{
		"": false, "RF-4711": false, "74501236240009871234567": false, "4761349999000030": false,
		"20261122093015": false,
		"B-BSN-0203-1761932477260-SBS-8298-20251109155312120": false,
		"4761349999000039": true, "4761 3499 9900 0039": true, "card 4761-3499-9900-0039": true,
		"+62 8123-456-7890": true,
		"budi@example.com":  true, "SK-Nq0ZQYqFpGm1": true,
	} {
		if PrivateReference(reference) != want {
			t.Errorf("%q: %t", reference, !want)
		}
	}
}

// No card's number is shown, however it lies in an invoice number; and without its check digit it is shown whole.
func TestNoCardIsShownInAnInvoiceNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"4", "51", "55", "2221", "2720", "35", "62", "6011", "1946"}).Draw(t,
			"begins")
		body := prefix + rapid.StringMatching(`[0-9]{15}`).Draw(t, "digits")[:15-len(prefix)]
		card := ""
		for d := '0'; d <= '9'; d++ {
			if checkDigit(body + string(d)) {
				card = body + string(d)
			}
		}
		before, after := rapid.SampledFrom([]string{"", "INV", "INV-", "A1-", "-"}).Draw(t, "before"),
			rapid.SampledFrom([]string{"", "B", "-B", "--1"}).Draw(t, "after")
		written := card
		if rapid.Bool().Draw(t, "hyphens") {
			written = card[:4] + "-" + card[4:8] + "-" + card[8:12] + "-" + card[12:]
		}
		if shown := ScrubInvoice(before + written + after); strings.Contains(strings.ReplaceAll(shown, "-", ""),
			card) || len(shown) != len(before+written+after) {
			t.Errorf("%s is logged as %s", before+written+after, shown)
		}
	})
}
