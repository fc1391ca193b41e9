package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"kasir/shared/function"
)

// hello and goPeer are programs of this folder that are measured beside the functions.
const (
	hello  = "hello"
	goPeer = "peer"
)

// functions lists the names of what is deployed.
func functions() []string {
	var names []string
	for _, f := range function.All {
		names = append(names, f.Name)
	}
	return names
}

// build builds everything for this machine and for Lambda's arm64, with the flags of `make build`.
func (b *bench) build(ctx context.Context) error {
	packages := map[string]string{hello: "./bench/hello", goPeer: "./bench/peers/go"}
	for _, name := range functions() {
		packages[name] = "./functions/" + name
	}
	for name, pkg := range packages {
		for _, arch := range []string{runtime.GOARCH, "arm64"} {
			tell("building %s for %s", name, arch)
			if err := compile(ctx, b.root, arch, pkg, b.binary(arch, name)); err != nil {
				return fmt.Errorf("building %s: %w", name, err)
			}
		}
	}
	return nil
}

func compile(ctx context.Context, root, arch, pkg, into string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags=-s -w -buildid=", "-o", into, pkg)
	command.Dir, command.Stderr = root, os.Stderr
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	return command.Run()
}

func (b *bench) binary(arch, name string) string {
	return filepath.Join(b.built, arch, name, "bootstrap")
}

// here is the binary for this machine.
func (b *bench) here(name string) []string { return []string{b.binary(runtime.GOARCH, name)} }

// packed is the size of a program for arm64, as it is and zipped.
func (b *bench) packed(name string) (size, zipped int64, err error) {
	content, err := os.ReadFile(b.binary("arm64", name))
	if err != nil {
		return 0, 0, err
	}
	var archive bytes.Buffer
	if err := pack(&archive, map[string][]byte{"bootstrap": content}); err != nil {
		return 0, 0, err
	}
	return int64(len(content)), int64(archive.Len()), nil
}

func pack(into io.Writer, files map[string][]byte) error {
	archive := zip.NewWriter(into)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for name, content := range files {
		file, err := archive.Create(name)
		if err != nil {
			return err
		}
		if _, err := file.Write(content); err != nil {
			return err
		}
	}
	return archive.Close()
}
