package local

import (
	"errors"
	"os"
	"path/filepath"
)

// Root finds the project's folder, the one that holds go.mod and package.json: from the working directory
// upwards, else from the folder of this program.
func Root() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	starts := []string{here}
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			if isFile(filepath.Join(dir, "package.json")) && isFile(filepath.Join(dir, "go.mod")) {
				return dir, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", errors.New("kasir's folder is not found: run this in a clone of kasir")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
