package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxColumns = 120 // of a line, with tabs of 4 columns
	maxLines   = 60  // of a function
)

// code holds the measures of all Go files that were read.
type code struct {
	files     []int // lines of each file
	functions []int // lines of each function
	columns   []int // columns of each line
	comments  int   // blocks of comments
	words     int   // counted words in them
	packages  map[string]*pkg
	dialect   []string // comments with words of the dialect, as file:line: word
}

// pkg holds the measures of one package.
type pkg struct {
	name       string // its folder
	documented bool
	comments   int
	words      int
}

var counted = regexp.MustCompile(`(?i)\b(what|whatever)\b`)

// dialect are the words and turns by which the comments were once hard to read.
var dialect = regexp.MustCompile(`(?i)\b(whoever|whatever|whosoever|but for|so that it may|tells|whether or no)\b`)

// skipped are folders without code of this repository.
var skipped = map[string]bool{"testdata": true, "node_modules": true, "cdk.out": true, "dist": true}

// read reads the Go files below root.
func read(root string) (code, error) {
	c := code{packages: map[string]*pkg{}}
	return c, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != root && (skipped[base] || strings.HasPrefix(base, ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		return c.add(name)
	})
}

// add measures one file.
func (c *code) add(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, text, parser.ParseComments)
	if err != nil {
		return err
	}
	lines := 0
	for line := range strings.Lines(string(text)) {
		lines++
		line = strings.TrimRight(line, "\r\n")
		c.columns = append(c.columns, utf8.RuneCountInString(line)+3*strings.Count(line, "\t"))
	}
	c.files = append(c.files, lines)
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok {
			c.functions = append(c.functions, positions.Position(f.End()).Line-positions.Position(f.Pos()).Line+1)
		}
	}
	p := c.packages[filepath.Dir(name)]
	if p == nil {
		p = &pkg{name: filepath.Dir(name)}
		c.packages[p.name] = p
	}
	p.documented = p.documented || file.Doc != nil
	for _, block := range file.Comments {
		words := len(counted.FindAllString(block.Text(), -1))
		for _, found := range dialect.FindAllString(block.Text(), -1) {
			c.dialect = append(c.dialect, positions.Position(block.Pos()).String()+": "+found)
		}
		p.comments, p.words = p.comments+1, p.words+words
		c.comments, c.words = c.comments+1, c.words+words
	}
	return nil
}
