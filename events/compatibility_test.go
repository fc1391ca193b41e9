package events

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/compatibility.md names each field whose values are an open list, in the API and in events.
func TestTheDocumentNamesEveryOpenList(t *testing.T) {
	content, err := os.ReadFile("../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(content), "Open lists are marked")
	rows, _, _ = strings.Cut(rows, "\n## ")
	if !found {
		t.Fatal("docs/compatibility.md has no table of open lists")
	}
	doc, _ := description(t)
	open := map[string]bool{}
	for name, schema := range doc.Components.Schemas {
		if schema.Value.Extensions["x-extensible-enum"] != nil {
			open[strings.ToLower(name)] = true
		}
		for field, value := range schema.Value.Properties {
			if value.Value.Extensions["x-extensible-enum"] != nil {
				open[field] = true
			}
		}
	}
	schemas, err := os.ReadDir("../docs/events")
	if err != nil {
		t.Fatal(err)
	}
	field := regexp.MustCompile(`(?s)"(\w+)": \{[^{}]*"examples": \[`)
	for _, file := range schemas {
		text, err := os.ReadFile("../docs/events/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range field.FindAllStringSubmatch(string(text), -1) {
			open[match[1]] = true
		}
	}
	if len(open) < 4 {
		t.Fatalf("only %v are open", open)
	}
	for name := range open {
		if !regexp.MustCompile("[`.]" + name + "`").MatchString(rows) {
			t.Errorf("docs/compatibility.md does not name the open list %s", name)
		}
	}
}
