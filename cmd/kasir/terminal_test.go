package main

import (
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// A terminal gets colours unless the environment turns them off. A file gets none.
func TestColoursAreForTerminals(t *testing.T) {
	const nowhere = "http://127.0.0.1:1"
	outputs := stageOutputs(t, map[string]string{
		"ApiUrl": nowhere, "NotificationUrl": nowhere + "/notifications", "DokuEnvironment": nowhere,
	})
	for _, c := range []struct {
		setting string
		colours bool
	}{{"TERM=xterm", true}, {"NO_COLOR=1", false}, {"TERM=dumb", false}} {
		doctor := kasir(t, "doctor", "--stage", "production", "--outputs", outputs)
		doctor.Env = append(doctor.Env, "AWS_ACCESS_KEY_ID=", "TERM=xterm", "NO_COLOR=", c.setting)
		terminal, err := pty.Start(doctor)
		if err != nil {
			t.Fatal(err)
		}
		shown, _ := io.ReadAll(terminal) // ends with an error when the last process leaves the terminal
		terminal.Close()
		doctor.Wait()
		if text := string(shown); !strings.Contains(text, "secret") ||
			strings.Contains(text, "\x1b[31mno ") != c.colours {
			t.Errorf("%s: %q", c.setting, text)
		}
	}
	stdout, _, _ := output(t, kasir(t, "doctor", "--stage", "production", "--outputs", outputs))
	if !strings.HasPrefix(stdout, "no  secret") {
		t.Errorf("%q", stdout)
	}
}
