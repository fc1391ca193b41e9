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
)

// binaryMode is the mode of every binary. The CDK writes it into the zip. Lambda does not run the functions as root, so
// a file that is not executable for everybody would fail there, at the first request.
const binaryMode fs.FileMode = 0o755

// folder returns the folder of a function's binary for the stage.
func (s Stage) folder(assets, function string) string {
	return filepath.Join(assets, s.goarch(), function)
}

// checkBinaries checks that there is a binary for each function, with the stage's architecture and binaryMode. Any
// other would fail only on AWS, at the first request. It accepts a file that is no Linux binary, because tests use
// empty ones.
func checkBinaries(assets string, s Stage) error {
	want := map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64}[s.Architecture]
	again := "run make build ARCH=" + s.goarch()
	for _, f := range s.functions() {
		path := filepath.Join(s.folder(assets, f.Name), "bootstrap")
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("%s is missing: %s", path, again)
		}
		if mode := info.Mode(); mode != binaryMode {
			return fmt.Errorf("%s has the mode %v, and Lambda could not run it: it must be %v: %s",
				path, mode, binaryMode, again)
		}
		binary, err := elf.Open(path)
		if err != nil {
			continue
		}
		machine := binary.Machine
		binary.Close()
		if machine != want {
			return fmt.Errorf("%s is built for %v, but stage %s has %s: %s",
				path, machine, s.Name, s.Architecture, again)
		}
	}
	return nil
}

// assetHash returns the name of a function's zip. The CDK's own name depends on the content alone, so a zip that was
// uploaded with a wrong mode would stay.
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
