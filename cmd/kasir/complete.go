package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kasir/local/stack"
)

// completeNothing keeps the shell from offering files to commands that take none.
func completeNothing(c *cobra.Command) {
	if c.ValidArgsFunction == nil {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, child := range c.Commands() {
		completeNothing(child)
	}
}

// completeWords offers words as the value of a flag or as the only argument.
func completeWords(words ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeStages offers the stages whose outputs are in the working directory.
func completeStages(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	files, _ := filepath.Glob("cdk-outputs.*.json") // the pattern is valid
	for i, file := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(file, "cdk-outputs."), ".json")
	}
	return files, cobra.ShellCompDirectiveNoFileComp
}

// completeFunctions offers the functions as the first argument.
func completeFunctions(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return stack.Functions(), cobra.ShellCompDirectiveNoFileComp
}
