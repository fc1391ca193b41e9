package sandbox

import (
	"os"
	"strings"
	"testing"

	"kasir/local/sandbox/report"
)

// README.md names every act of the Back Office and every malformation of a report.
func TestREADMENamesActsAndMalformations(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := backOfficeNames
	for _, m := range report.Malformations {
		names = append(names, m.Name)
	}
	for _, name := range names {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("README.md does not name %s", name)
		}
	}
	if len(backOfficeNames) != len(backOfficeRules) {
		t.Errorf("%d names of %d acts", len(backOfficeNames), len(backOfficeRules))
	}
}
