// Command kasir runs kasir on one machine: the whole system, DOKU's sandbox alone, or one function on one event. It
// also shows and checks the orders, logs and settings of a deployment.
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
	trackRun(root, &ran)
	if err := root.ExecuteContext(ctx); err != nil {
		printError(os.Stderr, err, slices.Contains(os.Args, "--json"))
		os.Exit(exitStatus(err, ran))
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "kasir",
		Short: "Card payments through DOKU's hosted page, on one machine",
		Long: "kasir runs card payments through DOKU's hosted card page on this machine: the very binaries that AWS\n" +
			"Lambda runs, with an embedded DynamoDB, a sandbox in DOKU's place, and a demo shop. With --stage\n" +
			"some commands work on a deployment.\n\n" +
			"Every command ends with 0 on success, with 1 if it failed or found something wrong, and with 2 if\n" +
			"the command line is wrong; settle ends with 3 if rows differ. With --json it prints one JSON document.\n" +
			"docs/cli.md has the details.",
		Example: "  kasir demo\n" +
			"  kasir local\n" +
			"  kasir orders --attention --json | jq .orders\n" +
			"  kasir logs --follow --stage production\n" +
			"  source <(kasir completion bash)",
		SilenceUsage:  true, // a failed command prints one line, not its help
		SilenceErrors: true,
		Version:       versionLine(),
	}
	root.PersistentFlags().Bool("json", false, "print one JSON document for machines, and errors as JSON")
	root.PersistentFlags().BoolP("quiet", "q", false, "show no progress")
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("{{.Version}}\n")
	addGroup(root, "Run on this machine:",
		localCommand(), sandboxCommand(), invokeCommand(), demoCommand(), loadCommand(), soakCommand(),
		clockCommand(), triggerCommand())
	addGroup(root, "Look and decide:",
		ordersCommand(), booksCommand(), resolveCommand(), recordCommand(), closeCommand(), forgetCommand(),
		refreshCommand(), reconcileCommand(), settleCommand(), reindexCommand(), webhooksCommand(), logsCommand(),
		doctorCommand())
	const making = "Make and check:"
	addGroup(root, making,
		tokenCommand(), quoteCommand(), eventsCommand(), verifyCommand(), versionCommand())
	root.SetCompletionCommandGroupID(making)
	root.SetHelpCommandGroupID(making)
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			group(c)
		}
	}
	completeNothing(root)
	return root
}

// addGroup adds commands that kasir --help lists under title.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range commands {
		c.GroupID = title
		root.AddCommand(c)
	}
}
