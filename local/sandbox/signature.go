package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
)

// timeFormat is DOKU's: UTC, whole seconds, a literal Z.
const timeFormat = "2006-01-02T15:04:05Z"

// signatureParts are the parts under one signature. The line of the time has another name in a request than in an
// answer. A GET has no Digest line.
type signatureParts struct {
	clientID, requestID string
	timeName, time      string // "Request-Timestamp" or "Response-Timestamp"
	target              string
	digest              string // "" for no line
}

// digest returns the base64 of the 32 raw bytes of SHA-256, over the exact bytes of the body.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// text returns the component string: "Name:value" lines joined by one line feed, without one at the end.
func (c signatureParts) text() string {
	lines := []string{
		"Client-Id:" + c.clientID,
		"Request-Id:" + c.requestID,
		c.timeName + ":" + c.time,
		"Request-Target:" + c.target,
	}
	if c.digest != "" {
		lines = append(lines, "Digest:"+c.digest)
	}
	return strings.Join(lines, "\n")
}

// sign returns the Signature header for c.
func (c signatureParts) sign(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(c.text()))
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// matches reports whether signature is right. It compares in constant time. Therefore the time of an answer does not
// reveal how much of a guess was right.
func (c signatureParts) matches(secret, signature string) bool {
	return hmac.Equal([]byte(c.sign(secret)), []byte(signature))
}

// stamp returns a time in the format of DOKU's headers and bodies.
func stamp(t time.Time) string { return t.UTC().Format(timeFormat) }
