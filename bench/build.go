package main

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// hello is a program of this folder that is measured beside the functions.
const hello = "hello"

// build builds everything for an architecture, with the flags of `make build`.
func (b *bench) build(ctx context.Context, arch string) error {
	progress("building for %s", arch)
	build := b.command(ctx, b.root, "go", "build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", "-ldflags=-s -w -buildid=", "-o", filepath.Join(b.built, arch)+"/",
		"./functions/...", "./bench/hello", "./bench/peers/...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if err := build.Run(); err != nil {
		return fmt.Errorf("building for %s: %w", arch, err)
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
		commands[name] = []string{filepath.Join(b.built, runtime.GOARCH, name)}
	}
	return commands
}

// programSizes returns the bytes of a program and of its compressed form, as in Lambda's zip.
func programSizes(file string) (size, zipped int, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	var out bytes.Buffer
	deflate, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return 0, 0, err
	}
	_, err = deflate.Write(content)
	return len(content), out.Len(), errors.Join(err, deflate.Close())
}
