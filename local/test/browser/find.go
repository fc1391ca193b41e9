// Package browser drives a real headless Chromium in tests: where to find one, how to start it, how to look at what it shows.
package browser

import (
	"errors"
	"os/exec"
	"runtime"
)

// ErrNone says that no browser was found; its text names what to install.
var ErrNone = errors.New("no Chromium or Chrome found: install one (Debian: apt-get install chromium) to run the browser tests")

// Find returns the path of a Chromium or Chrome on this machine, or ErrNone.
func Find() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if runtime.GOOS == "darwin" {
		names = append(names, "/Applications/Chromium.app/Contents/MacOS/Chromium",
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}
