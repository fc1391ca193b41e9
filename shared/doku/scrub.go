package doku

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// secrets are forms of text that must not be kept or shown, whoever wrote them, with what stands in their place. Longer forms
// come first: what is left of them would match shorter ones.
var secrets = []struct {
	form *regexp.Regexp
	mask string
}{
	{regexp.MustCompile(`(?i)\b(?:HMAC-?)?SHA-?[0-9]+=\S+`), "[signature]"},
	{regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+[A-Za-z0-9+/_.=-]{16,}`), "[token]"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}`), "[token]"},
	{regexp.MustCompile(`\b(?:SK|PK|AKIA|ASIA|doku_)[-_A-Za-z0-9]{6,}`), "[key]"},
	{regexp.MustCompile(`[^\s"'<>(),;:=?&/]+(?:@|%40)[^\s"'<>(),;:=?&/]+`), "[e-mail]"},
	{regexp.MustCompile(`\?[^\s"']+`), "?[query]"},
	{regexp.MustCompile(`[A-Za-z0-9+/_=-]{40,}`), "[token]"},
}

// Scrub masks in a text what looks like a secret or like a person's: signatures, tokens, keys, e-mail addresses, queries
// of URLs, and runs of 7 digits or more (card and phone numbers) unless they are called an amount. It cannot know a name,
// so texts of others are not logged even so.
func Scrub(text string) string {
	for _, s := range secrets {
		text = s.form.ReplaceAllLiteralString(text, s.mask)
	}
	return maskDigits(text)
}

var (
	digits = regexp.MustCompile(`\+?[0-9](?:[ .()-]{0,2}[0-9]){6,}`)
	amount = regexp.MustCompile(`^[0-9]{7,12}(?:\.0{1,2})?$`)
	before = regexp.MustCompile(`(?i)(?:amount|rupiah|idr|\brp)\W{0,3}(?:(?:of|is)\s)?$`)
)

// maskDigits masks long runs of digits but for what is called an amount.
func maskDigits(text string) string {
	var out strings.Builder
	end := 0
	for _, at := range digits.FindAllStringIndex(text, -1) {
		out.WriteString(text[end:at[0]])
		if run := text[at[0]:at[1]]; amount.MatchString(run) && before.MatchString(text[:at[0]]) {
			out.WriteString(run)
		} else {
			out.WriteString("[digits]")
		}
		end = at[1]
	}
	return out.String() + text[end:]
}

// hide masks a known value in a text, in any case: whole, and each of its words, since the text may have been cut or masked
// already. Words shorter than four characters would be found everywhere.
func hide(text, value string) string {
	words := strings.Fields(value)
	for _, part := range append([]string{strings.Join(words, " ")}, words...) {
		if utf8.RuneCountInString(part) >= 4 {
			text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(part)).ReplaceAllLiteralString(text, private)
		}
	}
	return text
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)

// safeCode is a code of DOKU's, or nothing when it does not look like one.
func safeCode(code string) string {
	if !codeForm.MatchString(code) || Scrub(code) != code {
		return ""
	}
	return code
}
