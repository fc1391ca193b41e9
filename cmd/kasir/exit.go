package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// The exit statuses of every command.
const (
	exitFailed = 1 // what was asked failed, or something is wrong
	exitUsage  = 2 // the command line is wrong
)

// usageError is an error in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef returns an error in the command line, for what a command finds there itself.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// watch wraps the commands so that *ran says whether one began to run. Every error before that is one of the command
// line.
func watch(c *cobra.Command, ran *bool) {
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			*ran = true
			return run(c, args)
		}
	}
	for _, child := range c.Commands() {
		watch(child, ran)
	}
}

// exitStatus returns the exit status for an error.
func exitStatus(err error, ran bool) int {
	var usage usageError
	if !ran || errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// report writes an error on one line: as text, or with --json as a JSON object.
func report(out io.Writer, err error, asJSON bool) {
	text := strings.Replace(err.Error(), "\n\nDid you mean this?\n\t", "; did you mean ", 1) // cobra's
	text = strings.TrimSpace(text)
	if strings.HasSuffix(text, `for "kasir"`) { // cobra knows no command of a similar name
		text += "; kasir --help lists the commands"
	}
	if errors.Is(err, context.Canceled) {
		text = "interrupted"
	}
	if asJSON {
		json.NewEncoder(out).Encode(map[string]string{"error": text})
		return
	}
	fmt.Fprintf(out, "kasir: %s\n", printable([]byte(text)))
}
