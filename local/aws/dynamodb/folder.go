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

// levelFiles matches the files of LevelDB except CURRENT, which names the file that lists the others.
var levelFiles = regexp.MustCompile(`^(MANIFEST-\d+|\d+\.(ldb|log|sst))$`)

// prepare makes the data folder, for its owner alone. It removes the rights of others from a folder of an earlier
// version. It refuses a folder with data but without CURRENT, because LevelDB would start a new database there and
// remove the old files.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folderError(dir, err)
	}
	if !HasData(dir) {
		files, err := os.ReadDir(dir)
		if err != nil {
			return folderError(dir, err)
		}
		for _, file := range files {
			if levelFiles.MatchString(file.Name()) {
				return damaged(dir, "the file CURRENT is missing")
			}
		}
		return nil
	}
	return restrict(dir)
}

// HasData reports whether a data folder holds a database.
func HasData(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "CURRENT"))
	return err == nil
}

func restrict(dir string) error {
	err := os.Chmod(dir, 0o700)
	files, problem := os.ReadDir(dir)
	for _, file := range files {
		if file.Type().IsRegular() {
			err = errors.Join(err, os.Chmod(filepath.Join(dir, file.Name()), 0o600))
		}
	}
	return folderError(dir, errors.Join(err, problem))
}

func folderError(dir string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return notWritable(dir)
	case errors.Is(err, syscall.ENOSPC):
		return diskFull(dir)
	}
	return fmt.Errorf("making the data folder: %w", err)
}

// explain turns the last output of dynalite into an error with a remedy.
func explain(dir, text string) error {
	hasAny := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case hasAny("LEVEL_LOCKED"):
		return fmt.Errorf("the data folder %s is in use by another kasir local: stop that one, or %s", dir, otherFolder)
	case hasAny("Permission denied", "Read-only file system"):
		return notWritable(dir)
	case hasAny("No space left on device", "ENOSPC", "Disk quota exceeded"):
		return diskFull(dir)
	case hasAny("Too many open files", "EMFILE"):
		return errors.New("the embedded DynamoDB cannot open more files: raise the limit with ulimit -n 4096")
	case dir != "" && hasAny("LEVEL_CORRUPTION", "Corruption", "LEVEL_IO_ERROR IO error: "+dir) &&
		!hasAny("Is a directory"):
		return damaged(dir, text)
	case text == "":
		return errors.New("the embedded DynamoDB was killed from outside without any output: " +
			"the system was out of memory, or somebody killed it")
	}
	return fmt.Errorf("the embedded DynamoDB has ended: %s", text)
}

const otherFolder = `choose another folder with --data (make run ARGS="--data <folder>")`

func notWritable(dir string) error {
	return fmt.Errorf("you cannot write to the data folder %s or to a file in it: "+
		"give yourself the right to write there, or %s", dir, otherFolder)
}

func diskFull(dir string) error {
	return fmt.Errorf("the disk of the data folder %s is full: free some space and start again, or %s",
		dir, otherFolder)
}

func damaged(dir, reason string) error {
	return fmt.Errorf("the data folder %s is damaged (%s): restore a copy of it, "+
		"or move it away to start without orders (mv %s %s.damaged), or %s", dir, reason, dir, dir, otherFolder)
}
