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

// NewLog returns the functions' logger, which writes JSON lines. slog's JSON handler would encode the parts of a map,
// slice or struct by their JSON, which holds the customer's data in the clear because DOKU's requests need it. NewLog
// writes such a value part by part instead. It logs a part at any depth by the part's LogValue, if it has one, as
// doku.Private, doku.Secret and order.PageURL have.
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
	maxListed = 200 // parts of a list or map that are logged
)

// loggable turns a value into maps, lists and plain values, none of which encodes itself.
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
		if shown, ok := ownLogValue(v.Interface(), depth); ok {
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

// ownLogValue returns the value's own form for the log, if it has one. It scrubs the text of an error, since an error
// may quote anything.
func ownLogValue(value any, depth int) (any, bool) {
	switch own := value.(type) {
	case slog.LogValuer:
		return groupValue(slog.AnyValue(own).Resolve(), depth), true
	case error:
		return doku.Scrub(own.Error()), true
	case encoding.TextMarshaler:
		text, err := own.MarshalText()
		return string(text), err == nil
	}
	return nil, false
}

func groupValue(v slog.Value, depth int) any {
	if v.Kind() != slog.KindGroup {
		return loggable(reflect.ValueOf(v.Any()), depth+1)
	}
	parts := map[string]any{}
	for _, a := range v.Group() {
		parts[a.Key] = groupValue(a.Value.Resolve(), depth+1)
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
