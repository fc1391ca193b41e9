package diagnose

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	lower = `\u%04x`
	upper = `\u%04X`
)

// spellings are the ways in which libraries write the characters of a string.
var spellings = []struct {
	name, detail string
	rune         func(r rune, raw string) string
}{
	{"slashes unescaped", `with / where \/ stands here`, func(r rune, raw string) string {
		return when(r == '/', "/", raw)
	}},
	{"slashes escaped", `with \/ for /, as PHP's json_encode writes it`, func(r rune, raw string) string {
		return when(r == '/', `\/`, raw)
	}},
	{"HTML characters escaped", `with \u003c, \u003e and \u0026 for <, > and &, as Go's encoding/json writes it`,
		func(r rune, raw string) string {
			return when(strings.ContainsRune("<>&\u2028\u2029", r), escape(r, lower), raw)
		}},
	{"HTML characters unescaped", `with <, > and & where \u003c, \u003e and \u0026 stand here`,
		func(r rune, raw string) string { return when(strings.ContainsRune("<>&", r), string(r), raw) }},
	{"Unicode escaped", `with \u escapes for characters beyond ASCII, as Python's json.dumps writes it`,
		func(r rune, raw string) string { return when(r >= utf8.RuneSelf, escape(r, lower), raw) }},
	{"Unicode escaped", `with \u escapes in upper case for characters beyond ASCII`,
		func(r rune, raw string) string { return when(r >= utf8.RuneSelf, escape(r, upper), raw) }},
	{"Unicode unescaped", `with UTF-8 where \u escapes stand here`, func(r rune, raw string) string {
		return when(r >= utf8.RuneSelf, string(r), raw)
	}},
	{"escapes undone", `with no escapes but the necessary ones, as JavaScript's JSON.stringify writes it`, shortest},
	{"HTML characters escaped", `with only the escapes that Go's encoding/json writes`, func(r rune, raw string) string {
		return when(strings.ContainsRune("<>&\u2028\u2029", r), escape(r, lower), shortest(r, raw))
	}},
	{"Unicode and slashes escaped",
		`with \u escapes for characters beyond ASCII and \/ for /, as PHP's json_encode writes it`,
		func(r rune, raw string) string {
			return when(r >= utf8.RuneSelf, escape(r, lower), when(r == '/', `\/`, shortest(r, raw)))
		}},
	{"Unicode escaped", `with \u escapes for characters beyond ASCII and only the necessary other escapes`,
		func(r rune, raw string) string { return when(r >= utf8.RuneSelf, escape(r, lower), shortest(r, raw)) }},
	{"slashes escaped", `with \/ for / and UTF-8, as PHP's json_encode with JSON_UNESCAPED_UNICODE writes it`,
		func(r rune, raw string) string { return when(r == '/', `\/`, shortest(r, raw)) }},
	{"HTML characters escaped", `with \u003d and \u0027 also for = and ', as Gson writes it`,
		func(r rune, raw string) string {
			return when(strings.ContainsRune("<>&='\u2028\u2029", r), escape(r, lower), shortest(r, raw))
		}},
	{"HTML characters escaped", `as .NET's System.Text.Json writes it`, func(r rune, raw string) string {
		return when(r >= utf8.RuneSelf || strings.ContainsRune("<>&'\"+`", r), escape(r, upper), shortest(r, raw))
	}},
}

func when(ok bool, then, otherwise string) string {
	if ok {
		return then
	}
	return otherwise
}

// short writes a character with the fewest escapes that JSON allows.
func shortest(r rune, _ string) string {
	switch r {
	case '"', '\\':
		return `\` + string(r)
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	}
	if r < ' ' {
		return escape(r, lower)
	}
	return string(r)
}

// renumber rewrites every number with write.
func renumber(body []byte, write func(string) string) []byte {
	return eachToken(body, func(token string) string {
		if token[0] == '-' || (token[0] >= '0' && token[0] <= '9') {
			return write(token)
		}
		return token
	})
}

// shortNumber returns the number as JavaScript and most other languages write it.
func shortNumber(number string) string {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || math.Abs(f) >= 1e21 {
		return number
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// floatNumber returns the number as languages write it that read every number as a fraction.
func floatNumber(number string) string {
	short := shortNumber(number)
	if strings.ContainsAny(short, ".eE") {
		return short
	}
	return short + ".0"
}
