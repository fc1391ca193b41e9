package doku

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secret is a form of text that must not be kept or shown, and the mask that replaces it.
type secret struct {
	signs []string // every match contains one of these: a cheap test that saves running the form
	least int      // bytes of the shortest match
	form  func() *regexp.Regexp
	mask  string
}

// secrets are all such forms. Longer forms come first, since the rest of one would match a shorter form. The last form
// matches every long word.
var secrets = []secret{
	{[]string{"="}, 6, lazyRegexp(`(?i)\b(?:HMAC-?)?SHA-?[0-9]+=\S+`), "[signature]"},
	{[]string{" ", "\t", "\n", "\f", "\r"}, 22,
		lazyRegexp(`(?i)\b(?:bearer|basic)\s+[A-Za-z0-9+/_.=-]{16,}`), "[token]"},
	{[]string{"eyJ"}, 8, lazyRegexp(`\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}`), "[token]"},
	{[]string{"SK", "PK", "AKIA", "ASIA", "doku_"}, 8,
		lazyRegexp(`\b(?:SK|PK|AKIA|ASIA|doku_)[-_A-Za-z0-9]{6,}`), "[key]"},
	{[]string{"CV", "cv", "Cv", "cV"}, 7, lazyRegexp(`(?i)\b(?:CVV2?|CVC2?|CVN)\W{1,4}[0-9]{3,4}\b`), "[cvv]"},
	{[]string{"@", "%40"}, 3, lazyRegexp(`[^\s"'<>(),;:=?&/]+(?:@|%40)[^\s"'<>(),;:=?&/]+`), "[e-mail]"},
	{[]string{"?"}, 2, lazyRegexp(`\?[^\s"']+`), "?[query]"},
	{[]string{""}, 40, lazyRegexp(`[A-Za-z0-9+/_=-]{40,}`), "[token]"},
}

// Scrub masks the parts of a text that look like secrets or personal data: signatures, tokens, keys, e-mail addresses,
// numbers labelled as a CVV, queries of URLs, and runs of 7 digits or more (card and phone numbers) that are not
// labelled as an amount. It cannot recognise names, so scrubbed texts of callers and of DOKU are still not for logs.
func Scrub(text string) string {
	return maskDigits(maskForms(text, secrets))
}

func maskForms(text string, forms []secret) string {
	for _, s := range forms {
		in := func(sign string) bool { return strings.Contains(text, sign) }
		if len(text) >= s.least && slices.ContainsFunc(s.signs, in) {
			text = s.form().ReplaceAllLiteralString(text, s.mask)
		}
	}
	return text
}

var escapes = lazyRegexp(`(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]`)

// unescape undoes JSON's escapes in a text, also those of JSON within JSON. The masks do not recognise escaped text,
// and PHP escapes every é and /.
func unescape(text string) string {
	for i := 0; i < 4 && strings.Contains(text, `\`); i++ {
		text = escapes().ReplaceAllStringFunc(text, func(escape string) string {
			plain, _ := unquote(`"` + escape + `"`)
			return plain
		})
	}
	return text
}

// ShowAmount returns the text of an amount in whole rupiah for a message to its author. It does not repeat a number
// longer than any amount, which may be a card number.
func ShowAmount(n int64) string {
	if n > maxAmount || n < -maxAmount {
		return "a number of more than 12 digits"
	}
	return strconv.FormatInt(n, 10)
}

// scrubAndCut scrubs a text of DOKU's about a payment and cuts it to most bytes. The result may be kept and shown.
func scrubAndCut(text string, most int) string {
	text = Scrub(text)
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

var maskedForm = lazyRegexp(`^[0-9]{0,8}[*xX•.-]{2,16}[0-9]{0,4}$`)

// scrubCard returns a card number as DOKU masks it. It scrubs a text of any other form, so that no whole number is kept.
func scrubCard(text string) string {
	if text == "" || maskedForm().MatchString(text) {
		return text
	}
	return scrubAndCut(text, 32)
}

var (
	digitRuns    = lazyRegexp(`\+?[0-9](?:[ .()-]{0,2}[0-9]){6,}`)
	amountDigits = lazyRegexp(`^[0-9]{7,12}(?:\.0{1,2})?$`)
	amountLabel  = lazyRegexp(`(?i)(?:amount|rupiah|idr|\brp)\W{0,3}(?:(?:of|is)\s)?$`)
)

// maskDigits masks runs of 7 digits or more, except those that are labelled as an amount.
func maskDigits(text string) string {
	if countDigits(text) < 7 {
		return text
	}
	var out strings.Builder
	end := 0
	for _, at := range digitRuns().FindAllStringIndex(text, -1) {
		out.WriteString(text[end:at[0]])
		if run := text[at[0]:at[1]]; amountDigits().MatchString(run) && amountLabel().MatchString(text[:at[0]]) {
			out.WriteString(run)
		} else {
			out.WriteString("[digits]")
		}
		end = at[1]
	}
	return out.String() + text[end:]
}

func countDigits(text string) int {
	n := 0
	for i := range len(text) {
		if '0' <= text[i] && text[i] <= '9' {
			n++
		}
	}
	return n
}

// words are known words that must not be repeated.
type words []word

type word struct{ text, lower string }

// wordsOf returns each value and each word of it, since a text may have been cut or masked already. It leaves out words
// shorter than four characters, which occur by chance.
func wordsOf(values ...string) words {
	all := make(words, 0, 2*len(values))
	add := func(part string) {
		if utf8.RuneCountInString(part) >= 4 {
			all = append(all, word{part, strings.ToLower(part)})
		}
	}
	for _, value := range values {
		if !strings.ContainsFunc(value, unicode.IsSpace) {
			add(value)
			continue
		}
		parts := strings.Fields(value)
		add(strings.Join(parts, " "))
		for _, part := range parts {
			add(part)
		}
	}
	return all
}

// hide masks the words in a text, in any case.
func (known words) hide(text string) string {
	lower := strings.ToLower(text)
	for _, w := range known {
		if strings.Contains(lower, w.lower) {
			text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(w.text)).ReplaceAllLiteralString(text, private)
			lower = strings.ToLower(text)
		}
	}
	return text
}

// codeForm matches words of one case joined by underscores, which may end in a number, and up to five characters such
// as 51 and N7. It does not match a token.
var codeForm = lazyRegexp(
	`^(?:[0-9]?[A-Z]+(?:_[A-Z]+)*_?[0-9]{0,3}|[0-9]?[a-z]+(?:_[a-z]+)*_?[0-9]{0,3}|[A-Za-z0-9]{1,5})$`)

// safeCode returns code if it looks like a code of DOKU's, and otherwise "".
func safeCode(code string) string {
	if len(code) > 64 || !codeForm().MatchString(code) || Scrub(code) != code {
		return ""
	}
	return code
}
