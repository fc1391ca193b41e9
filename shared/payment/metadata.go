package payment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"kasir/shared/jsonbody"
	"kasir/shared/order"
)

// MetadataPointer is the JSON pointer of the metadata in a request. The names below it are the caller's.
const MetadataPointer = "/metadata"

// maxMetadata is the greatest size of an order's metadata as JSON, in bytes. DynamoDB charges every write of the order
// by its size.
const maxMetadata = 512

var metadataName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9_]{1,40}$`) })

// metadataRules returns the rules that metadata break. An order is kept for good and shown to staff, so it must hold no
// card number and no e-mail address.
func metadataRules(m order.Metadata) []jsonbody.Violation {
	var found []jsonbody.Violation
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if problem := metadataProblem(name, m[name]); problem != "" {
			found = append(found,
				jsonbody.Violation{Pointer: jsonbody.MemberPointer(MetadataPointer, name), Detail: problem})
		}
	}
	if size := sizeOf(m); size > maxMetadata {
		found = append(found, jsonbody.Violation{Pointer: MetadataPointer,
			Detail: fmt.Sprintf("has %d bytes as JSON; at most %d are kept", size, maxMetadata)})
	}
	return found
}

// metadataProblem returns the rule that one text breaks, or "".
func metadataProblem(name, text string) string {
	switch {
	case !metadataName().MatchString(name):
		return "must have a name of 1 to 40 of the characters a-z, 0-9 and _"
	case mayHoldCard(name):
		return fmt.Sprintf("must not have a name with %d or more digits, which may be a card number", leastCardDigits)
	case text == "":
		return "must not be empty: leave it out, or give it a value"
	case strings.ContainsFunc(text, unicode.IsControl):
		return "has a control character, such as a line break"
	case strings.ContainsAny(text, "@＠"):
		return "must not contain @: metadata must not hold an e-mail address"
	case mayHoldCard(text):
		return fmt.Sprintf("must not have %d or more digits in a row, also with spaces, dashes or dots between them: "+
			"they may be a card number", leastCardDigits)
	}
	return ""
}

const leastCardDigits = 13 // a card number has 13 to 19, and others may follow it

// hexID matches ids in hexadecimal, such as a UUID. They have long runs of digits by chance.
var hexID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,64})$`)
})

// mayHoldCard reports whether a text has a run of digits that is long enough for a card number. It looks through
// spaces, dashes, dots and invisible characters.
func mayHoldCard(text string) bool {
	if lower := strings.ToLower(text); hexID().MatchString(lower) && strings.ContainsAny(lower, "abcdef") {
		return false
	}
	run := 0
	for _, c := range text {
		switch {
		case unicode.IsDigit(c):
			run++
		case unicode.In(c, unicode.White_Space, unicode.Pd, unicode.Cf), c == '−', c == '.', c == '_':
		default:
			run = 0
		}
		if run >= leastCardDigits {
			return true
		}
	}
	return false
}

// sizeOf returns the size of metadata as compact JSON, without escapes that JSON does not need.
func sizeOf(m order.Metadata) int {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(m); err != nil {
		panic(fmt.Sprintf("texts always encode: %v", err))
	}
	return len(bytes.TrimSpace(text.Bytes()))
}
