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
// lost: writing over a file that kasir has not written, or that has changed since, is an error. So is a link that leads
// out of the folder.
type folder struct {
	root    *os.Root
	digests map[string]string // by name
}

const digestsFile = ".written-by-kasir.json"

// openFolder opens a folder, and makes it if there is none.
func openFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root, digests: map[string]string{}}
	content, err := root.ReadFile(digestsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &f.digests)
	}
	if err == nil && f.digests == nil {
		err = errors.New("it is null")
	}
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("reading the list of files that kasir wrote into %s, %s: %w", dir, digestsFile, err)
	}
	return f, nil
}

// write writes all files, or none if one of them is not kasir's. It closes the folder.
func (f *folder) write(files map[string][]byte) error {
	defer f.root.Close()
	for name := range files {
		now, err := f.root.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reading %s before writing it: %w", name, err)
		}
		if err == nil && digest(now) != f.digests[name] {
			return fmt.Errorf("%s is not as kasir wrote it, and is not overwritten: "+
				"move it away, or name another folder with --out", filepath.Join(f.root.Name(), name))
		}
	}
	for name, content := range files {
		f.digests[name] = digest(content)
	}
	digests, err := json.MarshalIndent(f.digests, "", "  ")
	if err != nil {
		return err
	}
	if err := f.writeFile(digestsFile, digests); err != nil {
		return err
	}
	for name, content := range files {
		if err := f.writeFile(name, content); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file that its owner alone may read: env.json and signed notifications are not for others.
func (f *folder) writeFile(name string, content []byte) error {
	if err := f.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return f.root.WriteFile(name, content, 0o600)
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
