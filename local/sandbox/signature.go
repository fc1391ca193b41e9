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

// signed holds what one signature covers. The line that names the time differs between a request and an answer, and a
// GET has no Digest line at all.
type signatureParts struct {
	clientID, requestID string
	timeName, time      string // "Request-Timestamp" or "Response-Timestamp"
	target              string
	digest              string // "" leaves the line out
}

// digest is base64 of the 32 raw bytes of SHA-256, over the exact bytes that travel.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// text is the component string: "Name:value" lines joined by one line feed, none at the end.
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

// matches compares in constant time, so that answering faster never tells how much of a guess was right.
func (c signatureParts) matches(secret, signature string) bool {
	return hmac.Equal([]byte(c.sign(secret)), []byte(signature))
}

// stamp writes a time the way DOKU's headers and bodies do.
func stamp(t time.Time) string { return t.UTC().Format(timeFormat) }
