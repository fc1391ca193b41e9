package browser

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// recorder is a testing.TB that only records the calls.
type recorder struct {
	testing.TB
	skipped, failed, complained atomic.Bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Skip(...any)           { r.skipped.Store(true); runtime.Goexit() }
func (r *recorder) Fatal(...any)          { r.failed.Store(true); runtime.Goexit() }
func (r *recorder) Errorf(string, ...any) { r.complained.Store(true) }

func TestWithoutABrowser(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("browsers have fixed places on macOS")
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(); !errors.Is(err, ErrNone) {
		t.Fatalf("found one in an empty folder: %v", err)
	}
	for _, c := range []struct {
		ci     string
		failed bool
	}{{"", false}, {"false", false}, {"true", true}} {
		t.Setenv("CI", c.ci)
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			New(r)
		}()
		<-done
		if r.failed.Load() != c.failed || r.skipped.Load() == c.failed {
			t.Errorf("CI=%q: failed %v, skipped %v", c.ci, r.failed.Load(), r.skipped.Load())
		}
	}
}

func TestAnUncaughtErrorFailsTheTest(t *testing.T) {
	r := &recorder{TB: t}
	if _, err := Find(); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	ctx := New(r)
	Do(t, ctx, chromedp.Navigate(
		"data:text/html,<title>x</title><script>setTimeout(() => { document.title = 'thrown'; throw 1 })</script>"))
	Until(t, ctx, `document.title === "thrown"`)
	Do(t, ctx, chromedp.Navigate("about:blank")) // the report arrives before the answer to this
	if !r.complained.Load() {
		t.Error("nobody noticed")
	}
}

func TestScreenshots(t *testing.T) {
	ctx := New(t)
	Do(t, ctx, Phone(), chromedp.Navigate("data:text/html,<h1>Halo</h1>"))
	folder := filepath.Join(t.TempDir(), "shots")
	t.Setenv("KASIR_SCREENSHOTS", "")
	Screenshot(t, ctx, "a")
	t.Setenv("KASIR_SCREENSHOTS", folder)
	Screenshot(t, ctx, "b")
	FullScreenshot(t, ctx, "c")
	pictures, err := filepath.Glob(filepath.Join(folder, "*.png"))
	if err != nil || len(pictures) != 2 {
		t.Errorf("pictures %v, %v", pictures, err)
	}
}
