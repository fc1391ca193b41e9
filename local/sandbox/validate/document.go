package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// document is a JSON body before it has Go types. The tables look at it by path, and name a wrong type like any other
// mistake.
type document map[string]any

var errNotAnObject = errors.New("the body must be one JSON object")

// parse reads one JSON object. Numbers stay as they were written, to tell 90000 from 90000.50 exactly.
func parse(raw []byte) (document, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var doc document
	if err := d.Decode(&doc); err != nil || doc == nil {
		return nil, errNotAnObject
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotAnObject
	}
	return doc, nil
}

// decode gives doc the Go types of into.
func (doc document) decode(into any) error {
	raw, err := json.Marshal(lowerCaseFields(map[string]any(doc)))
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return fmt.Errorf("the body does not have the guide's types: %w", err)
	}
	return nil
}

// lowerCaseFields returns v with only the fields whose names are lower case, since no table of DOKU's has others. Go's
// decoder would take "AMOUNT" for "amount", which the rules have not checked.
func lowerCaseFields(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for name, value := range v {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "" {
				kept[name] = lowerCaseFields(value)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, value := range v {
			kept[i] = lowerCaseFields(value)
		}
		return kept
	}
	return v
}

// place is one place in a document to which a row of a table applies.
type place struct {
	path   string // with indices: order.line_items[0].price
	value  any    // nil when absent; null and "" count as absent, since DOKU's published samples have empty strings
	parent bool   // whether the object around it is there
}

// find returns the places of a path such as "order.line_items[].price". Its complaints name the parts of the path that
// have another shape.
func (doc document) find(path string) (places []place, complaints []string) {
	places = []place{{value: map[string]any(doc), parent: true}}
	for name := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(name, "[]")
		var next []place
		for _, at := range places {
			child, complaint := at.child(name)
			if complaint != "" {
				complaints = append(complaints, complaint)
				continue
			}
			if !each {
				next = append(next, child)
				continue
			}
			elements, complaint := child.elements()
			if complaint != "" {
				complaints = append(complaints, complaint)
			}
			next = append(next, elements...)
		}
		places = next
	}
	return places, complaints
}

func (p place) child(name string) (place, string) {
	path := strings.TrimPrefix(p.path+"."+name, ".")
	if p.value == nil {
		return place{path: path}, ""
	}
	object, ok := p.value.(map[string]any)
	if !ok {
		return place{}, p.path + " must be an object"
	}
	value := object[name]
	if value == "" {
		value = nil
	}
	return place{path: path, value: value, parent: true}, ""
}

func (p place) elements() ([]place, string) {
	if p.value == nil {
		return nil, ""
	}
	list, ok := p.value.([]any)
	if !ok {
		return nil, p.path + " must be an array"
	}
	elements := make([]place, len(list))
	for i, v := range list {
		elements[i] = place{path: fmt.Sprintf("%s[%d]", p.path, i), value: v, parent: true}
	}
	return elements, ""
}
