package browser

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// evaluateInFrame evaluates a script in a frame that the page's own scripts cannot reach: one of another origin (of the
// same site).
func evaluateInFrame(ctx context.Context, address, script string) (bool, error) {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return false, err
	}
	frame := findFrame(tree.FrameTree, address)
	if frame == nil {
		return false, fmt.Errorf("no frame shows %s", address)
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame.ID})
	if err != nil {
		return false, err
	}
	evaluation := runtime.EvaluateParams{Expression: script, ContextID: world.ExecutionContextID}
	result, err := chromedp.Call(ctx, runtime.Evaluate, evaluation)
	if err != nil {
		return false, err
	}
	return result.ExceptionDetails == nil && string(result.Result.Value) == "true", nil
}

func findFrame(tree *page.FrameTree, address string) *cdp.Frame {
	for _, child := range tree.ChildFrames {
		if strings.Contains(child.Frame.URL, address) {
			return child.Frame
		}
		if found := findFrame(child, address); found != nil {
			return found
		}
	}
	return nil
}
