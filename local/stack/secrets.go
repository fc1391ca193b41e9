package stack

import (
	"encoding/json"

	"kasir/local/aws/secretsmanager"
)

const secretARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:kasir-local"

// Keys is the content of the secret; see package kasir/shared/secret.
type Keys struct {
	ClientID         string `json:"client_id"`
	SecretKey        string `json:"secret_key"`
	PreviousKey      string `json:"previous_secret_key,omitempty"`
	QuoteKey         string `json:"quote_key"`
	PreviousQuoteKey string `json:"previous_quote_key,omitempty"`
}

// startSecrets starts a stand-in for Secrets Manager, which holds the keys.
func (s *Stack) startSecrets(cfg Config) (err error) {
	s.Keys = Keys{
		ClientID: cfg.ClientID, SecretKey: cfg.SecretKey,
		PreviousKey: cfg.Settings["DOKU_PREVIOUS_SECRET_KEY"], QuoteKey: cfg.QuoteKey,
	}
	s.Secrets = secretsmanager.New(secretARN, "")
	s.PutKeys(s.Keys)
	s.secretsURL, err = s.standIn("secret", s.Secrets)
	return err
}

// PutKeys replaces the secret, as `aws secretsmanager put-secret-value` does. Running functions read it again at their
// next refresh.
func (s *Stack) PutKeys(k Keys) {
	content, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings always encode
	}
	s.Keys = k
	s.Secrets.Put(string(content))
}
