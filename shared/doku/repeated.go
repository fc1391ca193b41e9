package doku

import (
	"bytes"
	"encoding/json"
	"errors"
)

// moneyPaths are the fields that say how much. JSON lets a name come twice, and readers differ in which one they take: an
// amount that is there twice is no amount.
var moneyPaths = [][]string{{"order", "amount"}, {"refund", "amount"}}

// twice stands where an amount was that came twice: scalar knows no such type.
type twice struct{}

var (
	errRepeatedAmount = errors.New("it names an amount twice")
	errOtherInvoice   = errors.New("it is for another invoice")
)

// cameTwice tells whether a name of a path comes more than once in its object.
func cameTwice(body []byte, path []string) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	count := 0
	var inner json.RawMessage
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return false
		}
		if name == path[0] {
			count++
			inner = value
		}
	}
	return count > 1 || count == 1 && len(path) > 1 && cameTwice(inner, path[1:])
}

// spoil makes the amount at a path unreadable.
func (doc document) spoil(path []string) {
	if object, ok := doc[path[0]].(map[string]any); ok {
		object[path[1]] = twice{}
	} else {
		doc[path[0]] = map[string]any{path[1]: twice{}}
	}
}

// repeats tells whether the amount at a path came twice.
func (doc document) repeats(parent, name string) bool {
	object, _ := doc[parent].(map[string]any)
	return object[name] == twice{}
}
