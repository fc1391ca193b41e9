package console

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// meeting is what happens to a request between the page and kasir.
type meeting struct {
	reason network.ErrorReason // of a request that fails
	after  bool                // kasir has carried the request out, and its answer is lost
	wait   time.Duration       // before it goes on
	status int64               // of an answer that does not come from kasir
	header []*fetch.HeaderEntry
	body   string
}

func offline() *meeting { return &meeting{reason: network.ErrorReasonConnectionRefused} }

// answered is an answer of something between the page and kasir, such as API Gateway.
func answered(status int64, retryAfter string) *meeting {
	m := &meeting{status: status, body: `{"message":"Too Many Requests"}`,
		header: []*fetch.HeaderEntry{{Name: "content-type", Value: "application/json"}}}
	if retryAfter != "" {
		m.header = append(m.header, &fetch.HeaderEntry{Name: "retry-after", Value: retryAfter})
	}
	return m
}

// meets lets each request of the tab to a path, which may contain *, meet something. An empty path ends that.
func (p *person) meets(path string, m *meeting) {
	p.t.Helper()
	if p.meeting != nil {
		p.meeting()
		p.meeting = nil
		if _, err := chromedp.Call(p.ctx, fetch.Disable, cdp.Empty{}); err != nil {
			p.t.Fatal(err)
		}
	}
	if path == "" {
		return
	}
	ctx, cancel := context.WithCancel(p.ctx)
	p.meeting = cancel
	paused := make(chan *fetch.EventRequestPaused, 100)
	if err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			paused <- e
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		for {
			select {
			case e := <-paused:
				go m.happen(ctx, e)
			case <-ctx.Done():
				return
			}
		}
	}()
	pattern := &fetch.RequestPattern{URLPattern: origin(p.stack.Console) + path}
	if m.after {
		pattern.RequestStage = fetch.RequestStageResponse
	}
	if _, err := chromedp.Call(p.ctx, fetch.Enable,
		fetch.EnableParams{Patterns: []*fetch.RequestPattern{pattern}}); err != nil {
		p.t.Fatal(err)
	}
}

// happen does not report errors: the page may have given the request up.
func (m *meeting) happen(ctx context.Context, e *fetch.EventRequestPaused) {
	select {
	case <-time.After(m.wait):
	case <-ctx.Done():
	}
	switch {
	case m.reason != "":
		_, _ = chromedp.Call(ctx, fetch.FailRequest,
			fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: m.reason})
	case m.status != 0:
		_, _ = chromedp.Call(ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: e.RequestID,
			ResponseCode: m.status, ResponseHeaders: m.header, Body: []byte(m.body)})
	default:
		_, _ = chromedp.Call(ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
	}
}
