package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// version is kasir's version in CHANGELOG.md.
const version = "0.1.0"

// versionLine returns the line that kasir version and kasir --version print.
func versionLine() string {
	return fmt.Sprintf("kasir %s %s %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  kasir version",
		Args:    cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) {
			fmt.Fprintln(c.OutOrStdout(), versionLine())
		},
	}
}
