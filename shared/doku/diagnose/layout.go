package diagnose

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

const layoutRemedy = "Write one Name:value per line, without a space after the colon. Join the lines by one LF, and add " +
	"nothing after the last."

// layouts returns explanations by wrong ways to write the right lines.
func layouts() []explanation {
	var out []explanation
	add := func(name, detail string, layout func([]line) string) {
		cause := Cause{name, "the signed lines " + detail, layoutRemedy}
		out = append(out, explanation{layoutPart, []Cause{cause}, func(d *draft) { d.layout = layout }})
	}
	joined := func(name, detail, colon, end, last string) {
		add(name, detail, func(lines []line) string { return joinLines(lines, colon, end) + last })
	}
	joined("line feed after the last line", "end in a line feed", ":", "\n", "\n")
	joined("CRLF between lines", "are joined by CRLF", ":", "\r\n", "")
	joined("CRLF between lines", "each end in CRLF", ":", "\r\n", "\r\n")
	joined("literal \\n between lines",
		"are joined by a backslash and an n, as single quotes in PHP or a shell leave it", ":", `\n`, "")
	joined("literal \\n between lines", "each end in a backslash and an n", ":", `\n`, `\n`)
	joined("nothing between lines", "are joined without a line feed", ":", "", "")
	joined("spaces at line ends", "are joined by a space and a line feed", ":", " \n", "")
	for _, end := range []string{"", "\n"} {
		joined("space after the colon", "have a space after the colon", ": ", "\n", end)
		joined("space around the colon", "have spaces around the colon", " : ", "\n", end)
		joined("space around the colon", "have a space before the colon", " :", "\n", end)
		joined("= in place of the colon", "have = in place of the colon", "=", "\n", end)
	}
	add("names in lower case", "have their names in lower case", func(lines []line) string {
		return layOut(renameLines(lines, strings.ToLower))
	})
	add("names in upper case", "have their names in upper case", func(lines []line) string {
		return layOut(renameLines(lines, strings.ToUpper))
	})
	add("values without names", "hold the values without their names", func(lines []line) string {
		return joinLines(renameLines(lines, func(string) string { return "" }), "", "\n")
	})
	add("lines in alphabetical order", "are in alphabetical order", func(lines []line) string {
		sorted := slices.Clone(lines)
		slices.SortFunc(sorted, func(a, b line) int { return strings.Compare(a.name, b.name) })
		return layOut(sorted)
	})
	add("digest first", "begin with the digest", func(lines []line) string {
		last := len(lines) - 1
		return layOut(append([]line{lines[last]}, lines[:last]...))
	})
	add("empty Digest line", "end in a Digest line without a value", func(lines []line) string {
		return layOut(append(slices.Clone(lines[:min(4, len(lines))]), line{"Digest", ""}))
	})
	return out
}

func renameLines(lines []line, name func(string) string) []line {
	out := slices.Clone(lines)
	for i := range out {
		out[i].name = name(out[i].name)
	}
	return out
}

// digests returns explanations by other ways to write the digest of the same body.
func (x *examination) digests() []explanation {
	const remedy = "The Digest line is the standard base64 of the 32 raw bytes of SHA-256 over the body as it is sent."
	var out []explanation
	add := func(name, detail string, form func([sha256.Size]byte) string) {
		cause := Cause{name, detail, remedy}
		out = append(out, explanation{digestPart, []Cause{cause}, func(d *draft) { d.digestForm = form }})
	}
	standard := func(sum [sha256.Size]byte) string { return base64.StdEncoding.EncodeToString(sum[:]) }
	switch {
	case x.answer() && x.Method == http.MethodGet: // DOKU does not document which form is right, so both are
		out = append(out, explanation{digestPart, nil, func(d *draft) { d.digestForm = noDigest }})
	case x.Method == http.MethodGet:
		add("digest on a GET", "the signature covers a Digest line, and a GET has none", standard)
	default:
		add("digest absent", "the signature covers no Digest line, and a "+x.Method+" has one", noDigest)
	}
	inHex := func(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }
	inUpperHex := func(sum [sha256.Size]byte) string { return strings.ToUpper(inHex(sum)) }
	ofText := func(form func([sha256.Size]byte) string) func([sha256.Size]byte) string {
		return func(sum [sha256.Size]byte) string { return base64.StdEncoding.EncodeToString([]byte(form(sum))) }
	}
	add("digest over hex", "the Digest line is the base64 of the hexadecimal text of the hash", ofText(inHex))
	add("digest over hex", "the Digest line is the base64 of the hexadecimal text of the hash, in upper case",
		ofText(inUpperHex))
	add("digest in hex", "the Digest line is in hexadecimal", inHex)
	add("digest in hex", "the Digest line is in upper-case hexadecimal", inUpperHex)
	add("digest in base64url", "the Digest line is in the URL form of base64",
		func(sum [sha256.Size]byte) string { return base64.URLEncoding.EncodeToString(sum[:]) })
	add("digest without padding", "the Digest line lacks its padding",
		func(sum [sha256.Size]byte) string { return base64.RawStdEncoding.EncodeToString(sum[:]) })
	add("SHA-256= before the digest", "the Digest line begins with SHA-256=",
		func(sum [sha256.Size]byte) string { return "SHA-256=" + standard(sum) })
	if sent := x.header("Digest"); sent != "" {
		add("body changed after the digest",
			"the signature covers the Digest header as sent, and the body has another digest",
			func([sha256.Size]byte) string { return sent })
	}
	return out
}
