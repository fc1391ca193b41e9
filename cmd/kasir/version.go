package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// version is the version of CHANGELOG.md that this becomes. A release has its own instead, see .goreleaser.yaml.
var version = "0.1.0-dev"

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
