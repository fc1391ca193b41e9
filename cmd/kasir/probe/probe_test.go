package probe

import (
	"strings"
	"testing"
)

// Every question of the catalogue that can be asked gets an answer, and nothing differs.
func TestAnHourWithAPersonAnswersEveryQuestion(t *testing.T) {
	report, _, err := ask(t, scene{full: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range All() {
		if f := report.finding(a.ID); len(a.Steps) > 0 && f.Verdict != Held {
			t.Errorf("%s: %s, %s", a.ID, f.Verdict, f.Seen)
		}
	}
	if len(report.Settings) > 0 || report.Differs() > 0 ||
		!strings.Contains(report.text(), "No setting should change.") {
		t.Errorf("%v\n%s", report.Settings, report.text())
	}
	for _, s := range report.NotTaken {
		t.Errorf("%s was not taken: %s", s.Step, s.Reason)
	}
	if testing.Verbose() {
		t.Log(report.text())
	}
}
