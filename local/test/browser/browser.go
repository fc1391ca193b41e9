package browser

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// testLimit ends a test whose browser hangs. Tests never wait for it: they wait for the contents of the page.
const testLimit = 2 * time.Minute

// New starts a browser for the test, with an empty profile, and returns a chromedp context for its one tab. Both end
// with the test. On a machine without a browser the test is skipped, or fails if the environment has CI=true. The test
// also fails if a page throws an uncaught error or violates its own Content-Security-Policy.
func New(t testing.TB) context.Context {
	t.Helper()
	path, err := Find()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	guarded, cancelGuard := context.WithTimeout(context.Background(), testLimit)
	t.Cleanup(cancelGuard)
	allocated, cancelAllocated := chromedp.NewExecAllocator(guarded, options(path)...)
	t.Cleanup(cancelAllocated)
	ctx, _ := chromedp.NewContext(allocated)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits, so that no error is reported after the end of the test
	if err := chromedp.Do(ctx, Desktop()); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	if err := watch(t, ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// Tab opens another tab in the browser of New's context, with the same storage. It ends with the test, or earlier by
// chromedp.Cancel.
func Tab(t testing.TB, ctx context.Context) context.Context {
	t.Helper()
	tab, _ := chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(tab) })
	if err := chromedp.Do(tab, Desktop()); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	if err := watch(t, tab); err != nil {
		t.Fatal(err)
	}
	return tab
}

// options adds to chromedp's defaults, which start the browser without its sandbox for root, the user in most
// containers.
func options(path string) []chromedp.ExecAllocatorOption {
	all := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU)
	for _, flag := range []string{
		"disable-quic", "disable-component-update", "hide-scrollbars", "mute-audio", "force-prefers-reduced-motion",
	} {
		all = append(all, chromedp.Flag(flag, true))
	}
	return all
}

// watch reports errors that otherwise appear only in the browser's console.
func watch(t testing.TB, ctx context.Context) error {
	return chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *cdpruntime.EventExceptionThrown:
			t.Errorf("the page threw: %v", e.ExceptionDetails)
		case *log.EventEntryAdded:
			if strings.Contains(e.Entry.Text, "Content Security Policy") {
				t.Errorf("the page broke its policy: %s", e.Entry.Text)
			}
		}
	})
}
