package edge

import "strings"

const idempotencyHeader = "Idempotency-Key"

// IdempotencyKey returns the Idempotency-Key header (IETF draft; quoted or bare). It has 16 to 128 printable ASCII
// characters. The caller makes it once per request and keeps it for repeats. Errors: *BadRequest.
func (r Request) IdempotencyKey() (string, error) {
	values := r.Header.Values(idempotencyHeader)
	if len(values) == 0 {
		return "", &BadRequest{Detail: "The header Idempotency-Key is required: 16 to 128 printable characters, made " +
			"once for this request and kept for its repeats."}
	}
	key := strings.TrimSpace(values[0])
	if len(key) > 1 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	notPrintable := func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == ',' }
	if len(values) > 1 || len(key) < 16 || len(key) > 128 || strings.IndexFunc(key, notPrintable) >= 0 {
		return "", &BadRequest{Detail: "The header Idempotency-Key must occur once and have 16 to 128 printable " +
			"ASCII characters without commas and quotation marks."}
	}
	return key, nil
}

// HasIdempotencyKey reports whether the caller sent the header.
func (r Request) HasIdempotencyKey() bool { return len(r.Header.Values(idempotencyHeader)) > 0 }
