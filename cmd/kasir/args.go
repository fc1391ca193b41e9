package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exactArgs accepts exactly these arguments. Its error names the missing one.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("%s is missing: %s", names[len(args)], c.UseLine())
		case len(args) > len(names):
			return fmt.Errorf("unexpected argument %q: %s", args[len(names)], c.UseLine())
		}
		return nil
	}
}

// maxArgs accepts up to n arguments.
func maxArgs(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("unexpected argument %q: %s", args[n], c.UseLine())
		}
		return nil
	}
}

// oneOrTwoArgs accepts one argument or two.
func oneOrTwoArgs(name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 2 {
			return nil
		}
		return exactArgs(name)(c, args)
	}
}

// exclusive makes two flags of a command exclude each other.
func exclusive(c *cobra.Command, one, other string) {
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if c.Flags().Changed(one) && c.Flags().Changed(other) {
			return fmt.Errorf("--%s and --%s exclude each other", one, other)
		}
		if before != nil {
			return before(c, args)
		}
		return nil
	}
}

// required makes flags of a command required. Its error names the first missing one.
func required(c *cobra.Command, flags ...string) {
	for _, name := range flags {
		c.MarkFlagRequired(name)
	}
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		for _, name := range flags {
			if !c.Flags().Changed(name) {
				return fmt.Errorf("--%s is missing: %s", name, c.UseLine())
			}
		}
		if before != nil {
			return before(c, args)
		}
		return nil
	}
}

// group makes a command that only holds other commands refuse an unknown one. Without an argument it prints its help.
func group(c *cobra.Command) {
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("unknown command %q for %q; %s --help lists the commands",
				args[0], c.CommandPath(), c.CommandPath())
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

// flagTypes maps pflag's name of a type to a description of the values that such a flag takes.
var flagTypes = map[string]string{
	"int": "a whole number", "int64": "a whole number", "uint64": "a whole number from 0 up", "float64": "a number",
	"duration": "a duration such as 90s or 1h", "bool": "true or false",
}

// flagError returns an error with the values that the flag takes, in place of the error of Go's parsers.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return fmt.Errorf("%w; %s --help lists the flags", err, c.CommandPath())
	}
	var wrong *pflag.InvalidValueError
	if !errors.As(err, &wrong) || flagTypes[wrong.GetFlag().Value.Type()] == "" {
		return err
	}
	flag := wrong.GetFlag()
	if errors.Is(wrong, strconv.ErrRange) {
		return fmt.Errorf("--%s %q: it has too many digits", flag.Name, wrong.GetValue())
	}
	return fmt.Errorf("--%s %q: it takes %s", flag.Name, wrong.GetValue(), flagTypes[flag.Value.Type()])
}
