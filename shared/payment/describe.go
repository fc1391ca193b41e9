package payment

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"kasir/shared/doku"
)

const maxCause = 300 // bytes

var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`") })

// Describe is the text of an error as it may be logged: without what AWS says in a message (its code stays), what is
// quoted, and what looks like a secret.
func Describe(err error) string {
	text := err.Error()
	var api interface {
		error
		ErrorMessage() string
	}
	if errors.As(err, &api) && api.ErrorMessage() != "" {
		text = strings.ReplaceAll(text, api.ErrorMessage(), "[message]")
	}
	text = doku.Scrub(quoted().ReplaceAllLiteralString(text, `"…"`))
	return strings.ToValidUTF8(text[:min(len(text), maxCause)], "")
}
