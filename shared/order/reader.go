package order

import (
	"crypto/sha256"
	"encoding/base64"
)

// ReaderOf returns the digest that an order keeps of a subject who may read it. The subject itself is not kept, since
// an issuer may use e-mail addresses as subjects.
func ReaderOf(subject string) string {
	sum := sha256.Sum256([]byte("reader|" + subject))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
