// Package jsonbody reads JSON objects strictly and names everything that is wrong with one, each field by its JSON
// pointer.
package jsonbody

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"kasir/shared/doku"
)

// Violation is one bad field: its JSON pointer, and what is wrong with it.
type Violation = doku.Violation

// Details of violations that name a member as the caller wrote it.
const (
	NotAField = "is not a field of this request" // the struct does not have it
	Repeated  = "is given twice"
)

const hiddenName = "(unknown field)"

// Loggable returns a violation's pointer as it may be logged: the caller chose the name of a field that does not exist.
func Loggable(v Violation) string {
	if v.Detail == NotAField {
		return hiddenName
	}
	return v.Pointer
}

// Malformed is a body that is not a JSON object. Its text is for the caller, and may quote a character of the body.
type Malformed struct {
	Detail string
}

func (e *Malformed) Error() string { return e.Detail }

// Decode reads a JSON object strictly into a struct. A field that the struct does not have, a value of another type, a
// number with a point or an exponent, a repeated field and null are violations. So are an empty body, whose pointer is
// empty, and "", [] and {} in a field with the tag empty:"refused". All are reported at once. Errors: *Malformed.
//
// null is refused because an absent field often has a meaning of its own: no capture_amount captures everything, and
// JSON.stringify writes a NaN or an undefined list element as null.
func Decode(body []byte, into any) ([]Violation, error) { return decode(body, into, binder{}) }

// DecodeOpen reads as Decode does, and passes over the members of the outermost object that the struct does not have.
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
