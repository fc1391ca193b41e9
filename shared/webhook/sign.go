// Package webhook delivers events to endpoints of the merchant, signed as Standard Webhooks (standardwebhooks.com). It
// decides when an event is sent again and when it is given up. Queue, secrets and clock come in as parameters.
package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kasir/shared/doku"
)

// SecretPrefix begins every secret. The rest is the key in base64.
const SecretPrefix = "whsec_"

// Sizes of a key in bytes, of the specification. SecretSize is the size of new ones.
const (
	minSecret  = 24
	maxSecret  = 64
	SecretSize = 32
)

// NewSecret returns the secret with a key of SecretSize random bytes.
func NewSecret(key [SecretSize]byte) doku.Secret {
	return doku.Secret(SecretPrefix + base64.StdEncoding.EncodeToString(key[:]))
}

// CheckSecret returns an error unless a secret has the form whsec_<base64 of 24 to 64 bytes>. The error contains no
// part of the secret.
func CheckSecret(secret doku.Secret) error {
	text, ok := strings.CutPrefix(string(secret), SecretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < minSecret || len(key) > maxSecret {
		return fmt.Errorf("must be %s followed by %d to %d bytes in base64", SecretPrefix, minSecret, maxSecret)
	}
	return nil
}

// Sign returns the headers of an attempt to deliver an event. The signature has one part for each secret. Without a
// usable secret it returns an error, because nothing is sent unsigned.
func Sign(secrets []doku.Secret, id string, at time.Time, body []byte) (http.Header, error) {
	if len(secrets) == 0 {
		return nil, errors.New("there is no secret")
	}
	var signatures []string
	for _, secret := range secrets {
		if err := CheckSecret(secret); err != nil {
			return nil, fmt.Errorf("a secret %w", err)
		}
		signer, err := standardwebhooks.NewWebhook(string(secret))
		if err != nil {
			return nil, errors.New("a secret cannot be used") // the cause may contain a part of it
		}
		signature, err := signer.Sign(id, at, body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	header := http.Header{}
	header.Set(standardwebhooks.HeaderWebhookID, id)
	header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return header, nil
}

// Verify returns an error unless the headers of a request hold a signature of body under secret, made at most five
// minutes ago.
func Verify(secret doku.Secret, header http.Header, body []byte) error {
	if err := CheckSecret(secret); err != nil {
		return fmt.Errorf("the secret %w", err)
	}
	verifier, err := standardwebhooks.NewWebhook(string(secret))
	if err != nil {
		return errors.New("the secret cannot be used")
	}
	return verifier.Verify(body, header)
}
