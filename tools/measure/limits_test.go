package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// The code stays as readable as it is: lines, functions and comments have limits.
func TestLimits(t *testing.T) {
	c, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.files) < 400 {
		t.Fatalf("only %d files were read", len(c.files))
	}
	if n := over(c.columns, maxColumns); n > 0 {
		t.Errorf("%d lines have more than %d columns, the widest %d", n, maxColumns, quantile(c.columns, 100))
	}
	if n := over(c.functions, maxLines); n > 0 {
		t.Errorf("%d functions have more than %d lines", n, maxLines)
	}
	if n := quantile(c.files, 100); n >= 300 {
		t.Errorf("a file has %d lines", n)
	}
	if n := ratio(c.words, c.comments); n > 0.02 {
		t.Errorf("%.3f what and whatever a comment block", n)
	}
	for _, name := range c.dialect {
		t.Errorf("%s: say it in plain words, see CONTRIBUTING.md", name)
	}
}

// CONTRIBUTING.md lists the rooms that exist, and no other.
func TestRoomsArePackages(t *testing.T) {
	c, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "## Rooms\n")
	section, _, _ = strings.Cut(section, "\nThe same file name")
	named := rooms(section)
	for name := range c.packages {
		folder, err := filepath.Rel(root, name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(named, folder) && !slices.Contains(named, filepath.Dir(folder)+"/*") {
			t.Errorf("CONTRIBUTING.md does not name %s", folder)
		}
	}
	for _, name := range named {
		if found, _ := filepath.Glob(filepath.Join(root, name, "*.go")); len(found) == 0 {
			t.Errorf("CONTRIBUTING.md names %s, which has no Go files", name)
		}
	}
}

// rooms returns the folders that a text names, with a/{b,c} written out.
func rooms(text string) (all []string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
			before, inside, several := strings.Cut(name[1], "{")
			if !several {
				all = append(all, name[1])
				continue
			}
			for part := range strings.SplitSeq(strings.TrimSuffix(inside, "}"), ",") {
				all = append(all, before+part)
			}
		}
	}
	return all
}
