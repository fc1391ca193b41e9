// Package jsonbody reads JSON objects strictly. It reports all violations of an object at once, each with the JSON
// pointer of its field.
package jsonbody

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"kasir/shared/doku"
)

// Violation is the JSON pointer of an invalid field and the description of its flaw.
type Violation = doku.Violation

// Details of violations that name a member as the caller wrote it.
const (
	NotAField = "is not a field of this request" // the struct does not have it
	Repeated  = "is given twice"
)

const hiddenName = "(unknown field)"

// Loggable returns a violation's pointer for the log. It hides the name of an unknown field, since the caller chose it.
func Loggable(v Violation) string {
	if v.Detail == NotAField {
		return hiddenName
	}
	return v.Pointer
}

// Malformed is the error for a body that is not a JSON object. Its text is for the caller and may quote a character of
// the body.
type Malformed struct {
	Detail string
}

func (e *Malformed) Error() string { return e.Detail }

// Decode reads a JSON object strictly into a struct. A field that the struct does not have, a value of another type, a
// number with a point or an exponent, a repeated field and null are violations. An empty body is a violation with an
// empty pointer. "", [] and {} are violations in a field with the tag empty:"refused". Errors: *Malformed.
//
// null is refused because JSON.stringify writes a NaN or an undefined list element as null, and an absent field often
// has a meaning of its own: without capture_amount a capture takes everything.
func Decode(body []byte, into any) ([]Violation, error) { return decode(body, into, binder{}) }

// DecodeOpen is like Decode, but ignores members of the outermost object that the struct does not have.
func DecodeOpen(body []byte, into any) ([]Violation, error) {
	return decode(body, into, binder{open: true})
}

func decode(body []byte, into any, b binder) ([]Violation, error) {
	if len(strings.TrimSpace(string(body))) == 0 {
		return []Violation{{Detail: "must be a JSON object, but the body is empty"}}, nil
	}
	if !utf8.Valid(body) {
		return nil, &Malformed{"The body is not UTF-8."}
	}
	tree, err := parse(body)
	if err != nil {
		return nil, &Malformed{"The body is not JSON: " + err.Error() + "."}
	}
	if _, ok := tree.(object); !ok {
		return nil, &Malformed{"The body is not a JSON object."}
	}
	b.bind(reflect.ValueOf(into).Elem(), tree, "")
	return b.violations, nil
}

// Merge combines decoding errors with rule violations. A field that failed to decode, and everything below it, keeps
// only its decoding error.
func Merge(misread, broken []Violation) []Violation {
	if len(misread) == 0 {
		return broken
	}
	bad := map[string]bool{}
	for _, v := range misread {
		bad[v.Pointer] = true
	}
	all := misread
	for _, v := range broken {
		if !within(bad, v.Pointer) {
			all = append(all, v)
		}
	}
	return all
}

// within reports whether set contains pointer or one of its ancestors.
func within(set map[string]bool, pointer string) bool {
	for !set[pointer] {
		if pointer == "" {
			return false
		}
		pointer = pointer[:max(0, strings.LastIndexByte(pointer, '/'))]
	}
	return true
}
