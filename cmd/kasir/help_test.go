package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"kasir/local/test/harness"
)

// There are both usual ways to ask for the version, and a command for completion.
func TestTheVersionAndCompletionAreFound(t *testing.T) {
	asked, _, err := output(t, kasir(t, "--version"))
	command, _, problem := output(t, kasir(t, "version"))
	if err != nil || problem != nil || asked != command || !strings.HasPrefix(asked, "kasir "+version+" ") {
		t.Errorf("%q %v, %q %v", asked, err, command, problem)
	}
	help, _, err := output(t, kasir(t, "--help"))
	if err != nil || !strings.Contains(help, "\n  completion ") {
		t.Errorf("%v\n%s", err, help)
	}
}

// The help of every command has its purpose, an explanation, and an example to copy.
func TestEveryCommandHasItsHelp(t *testing.T) {
	manual, err := os.ReadFile(filepath.Join(harness.Root(), "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		name := c.CommandPath()
		if name == "kasir completion" { // cobra's
			return
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || !strings.Contains(c.Long, ".") {
			t.Errorf("%s: Short %q, Long %q", name, c.Short, c.Long)
		}
		if !strings.HasPrefix(c.Example, "  ") || !strings.Contains(c.Example, name) {
			t.Errorf("%s has no example of itself: %q", name, c.Example)
		}
		_, below, _ := strings.Cut(name, " ")
		if !strings.Contains(string(manual), "`"+below+"`") && c.HasParent() && c.Runnable() {
			t.Errorf("docs/cli.md has no row that says what %s --json prints", name)
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if len([]rune(line)) > 150 {
				t.Errorf("%s: the help has a line of %d characters: %s", name, len([]rune(line)), line)
			}
		}
		for _, child := range c.Commands() {
			check(child)
		}
	}
	check(command())
	stdout, stderr, err := output(t, kasir(t, "logs", "--help"))
	if err != nil || !strings.Contains(stdout, "Examples:\n  kasir logs\n") || !strings.Contains(stdout, "--json") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

// The shell offers the arguments of a command: functions, and the stages deployed from here. It offers no other files.
func TestCompletion(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "cdk-outputs.production.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"createpage\n": {"invoke", "cre"}, "production\n:4": {"logs", "--stage", ""}, ":4": {"orders", ""},
		"json\n:8": {"invoke", "notify", "-e", ""}, "resolve\t": {"res"}, "reset\n:4": {"clock", ""},
		"mixed\n:4": {"soak", "--unsigned", ""}, "sandbox\nproduction\n:4": {"local", "--doku", ""},
	} {
		c := kasir(t, append([]string{"__complete"}, args...)...)
		c.Dir = folder
		if stdout, stderr, err := output(t, c); err != nil || !strings.Contains(stdout, want) {
			t.Errorf("%q offers %q, want %q: %v %s", args, stdout, want, err, stderr)
		}
	}
}
