// Package jsonbody reads JSON objects strictly and names everything that is wrong with one, each field by its JSON pointer.
package jsonbody

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"kasir/shared/doku"
)

// Violation is one bad field: its JSON pointer, and what is wrong with it.
type Violation = doku.Violation

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

// Merge combines decoding errors with rule violations. A field that failed to decode, and everything below it, keeps only
// its decoding error.
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

// binder fills a struct and collects what is wrong with the values.
type binder struct {
	open       bool // members that the outermost struct does not have are passed over
	violations []Violation
}

func (b *binder) report(pointer, detail string) {
	b.violations = append(b.violations, Violation{Pointer: pointer, Detail: detail})
}

// bind writes a parsed value into a struct, slice, pointer, string, int64 or bool.
func (b *binder) bind(to reflect.Value, value any, pointer string) {
	if value == nil {
		b.report(pointer, "must not be null: leave it out, or give it a value")
		return
	}
	switch to.Kind() {
	case reflect.Struct:
		b.bindStruct(to, value, pointer)
	case reflect.Slice:
		b.bindSlice(to, value, pointer)
	case reflect.Pointer: // a field whose absence means something
		to.Set(reflect.New(to.Type().Elem()))
		b.bind(to.Elem(), value, pointer)
	case reflect.String:
		if to.Type() == reflect.TypeFor[json.Number]() {
			b.bindNumber(to, value, pointer)
			return
		}
		s, ok := value.(string)
		if !ok {
			b.report(pointer, "is not a string")
			return
		}
		to.SetString(s)
	case reflect.Int64:
		n, err := strconv.ParseInt(numeral(value), 10, 64)
		if err != nil {
			b.report(pointer, notWhole(err, value))
			return
		}
		to.SetInt(n)
	case reflect.Bool:
		flag, ok := value.(bool)
		if !ok {
			b.report(pointer, "is not true or false, written without quotes")
			return
		}
		to.SetBool(flag)
	default:
		panic(fmt.Sprintf("jsonbody cannot fill a %s at %s", to.Type(), pointer))
	}
}

// notWhole returns why a value is no int64.
func notWhole(err error, value any) string {
	switch {
	case !errors.Is(err, strconv.ErrRange):
		return "is not a whole number, written in digits without quotes, point or exponent"
	case strings.HasPrefix(numeral(value), "-"):
		return "is too small"
	}
	return "is too large"
}

// bindNumber takes a number as it is written; whether it may have decimals is for the rules to say.
func (b *binder) bindNumber(to reflect.Value, value any, pointer string) {
	n, ok := value.(json.Number)
	if !ok {
		b.report(pointer, "is not a number, written without quotes")
		return
	}
	to.SetString(n.String())
}

func (b *binder) bindStruct(to reflect.Value, value any, pointer string) {
	members, ok := value.(object)
	if !ok {
		b.report(pointer, "is not an object")
		return
	}
	fields := fieldsOf(to.Type())
	seen := map[string]bool{}
	for _, m := range members {
		at := pointer + "/" + shown(m.name)
		f, known := fields[m.name]
		switch {
		case !known && !(b.open && pointer == ""):
			b.report(at, NotAField)
		case seen[m.name]:
			b.report(at, Repeated)
		case !known:
		case f.neverEmpty && isEmpty(m.value):
			b.report(at, "must not be empty: leave it out, or give it a value")
		default:
			b.bind(to.FieldByIndex(f.index), m.value, at)
		}
		seen[m.name] = true
	}
}

func (b *binder) bindSlice(to reflect.Value, value any, pointer string) {
	values, ok := value.([]any)
	if !ok {
		b.report(pointer, "is not an array")
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(values), len(values)))
	for i, v := range values {
		b.bind(to.Index(i), v, fmt.Sprintf("%s/%d", pointer, i))
	}
}

// numeral is the text of an integer literal, or something that does not parse as one.
func numeral(value any) string {
	n, _ := value.(json.Number)
	return n.String()
}

// isEmpty reports whether a parsed value is "", [] or {}.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case object:
		return len(v) == 0
	}
	return false
}

// field is a struct field that a JSON member fills.
type field struct {
	index      []int
	neverEmpty bool // an empty value would mean the opposite of what it says
}

// fieldsOf maps JSON names to fields, by the json tags. The fields of an embedded struct count as its own.
func fieldsOf(t reflect.Type) map[string]field {
	fields := make(map[string]field, t.NumField())
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = field{f.Index, f.Tag.Get("empty") == "refused"}
		}
	}
	return fields
}

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

var fieldName = sync.OnceValue(func() *regexp.Regexp { // shorter than any key
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z_.-]{0,26}[0-9]{0,2}$`)
})

// shown is a name that a caller wrote, when it looks like the name of a field: anything else may be a value in the wrong
// place. No such name needs escaping in a JSON pointer (RFC 6901).
func shown(name string) string {
	if !fieldName().MatchString(name) || doku.Scrub(name) != name {
		return hiddenName
	}
	return name
}
