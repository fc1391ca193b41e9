package lambda

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// functionName is AWS's rule for names.
var functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// prepare fills in defaults and returns an error for a function that could not run. A missing build is then one clear
// line at the start and not a failed request later.
func (f Function) prepare() (Function, error) {
	if !functionName.MatchString(f.Name) {
		return f, errors.New("a name has 1 to 64 letters, digits, hyphens and underscores")
	}
	if f.Timeout < 0 || f.MemoryMB < 0 || f.MaxInstances < 0 {
		return f, errors.New("timeout, memory and instances cannot be negative")
	}
	for name := range f.Env {
		if reserved(name) {
			return f, fmt.Errorf("%s is set by Lambda and cannot be configured", name)
		}
	}
	if f.Timeout == 0 {
		f.Timeout = 28 * time.Second
	}
	if f.MemoryMB == 0 {
		f.MemoryMB = 128
	}
	if f.MaxInstances == 0 {
		f.MaxInstances = 50
	}
	binary, err := filepath.Abs(f.Binary)
	if err != nil {
		return f, fmt.Errorf("finding %s: %w", f.Binary, err)
	}
	f.Binary = binary
	return f, executable(binary)
}

// executable returns an error if the file cannot be run.
func executable(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s does not exist: build the functions first", path)
	}
	if err != nil {
		return fmt.Errorf("reading its binary's mode: %w", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return fmt.Errorf("%s is not an executable file: build the functions first", path)
	}
	return nil
}
