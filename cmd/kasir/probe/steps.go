package probe

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// need names the condition of a step, apart from credentials.
type need int

const (
	needsNothing       need = iota // nothing; the step is taken in production too
	needsSandbox                   // DOKU's sandbox, for pages that nobody pays and requests that are refused
	needsPayment                   // a person who pays
	needsAuthorization             // a person who pays a page of type AUTHORIZE
	needsWait                      // --wait
)

// step is one question to DOKU.
type step struct {
	name, does string
	needs      need
	after      string // name of a step that must have an answer first
	take       func(context.Context, *run)
}

// steps holds all steps, in order. init fills it, because some steps refer to it.
var steps []step

func init() {
	steps = append(steps, harmlessSteps...)
	steps = append(steps, paidSteps...)
	steps = append(steps, laterSteps...)
}

func stepNamed(name string) *step {
	for i := range steps {
		if steps[i].name == name {
			return &steps[i]
		}
	}
	return nil
}

func stepNames() []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

var harmlessSteps = []step{
	{
		"wrong-path",
		"a path beside check status that cannot exist",
		needsNothing,
		"",
		func(ctx context.Context, r *run) { r.askWrongPath(ctx) },
	},
	{
		"status-unknown",
		"check status of an invoice number that does not exist",
		needsNothing,
		"",
		func(ctx context.Context, r *run) {
			r.askStatus(ctx, "status-unknown", r.invoice())
		},
	},
	{
		"late-timestamp",
		"the same, with a timestamp 50 minutes old",
		needsNothing,
		"",
		func(ctx context.Context, r *run) {
			c := r.statusCall("late-timestamp", r.invoice())
			c.stamp, c.invalid = r.cfg.Now().Add(-50*time.Minute), true
			r.send(ctx, c)
		},
	},
	{
		"list-tokens",
		"the saved cards of a customer who has none",
		needsNothing,
		"",
		func(ctx context.Context, r *run) { r.askTokens(ctx) },
	},
	{"page", "a page that nobody pays", needsSandbox, "", func(ctx context.Context, r *run) {
		r.page = r.requestPage(ctx, "page", nil)
	}},
	{"open-page", "the page itself, as a browser opens it", needsSandbox, "page", func(ctx context.Context, r *run) {
		r.open(ctx, "open-page", 0)
	}},
	{"repeat-page", "the same request again", needsSandbox, "page", func(ctx context.Context, r *run) {
		r.repeat(ctx, "repeat-page", "page")
	}},
	{"other-body", "another amount under the same Request-Id", needsSandbox, "page", func(ctx context.Context, r *run) {
		body := r.pageBody(r.page.invoice, r.cfg.Amount+1, nil)
		r.post(ctx, "other-body", createPage, r.page.requestID, body)
	}},
	{
		"two-at-once",
		"one request sent twice at the same moment",
		needsSandbox,
		"",
		func(ctx context.Context, r *run) { r.askTwiceAtOnce(ctx) },
	},
	{
		"samples",
		"a page with AUTHORIZE, booleans, a phone with a plus, empty colours, a session_id",
		needsSandbox,
		"",
		func(ctx context.Context, r *run) { r.askSamples(ctx) },
	},
	{"status-unpaid", "check status of the page", needsSandbox, "page", func(ctx context.Context, r *run) {
		r.askStatus(ctx, "status-unpaid", r.page.invoice)
	}},
	{
		"status-page-id",
		"check status by the page's Request-Id",
		needsSandbox,
		"page",
		func(ctx context.Context, r *run) {
			r.askStatus(ctx, "status-page-id", r.page.requestID)
		},
	},
	{
		"refund-unpaid",
		"a refund of the page, which DOKU must refuse",
		needsSandbox,
		"page",
		func(ctx context.Context, r *run) {
			r.post(ctx, "refund-unpaid", refund, r.id(), refundBody(r.page, r.cfg.Amount))
		},
	},
	{"repeat-refund-unpaid", "the same refund again", needsSandbox, "refund-unpaid", func(ctx context.Context, r *run) {
		r.repeat(ctx, "repeat-refund-unpaid", "refund-unpaid")
	}},
	{
		"capture-unknown",
		"a capture of an authorisation that does not exist",
		needsSandbox,
		"",
		func(ctx context.Context, r *run) {
			r.post(ctx, "capture-unknown", capture, r.id(), captureBody(r.id()[:20], r.cfg.Amount))
		},
	},
	{
		"delete-token",
		"the deletion of a saved card that does not exist",
		needsSandbox,
		"",
		func(ctx context.Context, r *run) { r.askDeletion(ctx) },
	},
	{
		"wrong-signature",
		"a refund of the page with a wrong signature",
		needsSandbox,
		"page",
		func(ctx context.Context, r *run) {
			r.askWithWrongHeader(ctx, "wrong-signature", func(c *call) { c.key = "SK-kasir-probe-wrong" })
		},
	},
	{
		"wrong-client",
		"the same with a Client-Id that does not exist",
		needsSandbox,
		"page",
		func(ctx context.Context, r *run) {
			r.askWithWrongHeader(ctx, "wrong-client", func(c *call) { c.clientID = "MCH-0000-KASIR-PROBE" })
		},
	},
	{
		"old-timestamp",
		"the same with a timestamp two hours old",
		needsSandbox,
		"page",
		func(ctx context.Context, r *run) {
			r.askWithWrongHeader(ctx, "old-timestamp", func(c *call) { c.stamp = r.cfg.Now().Add(-2 * time.Hour) })
		},
	},
	{"no-timestamp", "the same without a timestamp", needsSandbox, "page", func(ctx context.Context, r *run) {
		r.askWithWrongHeader(ctx, "no-timestamp", func(c *call) { c.without = "Request-Timestamp" })
	}},
}

func (r *run) invoice() string { return "KASIR-PROBE-" + strings.ToUpper(r.id()[:12]) }

// askWrongPath asks a path that cannot exist. Other answers are compared with its answer.
func (r *run) askWrongPath(ctx context.Context) {
	path := r.paths[checkStatus]
	path = path[:strings.LastIndex(path, "/")] + "/kasir-probe/" + r.invoice()
	r.send(ctx, call{step: "wrong-path", method: http.MethodGet, path: path, requestID: r.id(), invalid: true})
}

func (r *run) statusCall(step, id string) call {
	return call{
		step: step, method: http.MethodGet, path: r.paths[checkStatus] + "/" + id, requestID: r.id(),
		endpoint: checkStatus,
	}
}

// askStatus asks check status. If its path does not exist, it tries the other known paths and keeps the one that
// exists.
func (r *run) askStatus(ctx context.Context, step, id string) answer {
	x := r.send(ctx, r.statusCall(step, id))
	return r.tryOtherPaths(x, func(path string) *Exchange {
		c := r.statusCall(step, id)
		c.path = path + "/" + id
		return r.send(ctx, c)
	})
}

// post sends a body to an endpoint. It tries other paths as askStatus does.
func (r *run) post(ctx context.Context, step string, e endpoint, requestID string, body any) answer {
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(err) // all bodies are maps of strings and numbers
	}
	c := call{step: step, method: http.MethodPost, path: r.paths[e], requestID: requestID, endpoint: e, body: encoded}
	return r.tryOtherPaths(r.send(ctx, c), func(path string) *Exchange {
		c.path = path
		return r.send(ctx, c)
	})
}

// tryOtherPaths tries an endpoint's other known paths if the path of x does not exist.
func (r *run) tryOtherPaths(x *Exchange, again func(path string) *Exchange) answer {
	if x.Answer == nil || !x.answer.pathMissing(r.seen["wrong-path"]) {
		return x.answer
	}
	for _, path := range knownPaths[x.endpoint] {
		if path == r.paths[x.endpoint] {
			continue
		}
		if other := again(path); other.Answer != nil && !other.answer.pathMissing(r.seen["wrong-path"]) {
			r.paths[x.endpoint] = path
			return other.answer
		}
	}
	r.seen[x.Step] = x
	return x.answer
}

// repeat sends the request of an earlier step again, byte for byte, with a fresh timestamp.
func (r *run) repeat(ctx context.Context, step, of string) {
	first := r.seen[of]
	if first == nil {
		r.withheld[step] = "there is no answer to " + of
		return
	}
	r.send(ctx, call{
		step: step, method: http.MethodPost, path: first.Request.Path,
		requestID: first.Request.Header.Get("Request-Id"),
		endpoint:  first.endpoint, body: first.sent,
	})
}

// askWithWrongHeader sends a refund of the unpaid page with a wrong header, which change makes.
func (r *run) askWithWrongHeader(ctx context.Context, step string, change func(*call)) {
	body, _ := json.Marshal(refundBody(r.page, r.cfg.Amount))
	c := call{
		step:      step,
		method:    http.MethodPost,
		path:      r.paths[refund],
		requestID: r.id(),
		endpoint:  refund,
		body:      body,
		invalid:   true,
	}
	change(&c)
	r.send(ctx, c)
}
