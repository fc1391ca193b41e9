package dynamodb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// level matches the files of LevelDB except CURRENT, which names the file that lists the others.
var level = regexp.MustCompile(`^(MANIFEST-\d+|\d+\.(ldb|log|sst))$`)

// prepare makes the data folder, for its owner alone. It removes the rights of others from a folder of an earlier
// version. It refuses a folder with data but without CURRENT, because LevelDB would start a new database there and
// remove the old files.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return refused(dir, err)
	}
	if !HasData(dir) {
		files, err := os.ReadDir(dir)
		if err != nil {
			return refused(dir, err)
		}
		for _, file := range files {
			if level.MatchString(file.Name()) {
				return damaged(dir, "the file CURRENT is missing")
			}
		}
		return nil
	}
	return tighten(dir)
}

// HasData reports whether a data folder holds a database.
func HasData(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "CURRENT"))
	return err == nil
}

func tighten(dir string) error {
	err := os.Chmod(dir, 0o700)
	files, problem := os.ReadDir(dir)
	for _, file := range files {
		if file.Type().IsRegular() {
			err = errors.Join(err, os.Chmod(filepath.Join(dir, file.Name()), 0o600))
		}
	}
	return refused(dir, errors.Join(err, problem))
}

func refused(dir string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return notWritable(dir)
	case errors.Is(err, syscall.ENOSPC):
		return full(dir)
	}
	return fmt.Errorf("making the data folder: %w", err)
}

// explain turns the last output of dynalite into an error with a remedy.
func explain(dir, text string) error {
	said := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case said("LEVEL_LOCKED"):
		return fmt.Errorf("the data folder %s is in use by another kasir local: stop that one, or %s", dir, another)
	case said("Permission denied", "Read-only file system"):
		return notWritable(dir)
	case said("No space left on device", "ENOSPC", "Disk quota exceeded"):
		return full(dir)
	case said("Too many open files", "EMFILE"):
		return errors.New("the embedded DynamoDB cannot open more files: raise the limit with ulimit -n 4096")
	case dir != "" && said("LEVEL_CORRUPTION", "Corruption", "LEVEL_IO_ERROR IO error: "+dir) && !said("Is a directory"):
		return damaged(dir, text)
	case text == "":
		return errors.New("the embedded DynamoDB was killed from outside without any output: " +
			"the system was out of memory, or somebody killed it")
	}
	return fmt.Errorf("the embedded DynamoDB has ended: %s", text)
}

const another = `choose another folder with --data (make run ARGS="--data <folder>")`

func notWritable(dir string) error {
	return fmt.Errorf("you cannot write to the data folder %s or to a file in it: "+
		"give yourself the right to write there, or %s", dir, another)
}

func full(dir string) error {
	return fmt.Errorf("the disk of the data folder %s is full: free some space and start again, or %s", dir, another)
}

func damaged(dir, reason string) error {
	return fmt.Errorf("the data folder %s is damaged (%s): restore a copy of it, "+
		"or move it away to start without orders (mv %s %s.damaged), or %s", dir, reason, dir, dir, another)
}
