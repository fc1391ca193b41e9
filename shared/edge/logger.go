package edge

import (
	"cmp"
	"encoding"
	"io"
	"log/slog"
	"reflect"
	"strconv"
	"strings"

	"kasir/shared/doku"
)

// NewLog is the functions' log: JSON lines. slog's JSON handler encodes what lies in a map, a slice or a struct by its
// JSON, which DOKU's requests need whole; here such a value is written part by part instead, and a part that says how
// it is logged (doku.Private, doku.Secret, order.PageURL) is logged so, however deep it lies.
func NewLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindAny {
			a.Value = slog.AnyValue(loggable(reflect.ValueOf(a.Value.Any()), 0))
		}
		return a
	}}))
}

const (
	maxShown  = 8   // levels of a value that are logged
	maxListed = 200 // parts of a list or map
)

// loggable turns a value into maps, lists and plain values; nothing of it encodes itself.
func loggable(v reflect.Value, depth int) any {
	if !v.IsValid() {
		return nil
	}
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return nil
	}
	if depth > maxShown {
		return "…"
	}
	if v.CanInterface() {
		if shown, ok := ofItself(v.Interface(), depth); ok {
			return shown
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return loggable(v.Elem(), depth+1)
	case reflect.Struct:
		return structParts(v, depth)
	case reflect.Map:
		return mapParts(v, depth)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return strconv.Itoa(v.Len()) + " bytes"
		}
		parts := []any{}
		for i := range min(v.Len(), maxListed) {
			parts = append(parts, loggable(v.Index(i), depth+1))
		}
		return parts
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return v.Uint()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	}
	return v.Type().String()
}

// ofItself asks a value how it is logged. Texts that it makes are scrubbed: an error may quote anything.
func ofItself(value any, depth int) (any, bool) {
	switch own := value.(type) {
	case slog.LogValuer:
		return resolved(slog.AnyValue(own).Resolve(), depth), true
	case error:
		return doku.Scrub(own.Error()), true
	case encoding.TextMarshaler:
		text, err := own.MarshalText()
		return string(text), err == nil
	}
	return nil, false
}

func resolved(v slog.Value, depth int) any {
	if v.Kind() != slog.KindGroup {
		return loggable(reflect.ValueOf(v.Any()), depth+1)
	}
	parts := map[string]any{}
	for _, a := range v.Group() {
		parts[a.Key] = resolved(a.Value.Resolve(), depth+1)
	}
	return parts
}

func structParts(v reflect.Value, depth int) any {
	parts := map[string]any{}
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			parts[cmp.Or(name, field.Name)] = loggable(v.Field(i), depth+1)
		}
	}
	return parts
}

func mapParts(v reflect.Value, depth int) any {
	parts := map[string]any{}
	for _, key := range v.MapKeys()[:min(v.Len(), maxListed)] {
		name, ok := loggable(key, depth+1).(string)
		if !ok {
			name = key.Type().String()
		}
		parts[name] = loggable(v.MapIndex(key), depth+1)
	}
	return parts
}
