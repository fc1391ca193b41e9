package app

import (
	"fmt"
	"time"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

// access reads what a function needs that calls DOKU, checks DOKU's signatures or a quote.
func (r *reader) access(s *Settings) {
	s.Environment = r.required("DOKU_ENVIRONMENT", "sandbox, production, or a base URL on loopback")
	s.DOKUBaseURL = r.baseURL(s.Environment)
	r.evidence(s)
	s.Paths = doku.Paths{
		CreatePage: r.path("DOKU_PATH_CREATE_PAGE", ""), Capture: r.path("DOKU_PATH_CAPTURE", ""), Refund: r.path("DOKU_PATH_REFUND", ""),
		DeleteToken: r.path("DOKU_PATH_DELETE_TOKEN", ""), ListTokens: r.path("DOKU_PATH_LIST_TOKENS", ""), Status: r.path("DOKU_PATH_STATUS", ""),
	}
	s.SecretARN, s.SecretsURL = r.getenv("DOKU_SECRET_ARN"), r.endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER")
	s.SecretMaxAge = r.duration("SECRET_MAX_AGE", 5*time.Minute)
	if s.SecretARN != "" {
		for _, name := range []string{"DOKU_CLIENT_ID", "DOKU_SECRET_KEY", "DOKU_PREVIOUS_SECRET_KEY", "QUOTE_KEY"} {
			if r.getenv(name) != "" {
				r.wrong(name, "is set beside DOKU_SECRET_ARN, whose secret holds it: set one of the two")
			}
		}
		return
	}
	r.keys(s)
}

// keys reads the keys from the environment, on one machine.
func (r *reader) keys(s *Settings) {
	s.ClientID = r.required("DOKU_CLIENT_ID", "the Client ID in DOKU's Back Office; on AWS set DOKU_SECRET_ARN instead")
	s.SecretKey = doku.Secret(r.required("DOKU_SECRET_KEY", "the Secret Key (SK-…) in DOKU's Back Office; on AWS set DOKU_SECRET_ARN instead"))
	s.PreviousKey, s.QuoteKey = doku.Secret(r.getenv("DOKU_PREVIOUS_SECRET_KEY")), doku.Secret(r.getenv("QUOTE_KEY"))
	keyring := doku.Keyring{ClientID: s.ClientID, Current: s.SecretKey, Previous: s.PreviousKey}
	if err := keyring.Check(); s.ClientID != "" && s.SecretKey != "" && err != nil {
		r.problems = append(r.problems, fmt.Errorf("in DOKU_CLIENT_ID, DOKU_SECRET_KEY or DOKU_PREVIOUS_SECRET_KEY, %w", err))
	}
	if flaw := s.QuoteKey.Flaw(); flaw != "" {
		r.wrong("QUOTE_KEY", flaw)
	}
	if n := len(s.QuoteKey); n > 0 && n < quote.MinKey {
		r.wrong("QUOTE_KEY", fmt.Sprintf("has %d characters and must have at least %d, or be empty if no quote is to be good", n, quote.MinKey))
	}
}
