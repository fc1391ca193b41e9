package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is a folder of files that kasir overwrites. It keeps the digest of each file, so that no work of a person is
// lost: writing over a file that kasir has not written, or that has changed since, is an error.
type folder struct {
	dir     string
	digests map[string]string // by name
}

const digestsFile = ".written-by-kasir.json"

func openFolder(dir string) (*folder, error) {
	f := &folder{dir: dir, digests: map[string]string{}}
	content, err := os.ReadFile(filepath.Join(dir, digestsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &f.digests)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of files that kasir wrote into %s: %w", dir, err)
	}
	return f, nil
}

// write writes all files, or none if one of them is not kasir's.
func (f *folder) write(files map[string][]byte) error {
	for name := range files {
		now, err := os.ReadFile(filepath.Join(f.dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reading %s before writing it: %w", name, err)
		}
		if err == nil && digest(now) != f.digests[name] {
			return fmt.Errorf("%s is not as kasir wrote it, and is not overwritten: "+
				"move it away, or name another folder with --out", filepath.Join(f.dir, name))
		}
	}
	for name, content := range files {
		f.digests[name] = digest(content)
	}
	digests, err := json.MarshalIndent(f.digests, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(f.dir, digestsFile), digests); err != nil {
		return err
	}
	for name, content := range files {
		if err := writeFile(filepath.Join(f.dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// writeFile writes a file that only its owner may read. env.json and signed notifications must not be readable by
// others.
func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o600)
}
