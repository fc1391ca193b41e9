// Command kasir runs kasir on one machine: everything at once, DOKU's sandbox alone, or one function on one event.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "kasir:", err)
		var end ending
		if errors.As(err, &end) {
			os.Exit(end.status)
		}
		os.Exit(1)
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
	root.SetFlagErrorFunc(wrongFlag)
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(localCommand(), sandboxCommand(), invokeCommand(), demoCommand(), loadCommand(), tokenCommand(), clockCommand(), quoteCommand(), ordersCommand(), resolveCommand(), closeCommand(), reconcileCommand(), soakCommand(), verifyCommand(), doctorCommand(), versionCommand())
	return root
}
