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
	exitFailed  = 1 // the command failed, or it found something wrong
	exitUsage   = 2 // the command line is wrong, or the file that it names
	exitDiffers = 3 // a settlement report differs from the orders
)

// usageError is an error in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef returns an error in the command line that a command itself finds.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// trackRun wraps the commands to set *ran once one begins to run. Every error before that is in the command line.
func trackRun(c *cobra.Command, ran *bool) {
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			*ran = true
			return run(c, args)
		}
	}
	for _, child := range c.Commands() {
		trackRun(child, ran)
	}
}

// exitStatus returns the exit status for an error.
func exitStatus(err error, ran bool) int {
	var usage usageError
	if !ran || errors.As(err, &usage) {
		return exitUsage
	}
	var differs differencesError
	if errors.As(err, &differs) {
		return exitDiffers
	}
	return exitFailed
}

// printError writes an error on one line: as text, or with --json as a JSON object.
func printError(out io.Writer, err error, asJSON bool) {
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
