package jsonbody

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// object is a JSON object with its members in written order. Repeated names are kept: if only the last of two amounts
// were kept, nobody would see that another reader may have used the first.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

const maxDepth = 16

// parse reads one JSON value and nothing after it.
func parse(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	value, err := parseValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the object at byte %d", d.InputOffset())
	}
	return value, nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return nil, readable(err)
	}
	switch token {
	case json.Delim('{'):
		return parseObject(d, depth)
	case json.Delim('['):
		return parseArray(d, depth)
	}
	return token, unicodeText(d, token)
}

// unicodeText refuses a damaged text. Half of a surrogate pair decodes to U+FFFD, and API Gateway replaces bytes that
// are not UTF-8 by U+FFFD. Two different texts could become one.
func unicodeText(d *json.Decoder, token json.Token) error {
	if text, ok := token.(string); ok && strings.ContainsRune(text, utf8.RuneError) {
		return fmt.Errorf("the text before byte %d has a character that is not Unicode: "+
			"half of a surrogate pair, or bytes that are not UTF-8", d.InputOffset())
	}
	return nil
}

func parseObject(d *json.Decoder, depth int) (any, error) {
	members := object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, readable(err)
		}
		if err := unicodeText(d, name); err != nil {
			return nil, err
		}
		value, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name: name.(string), value: value})
	}
	_, err := d.Token()
	return members, readable(err)
}

func parseArray(d *json.Decoder, depth int) (any, error) {
	values := []any{}
	for d.More() {
		value, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	_, err := d.Token()
	return values, readable(err)
}

// readable returns err with a text for the caller, which has the place of a syntax error.
func readable(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s (byte %d)", syntax.Error(), syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	}
	return err
}
