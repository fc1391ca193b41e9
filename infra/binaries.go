package main

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kasir/shared/function"
)

// binaryMode is the mode of every binary. The CDK writes it into the zip, and Lambda runs the functions as another user
// than root: what is not executable for everybody fails there, at the first request.
const binaryMode fs.FileMode = 0o755

// folder is where a function's binary for the stage is.
func (s Stage) folder(assets, function string) string {
	return filepath.Join(assets, s.goarch(), function)
}

// checkBinaries finds a binary for each function, of the stage's architecture and of the one mode. Anything else would
// fail on AWS only, at the first request. A file that is no Linux binary is let through: tests use empty ones.
func checkBinaries(assets string, s Stage) error {
	want := map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64}[s.Architecture]
	again := "run make build ARCH=" + s.goarch()
	for _, f := range function.All {
		path := filepath.Join(s.folder(assets, f.Name), "bootstrap")
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("%s is missing: %s", path, again)
		}
		if mode := info.Mode(); mode != binaryMode {
			return fmt.Errorf("%s has the mode %v, and Lambda could not run it: it must be %v: %s", path, mode, binaryMode, again)
		}
		binary, err := elf.Open(path)
		if err != nil {
			continue
		}
		machine := binary.Machine
		binary.Close()
		if machine != want {
			return fmt.Errorf("%s is built for %v, but stage %s has %s: %s", path, machine, s.Name, s.Architecture, again)
		}
	}
	return nil
}

// assetHash names a function's zip. The CDK's own name is of the content alone: a zip that was uploaded with a wrong
// mode would stay.
func assetHash(folder string) (string, error) {
	path := filepath.Join(folder, "bootstrap")
	binary, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer binary.Close()
	info, err := binary.Stat()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "bootstrap %v\n", info.Mode())
	if _, err := io.Copy(sum, binary); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
