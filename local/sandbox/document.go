package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// document is a JSON body as DOKU's tables describe it: looked at by path, before it is given a Go type, so that a
// wrong type can be named like any other mistake.
type document map[string]any

var errNotAnObject = errors.New("the body must be one JSON object")

// parseDocument keeps numbers as they were written: 90000 and 90000.50 must be told apart exactly.
func parseDocument(raw []byte) (document, error) {
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

// known drops the fields that no table of DOKU's has: all of theirs are lower case, while Go's decoder would take
// "AMOUNT" for "amount" behind the rules' back.
func known(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for name, value := range v {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "" {
				kept[name] = known(value)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, value := range v {
			kept[i] = known(value)
		}
		return kept
	}
	return v
}

// found is one place in a document that a table row speaks about.
type found struct {
	path   string // with indices: order.line_items[0].price
	value  any    // nil when absent; null and "" count as absent, DOKU's published samples carry empty strings
	parent bool   // whether the object around it is there
}

// find walks a path such as "order.line_items[].price". Every complaint is about the shape on the way.
func (doc document) find(path string) (places []found, complaints []string) {
	places = []found{{value: map[string]any(doc), parent: true}}
	for name := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(name, "[]")
		var next []found
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

func (f found) child(name string) (found, string) {
	path := strings.TrimPrefix(f.path+"."+name, ".")
	if f.value == nil {
		return found{path: path}, ""
	}
	object, ok := f.value.(map[string]any)
	if !ok {
		return found{}, f.path + " must be an object"
	}
	value := object[name]
	if value == "" {
		value = nil
	}
	return found{path: path, value: value, parent: true}, ""
}

func (f found) elements() ([]found, string) {
	if f.value == nil {
		return nil, ""
	}
	list, ok := f.value.([]any)
	if !ok {
		return nil, f.path + " must be an array"
	}
	elements := make([]found, len(list))
	for i, v := range list {
		elements[i] = found{path: fmt.Sprintf("%s[%d]", f.path, i), value: v, parent: true}
	}
	return elements, ""
}

// need says when a row's field must be there.
type need int

const (
	optional   need = iota
	mandatory       // always
	withParent      // when the object around it is there
)

// row is one line of a table of DOKU's: a field, whether it must be there, and what its value must look like.
type row struct {
	path  string
	need  need
	check func(v any) string // what is wrong with v, "" for nothing; never called for an absent value
}

// judge returns every complaint about doc, each named once.
func judge(doc document, rows []row) []string {
	var all []string
	for _, r := range rows {
		places, complaints := doc.find(r.path)
		for _, p := range places {
			switch {
			case p.value != nil:
				if wrong := r.check(p.value); wrong != "" {
					complaints = append(complaints, p.path+" "+wrong)
				}
			case r.need == mandatory, r.need == withParent && p.parent:
				complaints = append(complaints, p.path+" is mandatory")
			}
		}
		for _, c := range complaints {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}
