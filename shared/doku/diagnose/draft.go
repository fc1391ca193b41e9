package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"regexp"
	"strings"

	"kasir/shared/doku"
)

// draft is one guess at the values that a signature covers and the key that made it.
type draft struct {
	key                                       string
	client, request, stampName, stamp, target string
	digest                                    [sha256.Size]byte
	digestForm                                func([sha256.Size]byte) string // nil is base64
	layout                                    func([]line) string            // nil is Component's
}

// line is one line of the component.
type line struct{ name, value string }

func bodyDigest(body []byte) [sha256.Size]byte { return sha256.Sum256(body) }

func noDigest([sha256.Size]byte) string { return "" }

func (d draft) answer() bool { return d.stampName == responseStamp }

func (d draft) digestText() string {
	if d.digestForm != nil {
		return d.digestForm(d.digest)
	}
	return base64.StdEncoding.EncodeToString(d.digest[:])
}

func (d draft) lines() []line {
	all := make([]line, 0, 5)
	all = append(all, line{"Client-Id", d.client}, line{"Request-Id", d.request}, line{d.stampName, d.stamp},
		line{"Request-Target", d.target})
	if digest := d.digestText(); digest != "" {
		all = append(all, line{"Digest", digest})
	}
	return all
}

func layOut(lines []line) string { return joinLines(lines, ":", "\n") }

func joinLines(lines []line, colon, end string) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString(end)
		}
		b.WriteString(l.name + colon + l.value)
	}
	return b.String()
}

// printableLines returns the lines for a person to read.
func (d draft) printableLines(scrub func(string) string) []string {
	var out []string
	for _, l := range d.lines() {
		out = append(out, l.name+":"+scrub(printable(l.value)))
	}
	return out
}

// macs keeps one HMAC per key, since most guesses share one.
type macs map[string]hash.Hash

func (m macs) of(d draft) []byte {
	h := m[d.key]
	if h == nil {
		h = hmac.New(sha256.New, []byte(d.key))
		m[d.key] = h
	}
	h.Reset()
	if d.layout == nil {
		h.Write([]byte(doku.Component{
			ClientID: d.client, RequestID: d.request, Timestamp: d.stamp, Target: d.target, Digest: d.digestText(),
			Response: d.answer(),
		}.String()))
	} else {
		h.Write([]byte(d.layout(d.lines())))
	}
	return h.Sum(nil)
}

const (
	signatureScheme = "HMACSHA256="
	redacted        = "[secret]"
)

var (
	keyLike   = regexp.MustCompile(`(SK-|doku_)[A-Za-z0-9_-]{6,}`)
	queryPart = regexp.MustCompile(`(?s)\?.*`)
)

// printable replaces the characters of a value that cannot be printed. It leaves a query out, since the query of a
// hosted page holds a signature.
func printable(value string) string {
	value = queryPart.ReplaceAllString(value, "?…")
	if len(value) > 256 {
		value = value[:256] + "…"
	}
	var b strings.Builder
	for _, r := range value {
		switch {
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f || (r > '~' && r != '…'):
			b.WriteString("?")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// scrub replaces keys in a text: the sample's, and every word that looks like a key, such as a key sent as Client-Id.
func (x *examination) scrub(text string) string {
	for _, secret := range x.Secrets {
		for _, key := range []string{string(secret), trimKey(string(secret))} {
			if len(key) >= 6 { // a shorter one may be in any text by chance
				text = strings.ReplaceAll(text, key, redacted)
			}
		}
	}
	return keyLike.ReplaceAllString(text, "${1}"+redacted)
}

// maskSignature returns the beginning of a signature, by which it can be recognised in a log.
func maskSignature(signature string) string {
	scheme, rest := "", signature
	if cut, ok := strings.CutPrefix(signature, signatureScheme); ok {
		scheme, rest = signatureScheme, cut
	}
	if len(rest) > 4 {
		rest = rest[:4] + "…"
	}
	return printable(scheme + rest)
}
