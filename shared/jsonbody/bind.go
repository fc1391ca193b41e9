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

	"kasir/shared/doku"
)

// binder fills a struct and collects the violations.
type binder struct {
	open       bool // unknown members of the outermost object are ignored
	violations []Violation
}

func (b *binder) report(pointer, detail string) {
	b.violations = append(b.violations, Violation{Pointer: pointer, Detail: detail})
}

// bind writes a parsed value into a struct, map, slice, pointer, string, int64 or bool.
func (b *binder) bind(to reflect.Value, value any, pointer string) {
	if value == nil {
		b.report(pointer, "must not be null: leave it out, or give it a value")
		return
	}
	switch to.Kind() {
	case reflect.Struct:
		b.bindStruct(to, value, pointer)
	case reflect.Map:
		b.bindMap(to, value, pointer)
	case reflect.Slice:
		b.bindSlice(to, value, pointer)
	case reflect.Pointer: // a field whose absence has a meaning
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

// notWhole returns the reason why a value is not an int64.
func notWhole(err error, value any) string {
	switch {
	case !errors.Is(err, strconv.ErrRange):
		return "is not a whole number, written in digits without quotes, point or exponent"
	case strings.HasPrefix(numeral(value), "-"):
		return "is too small"
	}
	return "is too large"
}

// bindNumber keeps a number as it is written. The rules decide whether it may have decimals.
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
		f, known := fields[m.name]
		name := m.name
		if !known {
			name = ShownName(name)
		}
		at := pointer + "/" + name
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

// bindMap fills a map whose names the caller chooses. A member that cannot be read is left out.
func (b *binder) bindMap(to reflect.Value, value any, pointer string) {
	members, ok := value.(object)
	if !ok {
		b.report(pointer, "is not an object")
		return
	}
	to.Set(reflect.MakeMapWithSize(to.Type(), len(members)))
	for _, m := range members {
		at, key := MemberPointer(pointer, m.name), reflect.ValueOf(m.name)
		if to.MapIndex(key).IsValid() {
			b.report(at, Repeated)
			continue
		}
		before, v := len(b.violations), reflect.New(to.Type().Elem()).Elem()
		if b.bind(v, m.value, at); len(b.violations) == before {
			to.SetMapIndex(key, v)
		}
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

// numeral returns the text of a number, or "".
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
	neverEmpty bool // an empty value is refused, since it would mean its opposite
}

// boundTypes holds the fields of each type that was bound. A process binds few types.
var boundTypes sync.Map

// fieldsOf maps JSON names to fields, by the json tags. It includes the fields of embedded structs.
func fieldsOf(t reflect.Type) map[string]field {
	if fields, ok := boundTypes.Load(t); ok {
		return fields.(map[string]field)
	}
	fields := make(map[string]field, t.NumField())
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = field{f.Index, f.Tag.Get("empty") == "refused"}
		}
	}
	boundTypes.Store(t, fields)
	return fields
}

var fieldName = sync.OnceValue(func() *regexp.Regexp { // shorter than any key
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z_.-]{0,26}[0-9]{0,2}$`)
})

// ShownName returns a caller's name if it looks like the name of a field, and otherwise hiddenName, since any other
// name may be a value in the wrong place. The returned name needs no escaping in a JSON pointer (RFC 6901).
func ShownName(name string) string {
	if !fieldName().MatchString(name) || doku.Scrub(name) != name {
		return hiddenName
	}
	return name
}

var memberName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9_]{1,40}$`) })

// MemberPointer returns the pointer of an object's member whose name the caller chose. It hides a name that may be a
// value in the wrong place, such as one with the digits of a card number.
func MemberPointer(object, name string) string {
	digits := strings.ReplaceAll(name, "_", "")
	if memberName().MatchString(name) && doku.Scrub(name) == name && doku.Scrub(digits) == digits {
		return object + "/" + name
	}
	return object + "/" + ShownName(name)
}
