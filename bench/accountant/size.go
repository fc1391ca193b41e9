package accountant

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// value is an attribute value in DynamoDB's JSON: one type letter and its content.
type value map[string]json.RawMessage

// The rules are those of "DynamoDB item sizes and formats" in the developer guide.
const (
	documentOverhead = 3 // of a list or a map, whatever is in it
	elementOverhead  = 1 // of each element of a list, and of each pair of a map
)

// ItemSize is the size of an item in DynamoDB's JSON by which DynamoDB bills.
func ItemSize(raw []byte) (int, error) {
	var it item
	if err := json.Unmarshal(raw, &it); err != nil {
		return 0, fmt.Errorf("reading an item: %w", err)
	}
	return it.size(), nil
}

// size adds names and values up; names count as they are spelt, which is why a store keeps them short.
func (it item) size() int {
	total := 0
	for name, v := range it {
		total += len(name) + v.size()
	}
	return total
}

func (it item) equal(other item) bool {
	if len(it) != len(other) {
		return false
	}
	for name, v := range it {
		w, ok := other[name]
		if !ok || len(v) != len(w) {
			return false
		}
		for kind, content := range v {
			if !bytes.Equal(content, w[kind]) {
				return false
			}
		}
	}
	return true
}

func (v value) size() int {
	for kind, content := range v {
		switch kind {
		case "S":
			return len(text(content))
		case "N":
			return numberSize(text(content))
		case "B":
			return binarySize(text(content))
		case "BOOL", "NULL":
			return 1
		case "L":
			var list []value
			json.Unmarshal(content, &list)
			total := documentOverhead
			for _, element := range list {
				total += elementOverhead + element.size()
			}
			return total
		case "M":
			var pairs item
			json.Unmarshal(content, &pairs)
			return documentOverhead + elementOverhead*len(pairs) + pairs.size()
		case "SS", "NS", "BS":
			return setSize(kind, content)
		}
	}
	return 0
}

func setSize(kind string, content json.RawMessage) int {
	var elements []string
	json.Unmarshal(content, &elements)
	total := 0
	for _, e := range elements {
		switch kind {
		case "SS":
			total += len(e)
		case "NS":
			total += numberSize(e)
		default:
			total += binarySize(e)
		}
	}
	return total
}

// numberSize is a byte for each two significant digits and one more; a sign costs another.
func numberSize(number string) int {
	size := 1
	if unsigned, negative := strings.CutPrefix(number, "-"); negative {
		number, size = unsigned, size+1
	}
	digits := strings.Trim(strings.Replace(number, ".", "", 1), "0")
	return size + (len(digits)+1)/2
}

func binarySize(encoded string) int {
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return len(encoded)
	}
	return len(decoded)
}

// text is the string that a value holds; the zero value has none.
func (v value) text() string { return text(v["S"]) }

func text(raw json.RawMessage) string {
	var s string
	json.Unmarshal(raw, &s)
	return s
}
