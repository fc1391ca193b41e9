package doku

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// document is the text of a JSON object. Its methods read it in place and leniently: a missing name, a null or a value
// of another type reads as an empty text, because DOKU adds and reshapes fields without notice. Decoding into maps
// would take most of the allocations that a notification costs. The texts that the methods return are parts of the
// document.
type document string

// parseDocument checks the syntax of body. It refuses two objects in one body, and an object with anything after it,
// since readers differ in which of them counts.
func parseDocument(body []byte) (document, error) {
	if !json.Valid(body) {
		var whole json.RawMessage
		if err := json.Unmarshal(body, &whole); err != nil {
			return "", err
		}
		return "", errors.New("the body is not JSON")
	}
	value := space(string(body))
	if value[0] != '{' {
		return "", errors.New("the body is not a JSON object")
	}
	return document(value), nil
}

// text returns the scalar at a path of names. For an amount that is repeated it returns "", since readers differ in
// which one they take.
func (doc document) text(path ...string) string {
	value, repeated := doc.at(path...)
	if repeated && isMoney(path) {
		return ""
	}
	s, _ := scalar(value)
	return strings.TrimSpace(s)
}

// isMoney reports whether a path names an amount of money.
func isMoney(path []string) bool {
	return len(path) == 2 &&
		(path[1] == "amount" && (path[0] == "order" || path[0] == "refund") || path[1] == "capture_amount")
}

// checkAmount returns an error if the amount at a path is repeated, unreadable or none of those wanted. An absent
// amount is no error.
func (doc document) checkAmount(path []string, wanted ...int64) error {
	value, repeated := doc.at(path...)
	if repeated {
		return errRepeatedAmount
	}
	if value == "" || value == "null" {
		return nil
	}
	amount := parseAmount(doc.text(path...))
	if !amount.Valid {
		return errUnreadableAmount
	}
	if !slices.Contains(wanted, amount.Rupiah) {
		return fmt.Errorf("it is for an amount of %d", amount.Rupiah)
	}
	return nil
}

// words returns the text at a path, or the texts of a list there, joined by semicolons.
func (doc document) words(path ...string) string {
	value, _ := doc.at(path...)
	list, isList := elements(value)
	if !isList {
		return doc.text(path...)
	}
	var texts []string
	for _, element := range list {
		if text, ok := scalar(element); ok && text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

// at returns the value at a path as it is written, or "" if there is none. Of a repeated name it returns the last
// value.
func (doc document) at(path ...string) (value string, repeated bool) {
	value = string(doc)
	for _, name := range path {
		if len(value) == 0 || value[0] != '{' {
			return "", repeated
		}
		found, times := document(value).member(name)
		value, repeated = found, repeated || times > 1
	}
	return value, repeated
}

func (doc document) member(name string) (value string, times int) {
	rest := space(string(doc[1:]))
	for rest[0] != '}' {
		end := valueEnd(rest)
		key := rest[:end]
		rest = space(space(rest[end:])[1:]) // past the colon
		end = valueEnd(rest)
		if nameEquals(key, name) {
			value, times = rest[:end], times+1
		}
		rest = next(rest[end:])
	}
	return value, times
}

// elements returns the values of an array. ok is false if value is not an array.
func elements(value string) (all []string, ok bool) {
	if len(value) == 0 || value[0] != '[' {
		return nil, false
	}
	rest := space(value[1:])
	for rest[0] != ']' {
		end := valueEnd(rest)
		all = append(all, rest[:end])
		rest = next(rest[end:])
	}
	return all, true
}

// space returns s without the white space at its start.
func space(s string) string {
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\r', '\n':
		default:
			return s[i:]
		}
	}
	return ""
}

// next returns s without the comma at its start, if there is one, and without the white space around it.
func next(s string) string {
	s = space(s)
	if s[0] == ',' {
		return space(s[1:])
	}
	return s
}

// valueEnd returns the length of the value at the start of s, which is the rest of a valid document.
func valueEnd(s string) int {
	switch s[0] {
	case '"':
		return quotedEnd(s)
	case '{', '[':
		for i, depth := 0, 0; ; {
			switch s[i] {
			case '"':
				i += quotedEnd(s[i:])
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			i++
			if depth == 0 {
				return i
			}
		}
	}
	if end := strings.IndexAny(s, ",]} \t\r\n"); end >= 0 {
		return end
	}
	return len(s)
}

func quotedEnd(s string) int {
	for i := 1; ; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// nameEquals reports whether a written name, quotes included, is name. JSON allows every character to be escaped.
func nameEquals(written, name string) bool {
	if !strings.Contains(written, `\`) {
		return written[1:len(written)-1] == name
	}
	text, _ := scalar(written)
	return text == name
}

// scalar returns the text of a string, a number as it is written, true, false, or "" for null. ok is false for objects
// and arrays.
func scalar(value string) (text string, ok bool) {
	switch {
	case value == "", value == "null":
		return "", true
	case value[0] == '{', value[0] == '[':
		return "", false
	case value[0] != '"':
		return value, true
	}
	inner := value[1 : len(value)-1]
	if strings.IndexFunc(inner, func(r rune) bool { return r == '\\' || r > '~' }) < 0 {
		return inner, true
	}
	return unquote(value)
}

func unquote(value string) (string, bool) {
	var text string
	err := json.Unmarshal([]byte(value), &text)
	return text, err == nil
}
