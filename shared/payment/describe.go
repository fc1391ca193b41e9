package payment

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"kasir/shared/doku"
)

const maxCause = 300 // bytes

var quotedText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`") })

// Describe returns the text of an error for the log. It leaves out AWS's messages (but keeps their codes), quoted
// text, and text that looks like a secret.
func Describe(err error) string {
	text := err.Error()
	said := awsMessages(err)
	// Longest first: one may be the beginning of another.
	slices.SortFunc(said, func(a, b string) int { return len(b) - len(a) })
	for _, message := range said {
		text = strings.ReplaceAll(text, message, "[message]")
	}
	text = doku.Scrub(quotedText().ReplaceAllLiteralString(text, `"…"`))
	return strings.ToValidUTF8(text[:min(len(text), maxCause)], "")
}

// awsMessages returns the messages of AWS in an error and in all errors that it wraps or joins.
func awsMessages(err error) []string {
	var all []string
	if api, ok := err.(interface{ ErrorMessage() string }); ok && api.ErrorMessage() != "" {
		all = append(all, api.ErrorMessage())
	}
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		if inner := wrapper.Unwrap(); inner != nil {
			all = append(all, awsMessages(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			all = append(all, awsMessages(inner)...)
		}
	}
	return all
}
