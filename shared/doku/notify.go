package doku

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Errors of [Receiver.ParseNotification].
var (
	// ErrMalformed means that a header is missing, repeated or not of its form, or that the signed body is not a
	// notification.
	ErrMalformed = errors.New("malformed notification")
	// ErrSignature means that the notification is not signed by DOKU for this merchant, or not within the accepted
	// time.
	ErrSignature = errors.New("notification not genuine")
)

// Receiver verifies and reads the notifications that DOKU posts to the notification URL.
type Receiver struct {
	Keys   Keys
	Target string // path of the notification URL as DOKU sees it; behind a proxy another path may arrive
	Now    func() time.Time
	// MaxAge is the greatest age that is accepted. 0 accepts any age, since DOKU does not document whether a retry
	// carries its first timestamp.
	MaxAge time.Duration
}

// MaxClockSkew is how far in the future a notification may be dated.
const MaxClockSkew = 5 * time.Minute

// Header holds the four headers that a notification's signature rests on.
type Header struct {
	ClientID, RequestID, Timestamp, Signature string
	Time                                      time.Time // Timestamp, parsed
}

// ParseHeader reads the signed headers. Each must occur exactly once and hold no comma: a gateway joins repeated
// headers by commas, and DOKU signs no joined header. Errors: [ErrMalformed]; [ErrSignature] if there is no Signature.
func ParseHeader(h http.Header) (Header, error) {
	var out Header
	for _, field := range []struct {
		name string
		to   *string
	}{
		{"Signature", &out.Signature}, {"Client-Id", &out.ClientID},
		{"Request-Id", &out.RequestID}, {"Request-Timestamp", &out.Timestamp},
	} {
		values := h.Values(field.name)
		if len(values) == 0 || values[0] == "" {
			if field.name == "Signature" {
				return Header{}, fmt.Errorf("%w: no Signature header", ErrSignature)
			}
			return Header{}, fmt.Errorf("%w: no %s header", ErrMalformed, field.name)
		}
		if len(values) > 1 || !ValidHeader(values[0]) {
			return Header{}, fmt.Errorf("%w: header %s is repeated or has a character it cannot have",
				ErrMalformed, field.name)
		}
		*field.to = values[0]
	}
	at, err := time.Parse(TimestampLayout, out.Timestamp)
	var written [len(TimestampLayout)]byte
	// Parse also accepts fractions of a second, which the layout does not have.
	if err != nil || string(at.AppendFormat(written[:0], TimestampLayout)) != out.Timestamp {
		return Header{}, fmt.Errorf("%w: Request-Timestamp is not of the form %s", ErrMalformed, TimestampLayout)
	}
	out.Time = at
	return out, nil
}

// ValidHeader reports whether a signed header can hold s. It can hold up to 256 visible ASCII characters without
// commas.
func ValidHeader(s string) bool {
	if len(s) > 256 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }) < 0
}

// ParseNotification verifies the signature over the raw bytes of body before it decodes them. It ignores unknown
// fields. Errors: [ErrMalformed], [ErrSignature].
func (r Receiver) ParseNotification(ctx context.Context, header http.Header, body []byte) (Notification, error) {
	h, err := ParseHeader(header)
	if err != nil {
		return Notification{}, err
	}
	component := Component{
		ClientID: h.ClientID, RequestID: h.RequestID, Timestamp: h.Timestamp, Target: r.Target, Digest: Digest(body),
	}
	if !r.verify(ctx, withScheme(h.Signature), component) {
		return Notification{}, ErrSignature
	}
	age := r.Now().Sub(h.Time)
	if age < -MaxClockSkew || (r.MaxAge > 0 && age > r.MaxAge) {
		return Notification{}, fmt.Errorf("%w: dated %s", ErrSignature, h.Timestamp)
	}
	doc, err := parseDocument(body)
	if err != nil {
		return Notification{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	n := readNotification(doc)
	n.RequestID, n.SentAt = h.RequestID, h.Time
	if n.InvoiceNumber == "" || len(n.InvoiceNumber) > 128 {
		return Notification{}, fmt.Errorf("%w: order.invoice_number is missing or over 128 bytes", ErrMalformed)
	}
	return n, nil
}

// verify reports whether a signature was made with the current keys, or with the newer ones if the keys were rotated
// meanwhile.
func (r Receiver) verify(ctx context.Context, signature string, c Component) bool {
	keys := r.Keys.Keyring(ctx)
	if c.ClientID != keys.ClientID {
		return false
	}
	if keys.accepts(signature, c) {
		return true
	}
	newer, ok := r.Keys.Renewed(ctx, keys)
	return ok && newer.accepts(signature, c)
}
