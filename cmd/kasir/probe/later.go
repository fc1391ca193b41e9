package probe

import (
	"context"
	"fmt"
	"time"
)

// laterSteps are the steps that wait first.
var laterSteps = []step{
	{
		"memory",
		"pages repeated after a quarter, half and all of --wait",
		needsWait,
		"",
		func(ctx context.Context, r *run) {
			r.repeatLater(ctx)
		},
	},
	{"repeat-refund-later", "the refund again, after --wait", needsWait, "refund", func(ctx context.Context, r *run) {
		if first, _ := r.answerOf("refund"); !first.done() {
			r.withheld["repeat-refund-later"] = "the refund was refused"
			return
		}
		if r.waitUntil(ctx, "repeat-refund-later", r.cfg.WaitFor) {
			r.repeat(ctx, "repeat-refund-later", "refund")
		}
	}},
	{
		"notification-retry",
		"the retry of the notification that was refused",
		needsWait,
		"",
		func(ctx context.Context, r *run) {
			r.awaitRetry(ctx)
		},
	},
}

// memoryResult records whether DOKU knew a Request-Id after a time.
type memoryResult struct {
	after time.Duration
	how   string // a verdict of recall
	seen  string // the answer
}

// Verdicts of recall.
const (
	knew    = "remembered"
	forgot  = "forgotten"
	unclear = "unclear"
)

// repeatLater makes a page for each moment and repeats each once, because a repeat may renew the memory of its
// Request-Id.
func (r *run) repeatLater(ctx context.Context) {
	moments := []time.Duration{r.cfg.WaitFor / 4, r.cfg.WaitFor / 2, r.cfg.WaitFor}
	for _, after := range moments {
		name := fmt.Sprint("memory first ", after)
		if page := r.requestPage(ctx, name, nil); page.invoice == "" || r.seen[name] == nil {
			r.withheld["memory"] = "no page was made"
			return
		}
	}
	r.print("\nwaiting   %v, to see how long DOKU remembers; Ctrl-C ends with the findings so far", r.cfg.WaitFor)
	for _, after := range moments {
		if !r.waitUntil(ctx, "memory", after) {
			return
		}
		r.open(ctx, fmt.Sprint("open-page after ", after), after)
		name, first := fmt.Sprint("memory after ", after), fmt.Sprint("memory first ", after)
		r.repeat(ctx, name, first)
		x := r.seen[name]
		if x == nil {
			continue
		}
		r.seen["memory"] = x
		how := recall(r.seen[first].answer, x.answer)
		r.memory = append(r.memory, memoryResult{after, how, x.answer.String()})
		r.print("          after %v: %s", after, how)
	}
}

// waitUntil waits until the given part of --wait is over. It returns false if the probe was ended before.
func (r *run) waitUntil(ctx context.Context, step string, passed time.Duration) bool {
	if passed > r.waited && r.cfg.Wait(ctx, passed-r.waited) != nil {
		r.withheld[step] = "the probe was ended before it"
		return false
	}
	r.waited = max(r.waited, passed)
	return true
}

// recall reports whether DOKU knew a repeated request. If the repeat made another page, DOKU had forgotten the first.
func recall(first, again answer) string {
	switch {
	case again.replay(first) || first.pageURL() != "" && again.pageURL() == first.pageURL():
		return knew
	case containsCode([]string{"idempotent_request"}, again.code()):
		return knew
	case again.pageURL() != "" && first.pageURL() != "":
		return forgot
	}
	return unclear
}

// awaitRetry waits for a second attempt at a notification whose first attempt was answered 503.
func (r *run) awaitRetry(ctx context.Context) {
	const step = "notification-retry"
	switch {
	case r.cfg.Inbox == nil || !r.paid.done:
		r.withheld[step] = "it needs --pay and --listen"
		return
	case r.cfg.WaitFor < longWait:
		r.withheld[step] = "it needs a --wait of 35m or more, since DOKU repeats after 30 minutes"
		return
	}
	firsts := len(r.cfg.Inbox.distinct(r.paid.invoice))
	r.await(ctx, step, retryAfter, func() bool { return len(r.cfg.Inbox.forInvoice(r.paid.invoice)) > firsts })
	r.cfg.Inbox.acceptAll()
}
