package stack

import (
	"errors"
	"os"
	"path/filepath"
)

// Installation holds the folders of kasir's own files and of its data.
type Installation struct {
	Root      string // holds package.json and node_modules
	Functions string // holds the functions built for this machine, unless another folder is named
	Data      string // holds the data, unless another folder is named; empty if this user has no folder for it
	Released  bool   // Root is an unpacked release, not a clone
}

// Installed finds kasir's files. A release has them next to the program. A clone is searched from the working directory
// upwards, then from the folder of the program. A release keeps its data in the user's own folder, because its files
// may be read-only, and because every command must find the data from any working directory.
func Installed() (Installation, error) {
	beside := besideProgram()
	if beside != "" && isRelease(beside) {
		i := Installation{Root: beside, Functions: filepath.Join(beside, "functions"), Released: true}
		if own, err := os.UserConfigDir(); err == nil {
			i.Data = filepath.Join(own, "kasir")
		}
		return i, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return Installation{}, err
	}
	root := cloneAbove(here)
	if root == "" && beside != "" {
		root = cloneAbove(beside)
	}
	if root == "" {
		return Installation{}, errors.New("kasir's files are not found: " +
			"leave the program kasir in the folder of the unpacked release " +
			"(a link to it may be anywhere), or run this in a clone of kasir")
	}
	data := filepath.Join(root, ".kasir")
	return Installation{Root: root, Functions: filepath.Join(data, "functions"), Data: data}, nil
}

// Root returns the folder of kasir's own files.
func Root() (string, error) {
	i, err := Installed()
	return i.Root, err
}

// besideProgram returns the folder of this program, and not that of a link to it; empty if it is unknown.
func besideProgram() string {
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	if program, err = filepath.EvalSymlinks(program); err != nil {
		return ""
	}
	return filepath.Dir(program)
}

// isRelease reports whether dir is an unpacked release. A clone has go.mod, and its functions elsewhere.
func isRelease(dir string) bool {
	return isFile(filepath.Join(dir, "package.json")) && !isFile(filepath.Join(dir, "go.mod")) &&
		isFile(Bootstrap(filepath.Join(dir, "functions"), Functions()[0]))
}

// cloneAbove returns the nearest clone among dir and the folders above it; empty if there is none.
func cloneAbove(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if isFile(filepath.Join(dir, "package.json")) && isFile(filepath.Join(dir, "go.mod")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
