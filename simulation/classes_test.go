package simulation_test

import (
	"os"
	"path/filepath"
	"regexp"
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
			n, strings.TrimSpace(cells[2]),
			strings.Fields(cells[4]), strings.Fields(cells[5]), strings.Fields(cells[6]),
		})
	}
	return rows
}

// TestClasses compares docs/faults.md with the faults of the simulation, the sandbox and the mutants. A class that one
// of them lacks is a fault that no test would notice.
func TestClasses(t *testing.T) {
	rows := classRows(t)
	if len(rows) != int(simulation.SharedAccount) {
		t.Fatalf("docs/faults.md has %d classes, the simulation %d", len(rows), simulation.SharedAccount)
	}
	sandbox, must := sandboxFaults(t)
	named := map[string]bool{}
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
			named[name] = true
			if !sandbox[name] {
				t.Errorf("%s: the sandbox has no fault %s", c, name)
			}
		}
		if c.Simulated() && c <= simulation.DOKUDown && len(row.sandbox) == 0 {
			t.Errorf("%s: it shows over HTTP, but the sandbox has no fault of it", c)
		}
		for _, name := range row.breakers {
			named[name] = true
			if _, err := os.Stat(filepath.Join("mutants", name+".patch")); err != nil {
				t.Errorf("%s: there is no mutant %s", c, name)
			}
		}
		if c.Simulated() && len(row.breakers) == 0 {
			t.Errorf("%s: no mutant breaks a rule that guards against it", c)
		}
	}
	patches, _ := filepath.Glob("mutants/*.patch")
	for _, patch := range patches {
		must = append(must, strings.TrimSuffix(filepath.Base(patch), ".patch"))
	}
	for _, name := range must {
		if !named[name] {
			t.Errorf("docs/faults.md does not name %s", name)
		}
	}
}

var (
	jsonName  = regexp.MustCompile(`json:"([a-z_0-9]+)`)
	jsonFault = regexp.MustCompile(`(?m)^\s+\w+ +float64 +` + "`" + `json:"([a-z_0-9]+),`)
)

// sandboxFaults returns the JSON names of the sandbox's faults. Those with a probability must be in docs/faults.md. The
// others are habits of its DOKU and settings. The source is read as text, since the simulation imports nothing of the
// sandbox.
func sandboxFaults(t *testing.T) (all map[string]bool, must []string) {
	t.Helper()
	files, err := filepath.Glob("../local/sandbox/faults/*.go")
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range jsonName.FindAllSubmatch(text, -1) {
			all[string(m[1])] = true
		}
		if filepath.Base(file) != "faults.go" {
			continue
		}
		for _, m := range jsonFault.FindAllSubmatch(text, -1) {
			must = append(must, string(m[1]))
		}
	}
	if len(must) < 30 {
		t.Fatalf("only %d faults were found in the sandbox", len(must))
	}
	return all, must
}
