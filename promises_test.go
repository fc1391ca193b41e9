package kasir

import (
	"go/ast"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pendingMutants are the mutants in parentheses in docs/promises.md, which are still to be written. A mutant that is
// written is removed from both.
var pendingMutants []string

// promise is a row of docs/promises.md, under a heading.
type promise struct {
	heading                                            string
	seen, text, rule, invariant, mutant, test, command string
}

func promises(t *testing.T) []promise {
	t.Helper()
	content, err := os.ReadFile("docs/promises.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []promise
	heading := ""
	for line := range strings.Lines(string(content)) {
		if name, is := strings.CutPrefix(line, "## "); is {
			heading = strings.TrimSpace(name)
		}
		cell := strings.Split(strings.TrimSpace(line), "|")
		if len(cell) < 3 || strings.Contains(cell[1], "---") || strings.TrimSpace(cell[1]) == "seen" {
			continue
		}
		if len(cell) != 9 {
			t.Fatalf("docs/promises.md: %d cells in %s", len(cell)-2, line)
		}
		for i := range cell {
			cell[i] = strings.TrimSpace(cell[i])
		}
		all = append(all, promise{heading, cell[1], cell[2], cell[3], cell[4], cell[5], cell[6], cell[7]})
	}
	return all
}

var (
	code    = regexp.MustCompile("`([^`]+)`")
	pending = regexp.MustCompile(`\(([^)]+)\)`)
	inRun   = regexp.MustCompile(`-run '?([A-Za-z0-9_|]+)'?`)
)

func quotedIn(cell string) []string {
	var all []string
	for _, m := range code.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

// tests maps each test function to the texts in its folder, which contain the names of its cases.
func tests(t *testing.T) (where map[string]string, texts map[string]map[string]bool) {
	t.Helper()
	where, texts = map[string]string{}, map[string]map[string]bool{}
	for _, s := range sources(t) {
		if !s.test() {
			continue
		}
		if texts[s.dir] == nil {
			texts[s.dir] = map[string]bool{}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if strings.HasPrefix(n.Name.Name, "Test") && n.Recv == nil {
					where[n.Name.Name] = s.dir
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil {
					texts[s.dir][text] = true
				}
			}
			return true
		})
	}
	return where, texts
}

// Each fault that was seen has its promises, and the tests, mutants and commands that they name exist.
func TestPromisesAreKept(t *testing.T) {
	all := promises(t)
	where, texts := tests(t)
	named := map[string]bool{}
	for _, heading := range []string{"", "Believed"} {
		for i := 1; i <= 9; i++ {
			if !slices.ContainsFunc(all,
				func(p promise) bool { return p.heading == heading && p.seen == strconv.Itoa(i) }) {
				t.Errorf("docs/promises.md has no row for %d under %q", i, heading)
			}
		}
	}
	for _, p := range all {
		ids := quotedIn(p.test)
		if p.text == "" || len(ids) == 0 || len(quotedIn(p.command)) == 0 || len(quotedIn(p.rule)) == 0 {
			t.Errorf("%s: rule, test or command is missing", p.text)
		}
		for _, id := range ids {
			name, rest, _ := strings.Cut(id, "/")
			named[name] = true
			dir, there := where[name]
			if !there {
				t.Errorf("%s: there is no test %s", p.text, name)
				continue
			}
			if rest != "" && !texts[dir][rest] {
				t.Errorf("%s: %s has no case %q", p.text, name, rest)
			}
			if !runsIt(p.command, dir, name) {
				t.Errorf("%s: the command does not run %s in ./%s", p.text, name, dir)
			}
		}
		checkRule(t, p)
	}
	for name := range where {
		if (strings.HasPrefix(name, "TestSeen") || strings.HasPrefix(name, "TestBelieve")) && !named[name] {
			t.Errorf("docs/promises.md does not name %s", name)
		}
	}
}

// runsIt reports whether a command is go test of a folder with a test of this name.
func runsIt(command, dir, name string) bool {
	for _, c := range quotedIn(command) {
		run := inRun.FindStringSubmatch(c)
		there := strings.HasPrefix(c, "go test ") && slices.Contains(strings.Fields(c), "./"+dir)
		if there && run != nil && strings.Contains(name, run[1]) {
			return true
		}
	}
	return false
}

// checkRule checks that the functions named after each file of a rule exist.
func checkRule(t *testing.T, p promise) {
	t.Helper()
	content := ""
	for _, name := range quotedIn(p.rule) {
		if path.Ext(name) == ".go" {
			file, err := os.ReadFile(name)
			if err != nil {
				t.Errorf("%s: %v", p.text, err)
			}
			content = string(file)
		} else if !regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + regexp.QuoteMeta(name) +
			`[\[(]`).MatchString(content) {
			t.Errorf("%s: the file named before has no func %s", p.text, name)
		}
	}
}

func TestPromisesNameWhatProvesThem(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("simulation/README.md")
	if err != nil {
		t.Fatal(err)
	}
	waiting, waits := map[string]bool{}, pendingMutants
	for _, p := range promises(t) {
		for _, mutant := range quotedIn(p.mutant) {
			if _, err := os.Stat("simulation/mutants/" + mutant + ".patch"); err != nil {
				t.Errorf("%s: %v", p.text, err)
			}
		}
		for _, m := range pending.FindAllStringSubmatch(p.mutant, -1) {
			waiting[m[1]] = true
			if !slices.Contains(waits, m[1]) {
				t.Errorf("%s: the mutant %s is in parentheses and not in pendingMutants", p.text, m[1])
			}
		}
		for invariant := range strings.SplitSeq(p.invariant, ", ") {
			if invariant != "" && !strings.Contains(string(readme), "| "+invariant+" |") {
				t.Errorf("%s: simulation/README.md has no invariant %s", p.text, invariant)
			}
		}
	}
	for _, mutant := range waits {
		if _, err := os.Stat("simulation/mutants/" + mutant + ".patch"); err == nil || !waiting[mutant] {
			t.Errorf("%s is written, or no longer named in parentheses: remove it from pendingMutants", mutant)
		}
	}
	content, err := os.ReadFile("docs/promises.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range quotedIn(string(content)) {
		name, isMake := strings.CutPrefix(command, "make ")
		if isMake && !regexp.MustCompile(`(?m)^`+name+`:.*## `).Match(makefile) {
			t.Errorf("make has no target %s", name)
		}
		if packages := strings.Fields(command); strings.HasPrefix(command, "go test ") {
			for _, field := range packages {
				if _, err := os.Stat(field); strings.HasPrefix(field, "./") && err != nil {
					t.Errorf("%s: %v", command, err)
				}
			}
		}
	}
}
