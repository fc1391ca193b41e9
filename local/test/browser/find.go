// Package browser drives a real headless Chromium in tests: it finds one, starts it and inspects its pages.
package browser

import (
	"errors"
	"os/exec"
	"runtime"
)

// ErrNone reports that no browser was found. Its text names the package to install.
var ErrNone = errors.New("no Chromium or Chrome found: install one to run the browser tests " +
	"(Debian: apt-get install chromium)")

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
