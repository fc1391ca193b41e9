package doku

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

const signatureScheme = "HMACSHA256="

// TimestampLayout is the form of Request-Timestamp and Response-Timestamp: UTC, whole seconds.
const TimestampLayout = "2006-01-02T15:04:05Z"

// Component holds the values a signature covers (DOKU's "signature component").
type Component struct {
	ClientID  string
	RequestID string
	Timestamp string // in TimestampLayout, exactly as in the header
	Target    string // path that is called, or of the notification URL as DOKU sees it; no query
	Digest    string // see Digest; empty for GET, whose component has no such line
	Response  bool   // an answer of DOKU: the timestamp's line is Response-Timestamp
}

// Digest is the base64 of the SHA-256 of the body's raw bytes.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Sign returns the value of the Signature header, "HMACSHA256=" and the base64 of the HMAC.
func Sign(secret Secret, c Component) string {
	return signatureScheme + base64.StdEncoding.EncodeToString(mac(secret, c))
}

// Verify tells whether signature was made over c with one of secrets. Two are given while a key is being
// rotated. Empty secrets never match. The comparison takes the same time wherever the first difference is.
func Verify(signature string, c Component, secrets ...Secret) bool {
	encoded, ok := strings.CutPrefix(signature, signatureScheme)
	if !ok {
		return false
	}
	got, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || strings.ContainsAny(encoded, "\r\n") { // the decoder would skip line breaks
		return false
	}
	match := false
	for _, secret := range secrets {
		if secret != "" && hmac.Equal(got, mac(secret, c)) {
			match = true
		}
	}
	return match
}

func mac(secret Secret, c Component) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(c.bytes())
	return h.Sum(nil)
}

// bytes lays the component out: one "Name:value" per line, no space, no line feed at the end.
func (c Component) bytes() []byte {
	stamp := "\nRequest-Timestamp:"
	if c.Response {
		stamp = "\nResponse-Timestamp:"
	}
	b := make([]byte, 0, 256)
	b = append(append(b, "Client-Id:"...), c.ClientID...)
	b = append(append(b, "\nRequest-Id:"...), c.RequestID...)
	b = append(append(b, stamp...), c.Timestamp...)
	b = append(append(b, "\nRequest-Target:"...), c.Target...)
	if c.Digest != "" {
		b = append(append(b, "\nDigest:"...), c.Digest...)
	}
	return b
}
