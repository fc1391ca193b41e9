package diagnose

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// readSignature reads a Signature header in every known form, the right one first.
func readSignature(header string) (marks []reading, faults []Cause) {
	values := splitJoined(header)
	if values == nil {
		values = []string{header}
	} else {
		faults = append(faults, repeatedHeader("Signature"))
	}
	for _, value := range values {
		mac, causes := decodeSignature(value)
		if causes = append(slices.Clone(faults), causes...); len(mac) == 32 {
			marks = append(marks, reading{mac, causes})
		} else if len(marks) == 0 && len(values) == 1 {
			return nil, causes
		}
	}
	if len(marks) > 0 && len(faults) == 0 {
		faults = marks[0].causes
	}
	return marks, faults
}

const formRemedy = "Send HMACSHA256= and the standard base64, with padding, of the 32 raw bytes of the HMAC-SHA256."

// otherScheme matches other spellings of HMACSHA256=. A match ends before the signature, which must not be shown.
var otherScheme = regexp.MustCompile(`(?i)^(algorithm=)?hmac[-_ ]?sha[-_]?(1|256|384|512)[=:, ]+`)

// decodeSignature returns the bytes of one signature and the flaws of its form.
func decodeSignature(value string) (mac []byte, causes []Cause) {
	fault := func(name, detail string) { causes = append(causes, Cause{name, detail, formRemedy}) }
	if value == "" {
		fault("no signature", "there is no Signature header")
		return nil, causes
	}
	rest, ok := strings.CutPrefix(value, signatureScheme)
	if bare := strings.Trim(value, " \t\r\n\"'"); !ok && bare != value {
		fault("whitespace or quotes around the signature",
			"the Signature header has whitespace or quotes around its value")
		rest, ok = strings.CutPrefix(bare, signatureScheme)
	}
	if !ok {
		if scheme := otherScheme.FindString(rest); scheme != "" {
			fault("scheme of the signature",
				"the signature begins with "+printableOrEmpty(scheme)+", not with HMACSHA256=")
			rest = rest[len(scheme):]
		} else {
			fault("HMACSHA256= missing", "the signature does not begin with HMACSHA256=")
		}
	}
	for _, form := range signatureForms {
		if raw := form.decode(rest); len(raw) == 32 {
			if form.name != "" {
				fault(form.name, form.detail)
			}
			return raw, causes
		}
	}
	switch raw, _ := base64.StdEncoding.DecodeString(rest); len(raw) {
	case 64:
		fault("signature of another algorithm",
			"the signature has 64 bytes: it is an HMAC-SHA512, which SNAP uses and cards do not")
	case 20:
		fault("signature of another algorithm", "the signature has 20 bytes: it is an HMAC-SHA1")
	default:
		fault("signature of another length",
			"the signature does not hold the 32 bytes of an HMAC-SHA256: it is cut, or encoded in an unknown way")
	}
	return nil, causes
}

var signatureForms = []struct {
	name, detail string
	decode       func(string) []byte
}{
	{"", "", func(s string) []byte {
		if strings.ContainsAny(s, "\r\n") { // the decoder would skip them
			return nil
		}
		raw, _ := base64.StdEncoding.Strict().DecodeString(s)
		return raw
	}},
	{"signature in hex", "the signature is in hexadecimal", func(s string) []byte {
		raw, _ := hex.DecodeString(s)
		return raw
	}},
	{"base64 of the hex signature", "the signature is the base64 of the hexadecimal text, not of the raw bytes",
		func(s string) []byte {
			text, _ := base64.StdEncoding.DecodeString(s)
			raw, _ := hex.DecodeString(string(text))
			return raw
		}},
	{"signature in base64url", "the signature is in the URL form of base64, with - and _", func(s string) []byte {
		raw, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		if !strings.ContainsAny(s, "-_") {
			return nil
		}
		return raw
	}},
	{"padding of the signature", "the signature's base64 lacks its padding, or has a changed last character",
		func(s string) []byte {
			raw, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
			return raw
		}},
	{"signature changed as a form value",
		"the signature went through URL encoding: its + became a space, or its signs are escaped",
		func(s string) []byte {
			if text, err := url.PathUnescape(s); err == nil {
				s = text
			}
			raw, _ := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.TrimSpace(s), " ", "+"))
			return raw
		}},
}
