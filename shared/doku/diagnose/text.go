package diagnose

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// eachToken rewrites valid JSON token by token: strings with their quotes, punctuation, whitespace, and the rest.
func eachToken(body []byte, write func(token string) string) []byte {
	var out strings.Builder
	for text := string(body); text != ""; {
		end := tokenEnd(text)
		out.WriteString(write(text[:end]))
		text = text[end:]
	}
	return []byte(out.String())
}

func tokenEnd(text string) int {
	switch {
	case text[0] == '"':
		return stringEnd(text)
	case strings.IndexByte("{}[]:, \t\r\n", text[0]) >= 0:
		return 1
	}
	if end := strings.IndexAny(text, "{}[]:, \t\r\n\""); end > 0 {
		return end
	}
	return len(text)
}

// stringEnd returns the length of the string at the start of text.
func stringEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// split cuts the inside of a compact object or array at its own commas.
func split(inside []byte) []string {
	var members []string
	deep, member := 0, strings.Builder{}
	eachToken(inside, func(token string) string {
		switch token {
		case "{", "[":
			deep++
		case "}", "]":
			deep--
		case ",":
			if deep == 0 {
				members = append(members, member.String())
				member.Reset()
				return ""
			}
		}
		member.WriteString(token)
		return ""
	})
	if member.Len() > 0 {
		members = append(members, member.String())
	}
	return members
}

// respell rewrites every character of every string with write, which also gets the character's text in the body.
func respell(body []byte, write func(r rune, raw string) string) []byte {
	return eachToken(body, func(token string) string {
		if token[0] != '"' || len(token) < 2 {
			return token
		}
		var b strings.Builder
		b.WriteByte('"')
		for rest := token[1 : len(token)-1]; rest != ""; {
			r, size := character(rest)
			if r == utf8.RuneError { // half of a surrogate pair, or not UTF-8; it stays as it is
				b.WriteString(rest[:size])
			} else {
				b.WriteString(write(r, rest[:size]))
			}
			rest = rest[size:]
		}
		b.WriteByte('"')
		return b.String()
	})
}

// character reads one character of a JSON string, escaped or not, and returns it with its length in bytes.
func character(text string) (rune, int) {
	if text[0] != '\\' || len(text) < 2 {
		return utf8.DecodeRuneInString(text)
	}
	if text[1] != 'u' {
		var s string
		if json.Unmarshal([]byte(`"`+text[:2]+`"`), &s) != nil || s == "" {
			return utf8.RuneError, 2
		}
		return rune(s[0]), 2
	}
	unit := func(at int) rune {
		if len(text) < at+6 || text[at:at+2] != `\u` {
			return utf8.RuneError
		}
		n, err := strconv.ParseUint(text[at+2:at+6], 16, 16)
		if err != nil {
			return utf8.RuneError
		}
		return rune(n)
	}
	r := unit(0)
	if utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, unit(6)); pair != utf8.RuneError {
			return pair, 12
		}
		return utf8.RuneError, 6
	}
	return r, min(6, len(text))
}

func escape(r rune, form string) string {
	if r < 0x10000 {
		return fmt.Sprintf(form, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Sprintf(form, high) + fmt.Sprintf(form, low)
}
