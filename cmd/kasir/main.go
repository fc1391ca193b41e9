// Command kasir runs kasir on one machine: everything at once, DOKU's sandbox alone, or one function on one event.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, ran := command(), false
	watch(root, &ran)
	if err := root.ExecuteContext(ctx); err != nil {
		report(os.Stderr, err, slices.Contains(os.Args, "--json"))
		os.Exit(exitStatus(err, ran))
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "kasir",
		Short: "Card payments through DOKU's hosted page, on one machine",
		Long: "kasir runs card payments through DOKU's hosted card page on this machine:\n" +
			"the very binaries that AWS Lambda runs, with an embedded DynamoDB, a sandbox in DOKU's place, and a demo shop.",
		SilenceUsage:  true, // a failed command prints one clear line, not its manual
		SilenceErrors: true,
		Version:       versionLine(),
	}
	root.PersistentFlags().Bool("json", false, "print one JSON document for machines, and errors as JSON on standard error")
	root.PersistentFlags().BoolP("quiet", "q", false, "show no progress")
	root.SetFlagErrorFunc(wrongFlag)
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(
		localCommand(), sandboxCommand(), invokeCommand(), demoCommand(), loadCommand(), soakCommand(), tokenCommand(), quoteCommand(),
		ordersCommand(), resolveCommand(), closeCommand(), reconcileCommand(), logsCommand(), verifyCommand(), doctorCommand(),
		versionCommand(),
	)
	return root
}
