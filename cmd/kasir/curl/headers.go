package curl

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ParseHeaders reads headers in their usual written forms. One form is a "Name: value" per line, with or without the
// request's first line or the marks of curl -v. The other is a JSON object of names and values, as functions log it.
func ParseHeaders(text string) (Message, error) {
	m := Message{Header: http.Header{}}
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return m, jsonHeaders(text, m.Header)
	}
	number := 0
	for row := range strings.Lines(text) {
		number++
		row = strings.TrimSpace(row)
		row = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(row, "> "), "< "))
		if row == "" || row == ">" || row == "<" || strings.HasPrefix(row, "* ") || strings.HasPrefix(row, "HTTP/") {
			continue
		}
		if fields := strings.Fields(row); len(fields) == 3 && strings.HasPrefix(fields[2], "HTTP/") {
			m.Method, m.Address = fields[0], fields[1]
			continue
		}
		name, value, ok := strings.Cut(row, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t\"'{") {
			return Message{}, fmt.Errorf("line %d is neither Name: value nor a request line such as "+
				"POST /notifications HTTP/1.1", number)
		}
		m.Header.Add(name, strings.TrimSpace(value))
	}
	if len(m.Header) == 0 {
		return Message{}, errors.New("it holds no header")
	}
	return m, nil
}

func jsonHeaders(text string, header http.Header) error {
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return fmt.Errorf("it begins like JSON but is not JSON: %w", err)
	}
	for name, value := range object {
		switch v := value.(type) {
		case string:
			header.Add(name, v)
		case []any:
			for _, one := range v {
				s, ok := one.(string)
				if !ok {
					return fmt.Errorf("the header %s has a value that is not a text", printable(name))
				}
				header.Add(name, s)
			}
		default:
			return fmt.Errorf("the header %s is not a text or a list of texts: give only the object of headers",
				printable(name))
		}
	}
	if len(header) == 0 {
		return errors.New("it holds no header")
	}
	return nil
}
