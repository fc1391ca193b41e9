package simulation_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kasir/simulation"
)

// classRow is a line of docs/faults.md.
type classRow struct {
	number                       int
	name                         string
	simulated, sandbox, breakers []string
}

func classRows(t *testing.T) []classRow {
	t.Helper()
	text, err := os.ReadFile("../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []classRow
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 8 {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(cells[1]))
		if err != nil { // the head
			continue
		}
		rows = append(rows, classRow{
			n, strings.TrimSpace(cells[2]), strings.Fields(cells[4]), strings.Fields(cells[5]), strings.Fields(cells[6]),
		})
	}
	return rows
}

// TestClasses holds docs/faults.md against the faults of the simulation, the sandbox and the mutants: a class that
// one of them lacks is a fault that no proof would see.
func TestClasses(t *testing.T) {
	rows := classRows(t)
	if len(rows) != int(simulation.SharedAccount) {
		t.Fatalf("docs/faults.md has %d classes, the simulation %d", len(rows), simulation.SharedAccount)
	}
	sandbox := sourceOf(t, "../local/sandbox") + sourceOf(t, "../local/sandbox/faults")
	for i, row := range rows {
		c := simulation.Class(i + 1)
		if row.number != i+1 || row.name != c.String() {
			t.Errorf("class %d is %q in docs/faults.md, %q in the simulation", row.number, row.name, c)
		}
		want := slices.Sorted(slices.Values(simulation.FaultNames(c)))
		if got := slices.Sorted(slices.Values(row.simulated)); !slices.Equal(got, want) {
			t.Errorf("%s: docs/faults.md lists the faults %v, the simulation has %v", c, got, want)
		}
		for _, name := range row.sandbox {
			if !strings.Contains(sandbox, `"`+name+`"`) && !strings.Contains(sandbox, `"`+name+`,`) {
				t.Errorf("%s: the sandbox has no fault %s", c, name)
			}
		}
		if c.Simulated() && c <= simulation.DOKUDown && len(row.sandbox) == 0 {
			t.Errorf("%s: HTTP can show it, and the sandbox has no fault of it", c)
		}
		for _, name := range row.breakers {
			if !mutantExists(t, name) {
				t.Errorf("%s: there is no mutant %s", c, name)
			}
		}
	}
}

// mutantExists reports whether a mutant is there, or still to be written.
func mutantExists(t *testing.T, name string) bool {
	t.Helper()
	if _, err := os.Stat(filepath.Join("mutants", name+".patch")); err == nil {
		return true
	}
	plan, _ := os.ReadFile("mutants/PLAN")
	return strings.Contains(string(plan), "\n"+name+" ")
}

// sourceOf is the text of a package, without its tests.
func sourceOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	var all strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
