package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// hello is a program of this folder that is measured beside the functions.
const hello = "hello"

// build builds everything for this machine, with the flags of `make build`.
func (b *bench) build(ctx context.Context) error {
	build := b.command(ctx, b.root, "go", "build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", "-ldflags=-s -w -buildid=", "-o", b.built+"/",
		"./functions/...", "./bench/hello", "./bench/peers/...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if err := build.Run(); err != nil {
		return fmt.Errorf("building: %w", err)
	}
	return nil
}

// command prepares a command in a folder. Its output is progress.
func (b *bench) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir, command.Stdout, command.Stderr = dir, os.Stderr, os.Stderr
	return command
}

// programs holds commands by the names of functions.
type programs map[string][]string

// commands returns the programs for this machine.
func (b *bench) commands(names ...string) programs {
	commands := programs{}
	for _, name := range names {
		commands[name] = []string{filepath.Join(b.built, name)}
	}
	return commands
}
