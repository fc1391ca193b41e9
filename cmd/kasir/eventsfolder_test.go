package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A link in the folder does not make kasir write elsewhere, and a file that does not hold digests is named.
func TestEventsAreWrittenIntoTheirFolderOnly(t *testing.T) {
	_, data := announced(t, nil)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	for _, link := range []string{digestsFile, filepath.Join("events", "capture.json"), "events"} {
		out := t.TempDir()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(out, link)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, filepath.Join(out, link)); err != nil {
			t.Fatal(err)
		}
		_, problems, err := output(t, kasir(t, "events", "write", "--data", data, "--out", out))
		if _, missing := os.Stat(elsewhere); err == nil || missing == nil {
			t.Errorf("a link in the place of %s: %v %s", link, err, problems)
		}
	}
	for _, content := range []string{"null", "[]", "{"} {
		out := t.TempDir()
		if err := os.WriteFile(filepath.Join(out, digestsFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, problems, _ := output(t, kasir(t, "events", "write", "--data", data, "--out", out))
		if !strings.Contains(problems, digestsFile) || strings.Contains(problems, "panic") {
			t.Errorf("%s: %s", content, problems)
		}
	}
}

// writeFile writes a file, and makes its folder.
func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o600)
}
