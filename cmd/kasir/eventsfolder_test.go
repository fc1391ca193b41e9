package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/stack"
)

// A link in the folder does not make kasir write elsewhere. The error names a file that does not hold digests.
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

// Containers do not get the keys of a merchant at DOKU.
func TestSAMIsForTheSandboxOnly(t *testing.T) {
	_, data := announced(t, func(c *stack.Config) {
		c.DOKU, c.ClientID, c.SecretKey = "http://127.0.0.1:1", "BRN-1", "SK-a-key-of-a-merchant"
	})
	write := []string{"events", "write", "--data", data, "--out", t.TempDir()}
	_, problems, err := output(t, kasir(t, append(write, "--template", stageTemplate(t))...))
	if err == nil || !strings.Contains(problems, "run kasir local without --doku") {
		t.Errorf("%v %s", err, problems)
	}
	if _, problems, err := output(t, kasir(t, write...)); err != nil {
		t.Errorf("the event files alone: %v %s", err, problems)
	}
}

// writeFile writes a file, and makes its folder.
func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o600)
}
