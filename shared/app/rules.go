package app

import (
	"fmt"
	"slices"
	"time"

	"kasir/shared/doku"
	"kasir/shared/payment"
	"kasir/shared/quote"
	"kasir/shared/webhook"
)

// This file has the rules between settings. The rules for one setting are in read.go.

// times checks the durations. DOKU_TIMEOUT, RESEND_AFTER and TRUST_WINDOW must be in rising order: a repeat must not
// overtake the first request, and a window that ends before the first repeat has no effect.
func (r *reader) times(s Settings) {
	if s.PageLifetime == 0 {
		r.wrong("PAGE_LIFETIME", "must be above 0")
	}
	if s.AutoCapture != 0 && (s.AutoCapture < time.Hour || s.AutoCapture > 6*24*time.Hour) {
		r.wrong("AUTO_CAPTURE_BEFORE", "must be between 1h and 144h: an authorisation lasts 7 days")
	}
	if slices.ContainsFunc([]string{"DOKU_TIMEOUT", "RESEND_AFTER", "TRUST_WINDOW"}, r.isWrong) {
		return // a time that cannot be read cannot be compared
	}
	if s.DOKUTimeout < time.Second || s.DOKUTimeout > payment.LongestCall {
		r.wrong("DOKU_TIMEOUT", fmt.Sprintf("is %s; it must be between 1s and %s", s.DOKUTimeout, payment.LongestCall))
	}
	if s.ResendAfter <= s.DOKUTimeout {
		r.wrong("RESEND_AFTER", fmt.Sprintf(
			"is %s; it must be above DOKU_TIMEOUT, %s: a repeat must not overtake the first request",
			s.ResendAfter, s.DOKUTimeout))
	}
	if s.TrustWindow != 0 && s.TrustWindow <= s.ResendAfter {
		r.wrong("TRUST_WINDOW", fmt.Sprintf("is %s; it must be above RESEND_AFTER, %s, or 0, which sends nothing again",
			s.TrustWindow, s.ResendAfter))
	}
}

// keys checks that the keys come from one place: the secret, or the environment on one machine.
func (r *reader) keys(s Settings) {
	if s.SecretARN != "" {
		for _, name := range []string{"DOKU_CLIENT_ID", "DOKU_SECRET_KEY", "DOKU_PREVIOUS_SECRET_KEY", "QUOTE_KEY"} {
			if r.getenv(name) != "" {
				r.wrong(name, "is set beside DOKU_SECRET_ARN, whose secret holds it: set one of the two")
			}
		}
		return
	}
	r.required("DOKU_CLIENT_ID", "the Client ID in DOKU's Back Office; on AWS set DOKU_SECRET_ARN instead")
	r.required("DOKU_SECRET_KEY", "the Secret Key (SK-…) in DOKU's Back Office; on AWS set DOKU_SECRET_ARN instead")
	keyring := doku.Keyring{ClientID: s.ClientID, Current: s.SecretKey, Previous: s.PreviousKey}
	if err := keyring.Check(); !r.isWrong("DOKU_CLIENT_ID") && !r.isWrong("DOKU_SECRET_KEY") && err != nil {
		r.problems = append(r.problems,
			fmt.Errorf("in DOKU_CLIENT_ID, DOKU_SECRET_KEY or DOKU_PREVIOUS_SECRET_KEY, %w", err))
	}
	if flaw := s.QuoteKey.Flaw(); flaw != "" {
		r.wrong("QUOTE_KEY", flaw)
	}
	if n := len(s.QuoteKey); n > 0 && n < quote.MinKey {
		r.wrong("QUOTE_KEY",
			fmt.Sprintf("has %d characters; it must have at least %d, or be empty to refuse every quote",
				n, quote.MinKey))
	}
}

// webhooks checks that the endpoints have secrets, and that an attempt ends while the function runs.
func (r *reader) webhooks(s Settings) {
	if r.getenv("WEBHOOKS") != "" {
		r.required("WEBHOOKS_SECRET_ARN", "the secret that holds the secrets of the endpoints in WEBHOOKS")
	}
	if !r.isWrong("WEBHOOK_TIMEOUT") && (s.WebhookTimeout <= 0 || s.WebhookTimeout > webhook.MaxTimeout) {
		r.wrong("WEBHOOK_TIMEOUT", fmt.Sprintf("is %s; it must be above 0 and at most %s",
			s.WebhookTimeout, webhook.MaxTimeout))
	}
}
