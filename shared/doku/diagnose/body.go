package diagnose

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"
)

const bodyRemedy = "Digest the raw bytes, before anything parses them: a body that was parsed and written again has " +
	"another digest. Send, and compare, those very bytes."

// variant is a body that may have been signed, with its differences from the sample's body.
type variant struct {
	body   []byte
	causes []Cause
}

func (e variant) withChange(body []byte, name, detail string) variant {
	if name == "" {
		return variant{body, e.causes}
	}
	cause := Cause{name, "the signature was made over the body " + detail, bodyRemedy}
	return variant{body, append(slices.Clone(e.causes), cause)}
}

// bodies returns the other bodies that may have been signed, those with the fewest changes first.
func (x *examination) bodies() []explanation {
	original := variant{body: x.Body}
	starts := []variant{original}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(x.Body)))
	if err == nil && len(decoded) > 0 {
		starts = append(starts, original.withChange(decoded, "base64 not decoded",
			"decoded from base64: the body here is still encoded, as API Gateway passes some bodies (isBase64Encoded)"))
	}
	if bare, ok := bytes.CutPrefix(x.Body, []byte("\ufeff")); ok {
		starts = append(starts,
			original.withChange(bare, "byte order mark", "without the byte order mark that it begins with here"))
	}
	var all []variant
	for _, start := range starts {
		all = append(append(append(all, start), byteVariants(start)...), jsonVariants(start)...)
	}
	slices.SortStableFunc(all, func(a, b variant) int { return cmp.Compare(len(a.causes), len(b.causes)) })
	var out []explanation
	seen := map[[32]byte]bool{x.base.digest: true}
	for _, e := range all {
		sum := bodyDigest(e.body)
		if !seen[sum] {
			seen[sum] = true
			out = append(out, explanation{bodyPart, e.causes, func(d *draft) { d.digest = sum }})
		}
	}
	return out
}

var breaks = strings.NewReplacer("\r", "", "\n", "")

// byteVariants returns the variants that can be made without parsing the body.
func byteVariants(from variant) []variant {
	body := from.body
	trimmed := bytes.TrimSpace(body)
	out := []variant{
		from.withChange(bytes.TrimRight(body, "\r\n"), "line break at the end", "without the line break at its end"),
		from.withChange(trimmed, "whitespace around the body", "without the whitespace around it"),
	}
	for _, end := range []string{"\n", "\r\n"} {
		ended := append(slices.Clone(trimmed), end...)
		out = append(out, from.withChange(ended, "line break at the end", "with a line break at its end"))
	}
	unix := bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	out = append(out,
		from.withChange(unix, "CRLF in the body", "with line feeds where CRLF stands here"),
		from.withChange(bytes.ReplaceAll(unix, []byte("\n"), []byte("\r\n")), "CRLF in the body",
			"with CRLF where line feeds stand here"),
		from.withChange(bytes.TrimRight(unix, "\n"), "CRLF in the body",
			"with line feeds where CRLF stands here, and none at its end"),
		from.withChange([]byte(breaks.Replace(string(body))), "line breaks in the body",
			"without its line breaks, as curl's --data @file sends it"),
		from.withChange(append([]byte("\ufeff"), body...), "byte order mark", "with a byte order mark before it"),
		from.withChange([]byte(base64.StdEncoding.EncodeToString(body)), "body in base64", "in base64"),
		from.withChange(nil, "empty body", "while it was empty: other code may have read it first"),
		from.withChange([]byte("{}"), "empty body", "{}: nothing had been parsed into it"),
		from.withChange([]byte("null"), "empty body", "null: nothing had been parsed into it"),
		from.withChange([]byte("[object Object]"), "object as text",
			"[object Object]: an object was turned into text without JSON.stringify"),
		from.withChange([]byte("undefined"), "empty body", "undefined: nothing had been parsed into it"),
		from.withChange([]byte("Array"), "object as text", "Array: an array was turned into text without json_encode"),
	)
	return append(out, charsetVariants(from)...)
}

// charsetVariants returns the variants in which Latin-1 and UTF-8 were confused.
func charsetVariants(from variant) []variant {
	if !utf8.Valid(from.body) {
		return []variant{
			from.withChange(latinToUTF8(from.body), "character set", "in UTF-8, and here it is in Latin-1"),
			from.withChange(bytes.ToValidUTF8(from.body, []byte("\ufffd")), "character set",
				"with a replacement character for each byte that is not UTF-8"),
		}
	}
	out := []variant{from.withChange(latinToUTF8(from.body), "character set", "encoded as UTF-8 twice")}
	var latin []byte
	for _, r := range string(from.body) {
		if r > 0xff {
			return out
		}
		latin = append(latin, byte(r))
	}
	return append(out, from.withChange(latin, "character set", "in Latin-1"))
}

func latinToUTF8(body []byte) []byte {
	var out []byte
	for _, b := range body {
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}
