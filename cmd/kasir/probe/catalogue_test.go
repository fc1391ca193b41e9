package probe

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/app"
	"kasir/shared/function"
)

// row is an assumption as docs/doku.md shows it.
func (a Assumption) row() string {
	settings := "tolerated"
	if len(a.Settings) > 0 {
		settings = "`" + strings.Join(a.Settings, "`, `") + "`"
	}
	return "| `" + strings.Join([]string{a.ID + "`", a.Question, a.Does, settings, a.Look}, " | ") + " |"
}

// docs/doku.md, the settings and the steps of the probe name the same assumptions.
func TestTheDocumentOfAssumptionsIsTheCatalogue(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "doku.md"))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, a := range All() {
		if ids[a.ID] {
			t.Errorf("%s is there twice", a.ID)
		}
		ids[a.ID] = true
		if !strings.Contains(string(content), "\n"+a.row()+"\n") {
			t.Errorf("docs/doku.md has not the row\n%s", a.row())
		}
	}
	for _, found := range regexp.MustCompile("(?m)^\\| `(A-[A-Z-]+)` \\|").FindAllStringSubmatch(string(content), -1) {
		if !ids[found[1]] {
			t.Errorf("docs/doku.md has %s, which is not in the catalogue", found[1])
		}
	}
}

func TestEachSettingOfTheCatalogueIsRead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "app", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, found := range regexp.MustCompile(`"([A-Z][A-Z_]+)"`).FindAllStringSubmatch(string(content), -1) {
			read[found[1]] = true
		}
	}
	names := settingNames()
	for name := range defaults {
		names = append(names, name)
	}
	for _, name := range names {
		if !read[name] {
			t.Errorf("%s is not read by shared/app", name)
		}
	}
}

// The probe's defaults are those of the functions.
func TestDefaultsAreThoseOfTheFunctions(t *testing.T) {
	environment := map[string]string{
		"AWS_REGION": "x", "TABLE_NAME": "x", "DOKU_ENVIRONMENT": "sandbox",
		"DOKU_CLIENT_ID": "MCH-1", "DOKU_SECRET_KEY": "SK-1",
	}
	refund, ok := function.Find("refund")
	s, err := app.Load(func(name string) string { return environment[name] }, refund)
	if err != nil || !ok {
		t.Fatal(err)
	}
	probed := settings{func(string) string { return "" }}
	for name, value := range map[string]time.Duration{
		"TRUST_WINDOW": s.TrustWindow, "RESEND_AFTER": s.ResendAfter, "NOTIFICATION_MAX_AGE": s.MaxNotificationAge,
	} {
		if probed.duration(name) != value {
			t.Errorf("%s is %v by default, the probe takes %v", name, value, probed.duration(name))
		}
	}
	if probed.value("NOTIFICATION_TARGET") != s.NotificationPath {
		t.Errorf("NOTIFICATION_TARGET is %s by default", s.NotificationPath)
	}
}

func TestEachAssumptionIsAskedOrSaysWhyNot(t *testing.T) {
	used := map[string]bool{}
	for _, a := range All() {
		judged := judges[a.ID] != nil
		if judged != (len(a.Steps) > 0) {
			t.Errorf("%s has %d steps, and a judge is %v", a.ID, len(a.Steps), judged)
		}
		if len(a.Steps) == 0 && !strings.HasPrefix(a.Look, "Not asked") {
			t.Errorf("%s has no steps and does not say why: %s", a.ID, a.Look)
		}
		for _, name := range a.Steps {
			used[name] = true
			if stepNamed(name) == nil {
				t.Errorf("%s names the step %s, which does not exist", a.ID, name)
			}
		}
	}
	for id := range judges {
		if !slices.ContainsFunc(All(), func(a Assumption) bool { return a.ID == id }) {
			t.Errorf("%s is judged and not in the catalogue", id)
		}
	}
	means := []string{"pay", "authorize", "refund-captured"} // steps that others need, and one that cleans up
	for _, name := range stepNames() {
		if !used[name] && !slices.Contains(means, name) {
			t.Errorf("no assumption is seen by the step %s", name)
		}
	}
}
