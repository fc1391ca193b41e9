package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// waitLimit is how long a condition may take before the test fails.
const waitLimit = 45 * time.Second

// Do runs the steps in order. The test fails if a step fails or waits too long.
func Do(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		t.Fatalf("%v\n%s", err, describe(ctx))
	}
}

// Until waits until the JavaScript expression is true in the tab's page, across navigations.
func Until(t testing.TB, ctx context.Context, expression string) {
	t.Helper()
	until(t, ctx, expression, func(ctx context.Context, script string) (bool, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[bool](script))
	})
}

// UntilInFrame is Until inside the frame whose address contains the given text. The expression may also act, for
// example click a button and then return true.
func UntilInFrame(t testing.TB, ctx context.Context, address, expression string) {
	t.Helper()
	until(t, ctx, expression, func(ctx context.Context, script string) (bool, error) {
		return evaluateInFrame(ctx, address, script)
	})
}

func until(
	t testing.TB, ctx context.Context, expression string, evaluate func(context.Context, string) (bool, error),
) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	for {
		// An error means that the page is unloading or not there yet: the next attempt decides.
		met, err := evaluate(limited, "Boolean("+expression+")")
		if err == nil && met {
			return
		}
		select {
		case <-limited.Done():
			t.Fatalf("never became true: %s (%v)\n%s", expression, err, describe(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// describe returns the tab's address and text, for a failed test.
func describe(ctx context.Context) string {
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return seen
}
