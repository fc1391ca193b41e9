package browser

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// Desktop gives the tab the size of a laptop's window.
func Desktop() chromedp.Action[chromedp.Void] { return chromedp.EmulateViewport(1280, 900) }

// Phone gives the tab the size, pixels and touch of a phone.
func Phone() chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// Screenshot writes a picture of the tab to <name>.png in the folder KASIR_SCREENSHOTS of the environment. It does
// nothing if that is not set.
func Screenshot(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	writePicture(t, ctx, name, chromedp.CaptureScreenshot())
}

// FullScreenshot is Screenshot for the whole page from its top, however long it is.
func FullScreenshot(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	toTop := chromedp.Evaluate[chromedp.Void](`window.scrollTo({top: 0, behavior: "instant"})`)
	if err := chromedp.Do(ctx, toTop); err != nil {
		t.Fatal(err)
	}
	writePicture(t, ctx, name, chromedp.FullScreenshot(100))
}

func writePicture(t testing.TB, ctx context.Context, name string, take chromedp.Action[[]byte]) {
	t.Helper()
	folder := os.Getenv("KASIR_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, take)
	if err != nil {
		t.Fatalf("taking screenshot %s: %v", name, err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
