package doku

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strings"
	"sync"
)

const signatureScheme = "HMACSHA256="

// TimestampLayout is the form of Request-Timestamp and Response-Timestamp: UTC, whole seconds.
const TimestampLayout = "2006-01-02T15:04:05Z"

// Component holds the values that a signature covers (DOKU's "signature component").
type Component struct {
	ClientID  string
	RequestID string
	Timestamp string // in TimestampLayout, exactly as in the header
	Target    string // path that is called, or path of the notification URL as DOKU sees it; no query
	Digest    string // see Digest; empty for GET, whose component has no such line
	Response  bool   // set for an answer of DOKU, whose timestamp has the name Response-Timestamp
}

// Digest returns the base64 of the SHA-256 of the body's raw bytes.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	var text [encodedSum]byte
	base64.StdEncoding.Encode(text[:], sum[:])
	return string(text[:])
}

// withScheme returns a signature with its scheme, as DOKU documents it. DOKU was seen to leave the scheme out.
func withScheme(signature string) string {
	if signature == "" || strings.HasPrefix(signature, signatureScheme) {
		return signature
	}
	return signatureScheme + signature
}

const encodedSum = 44 // characters of base64 for 32 bytes

// Sign returns the value of the Signature header, "HMACSHA256=" and the base64 of the HMAC.
func Sign(secret Secret, c Component) string {
	var text [len(signatureScheme) + encodedSum]byte
	copy(text[:], signatureScheme)
	m := macOf(secret)
	defer macPool.Put(m)
	base64.StdEncoding.Encode(text[len(signatureScheme):], m.sum(c))
	return string(text[:])
}

// Verify reports whether signature was made over c with one of secrets. There are two secrets while a key is being
// rotated. Empty secrets never match. The time of the comparison does not depend on the place of the first difference.
func Verify(signature string, c Component, secrets ...Secret) bool {
	encoded, ok := strings.CutPrefix(signature, signatureScheme)
	// The decoder would skip line breaks.
	if !ok || len(encoded) != encodedSum || strings.ContainsAny(encoded, "\r\n") {
		return false
	}
	var text [encodedSum]byte
	var got [encodedSum/4*3 + 1]byte
	copy(text[:], encoded)
	n, err := strict.Decode(got[:], text[:])
	if err != nil {
		return false
	}
	match := false
	for _, secret := range secrets {
		if secret != "" && matches(secret, c, got[:n]) {
			match = true
		}
	}
	return match
}

var strict = base64.StdEncoding.Strict()

func matches(secret Secret, c Component, got []byte) bool {
	m := macOf(secret)
	defer macPool.Put(m)
	return hmac.Equal(got, m.sum(c))
}

// mac is an HMAC that is set up for a key, with its buffers.
type mac struct {
	key  Secret
	hash hash.Hash
	text []byte
	out  []byte
}

// macPool keeps macs for the next signature. Setting one up takes most of the allocations that signing would cost.
// While two keys alternate, each signature sets its mac up again.
var macPool sync.Pool

func macOf(key Secret) *mac {
	m, ok := macPool.Get().(*mac)
	if !ok {
		m = &mac{text: make([]byte, 0, 512), out: make([]byte, 0, sha256.Size)}
	}
	if m.hash == nil || m.key != key {
		m.key, m.hash = key, hmac.New(sha256.New, []byte(key))
	}
	return m
}

// sum returns the HMAC of a component. The result is valid until the next call.
func (m *mac) sum(c Component) []byte {
	m.text = c.append(m.text[:0])
	m.hash.Reset()
	m.hash.Write(m.text)
	return m.hash.Sum(m.out)
}

// String returns the text that is signed.
func (c Component) String() string { return string(c.append(nil)) }

// append appends the signed text to b: one "Name:value" per line, without spaces, and without a line feed at the end.
func (c Component) append(b []byte) []byte {
	stamp := "\nRequest-Timestamp:"
	if c.Response {
		stamp = "\nResponse-Timestamp:"
	}
	b = append(append(b, "Client-Id:"...), c.ClientID...)
	b = append(append(b, "\nRequest-Id:"...), c.RequestID...)
	b = append(append(b, stamp...), c.Timestamp...)
	b = append(append(b, "\nRequest-Target:"...), c.Target...)
	if c.Digest != "" {
		b = append(append(b, "\nDigest:"...), c.Digest...)
	}
	return b
}
