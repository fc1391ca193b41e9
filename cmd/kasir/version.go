package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// version is the version of CHANGELOG.md that this tree becomes. .goreleaser.yaml replaces it in a release.
var version = "0.1.0-dev"

// versionLine returns the line that kasir version and kasir --version print.
func versionLine() string {
	return fmt.Sprintf("kasir %s %s %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// versionDocument is the output of kasir version --json.
type versionDocument struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Prints kasir's version, the Go version that built it, and the machine it is for.",
		Example: "  kasir version",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			s := screenOf(c)
			fmt.Fprintln(s.text, versionLine())
			return s.document(versionDocument{version, runtime.Version(), runtime.GOOS, runtime.GOARCH})
		},
	}
}
