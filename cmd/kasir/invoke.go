package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kasir/local/stack"
)

func invokeCommand() *cobra.Command {
	var where place
	var file string
	c := &cobra.Command{
		Use:   "invoke <function> -e <event file>",
		Short: "Run one function's binary once on an event, without Docker",
		Long: "Runs the built binary of a function on one event and prints its answer, as `sam local invoke` does\n" +
			"in Docker. The function's log goes to standard error. While kasir local is running, the function\n" +
			"works on its orders and calls its DOKU. Otherwise it works on the kept orders, with a sandbox that\n" +
			"ends with the command.\n\n" +
			"The files in events name the same orders each time, so a second run continues with the results of\n" +
			"the first. kasir events write writes files with new orders.\n\n" +
			"Functions: " + strings.Join(stack.Functions(), ", "),
		Example: "  kasir invoke createpage -e events/createpage.json\n" +
			"  kasir invoke notify -e events/notify.json\n" +
			"  kasir invoke getpayment -e events/getpayment.json\n" +
			"  cat event.json | kasir invoke notify -e -",
		Args:              exactArgs("<function>"),
		ValidArgsFunction: completeFunctions,
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(stack.Functions(), args[0]) {
				return usagef("there is no function %q: there are %s", args[0], strings.Join(stack.Functions(), ", "))
			}
			event, err := readEvent(file, c.InOrStdin())
			if err != nil {
				return err
			}
			cfg, err := where.config()
			if err != nil {
				return err
			}
			s := screenOf(c)
			end := s.begin("running %s", args[0])
			defer end()
			answer, err := invoke(c.Context(), cfg, where, args[0], event, s.notes)
			if err != nil {
				return err
			}
			end()
			return s.answer(answer)
		},
	}
	where.flags(c, true)
	c.Flags().StringVarP(&file, "event", "e", "", "file of the event; - reads standard input")
	required(c, "event")
	c.MarkFlagFilename("event", "json")
	return c
}

func readEvent(file string, stdin io.Reader) ([]byte, error) {
	if file == "-" {
		file = "/dev/stdin"
		content, err := io.ReadAll(stdin)
		return checkEvent(file, content, err)
	}
	content, err := os.ReadFile(file)
	return checkEvent(file, content, err)
}

func checkEvent(file string, content []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("reading the event: %w", err)
	}
	if !json.Valid(content) {
		return nil, fmt.Errorf("the event in %s is not JSON", file)
	}
	return content, nil
}

func invoke(
	ctx context.Context, cfg stack.Config, where place, function string, event []byte, log io.Writer,
) ([]byte, error) {
	environment, running := stack.Running(where.data)
	if !running || where.memory {
		running, err := stack.Start(ctx, cfg)
		if err != nil {
			return nil, err
		}
		defer running.Close()
		environment = running.Environment
	}
	return stack.Invoke(ctx, cfg.Functions, function, environment, event, log)
}
