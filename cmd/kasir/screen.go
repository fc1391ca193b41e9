package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// screen prints the findings of a command. A command writes text for people to text, and passes the same facts for
// machines to document. Only one of them is printed.
type screen struct {
	text   io.Writer // standard output; discarded with --json
	notes  io.Writer // standard error: warnings and the functions' log
	out    io.Writer
	json   bool
	colour bool // text is a terminal that shows colours
	*progress
}

// screenOf returns the screen of a command, following --json and --quiet.
func screenOf(c *cobra.Command) *screen {
	asJSON, _ := c.Flags().GetBool("json")
	quiet, _ := c.Flags().GetBool("quiet")
	out, notes := c.OutOrStdout(), c.ErrOrStderr()
	p := &progress{out: notes, live: terminal(notes), silent: asJSON || quiet}
	s := &screen{
		text: aboveProgress{out, p}, notes: aboveProgress{notes, p}, out: out, json: asJSON, progress: p,
		colour: terminal(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
	if asJSON {
		s.text = io.Discard
	}
	return s
}

// document prints a value as JSON if --json is given.
func (s *screen) document(value any) error {
	if !s.json {
		return nil
	}
	encoder := json.NewEncoder(s.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// line prints a value as one line of JSON if --json is given. Commands that run until they are ended print such lines.
func (s *screen) line(value any) error {
	if !s.json {
		return nil
	}
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// note prints a remark on standard error, except with --json or --quiet.
func (s *screen) note(format string, args ...any) {
	if !s.silent {
		fmt.Fprintf(s.notes, "kasir: "+format+"\n", args...)
	}
}

// warn prints a warning on standard error.
func (s *screen) warn(text string) {
	if s.json {
		json.NewEncoder(s.notes).Encode(map[string]string{"warning": text})
		return
	}
	fmt.Fprintln(s.notes, "kasir: warning:", text)
}

// answer prints a function's answer, which is JSON with and without --json.
func (s *screen) answer(content []byte) error {
	_, err := fmt.Fprintln(s.out, string(content))
	return err
}

// Codes of a terminal's colours. They all have the same length, so that painted columns stay aligned.
const (
	plain  = "39"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint returns a text in a colour, or the text itself if colours are off. In a column of a table, either every cell or
// none must be painted.
func (s *screen) paint(colour, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[39m"
}

// terminal reports whether a stream is a terminal.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
