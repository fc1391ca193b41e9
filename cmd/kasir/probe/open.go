package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// pageOpening is the HTTP status of a page that was opened after a time.
type pageOpening struct {
	after  time.Duration
	status int
}

// open opens the page that nobody pays. It keeps the status, but not the body, which is HTML for people.
func (r *run) open(ctx context.Context, step string, after time.Duration) {
	page, _ := r.answerOf("page")
	address, err := url.Parse(page.pageURL())
	if err != nil || address.Scheme != "https" && !strings.HasPrefix(r.cfg.BaseURL, "http://") || address.Host == "" {
		r.withheld[step] = "there is no page to open"
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		r.withheld[step] = "there is no page to open"
		return
	}
	x := &Exchange{Step: step, At: r.cfg.Now().UTC(), invalid: true}
	x.Request = Message{Method: http.MethodGet, Path: address.Host + address.EscapedPath()}
	response, err := r.http.Do(request)
	if err != nil {
		x.Error = r.redactor("").text(err.Error())
		r.keep(x)
		return
	}
	response.Body.Close()
	x.answer = answer{status: response.StatusCode, header: response.Header}
	received := Message{Status: response.StatusCode, Header: response.Header, Body: redacted}
	x.Answer = new(r.redactor("").message(received))
	x.MS = r.cfg.Now().UTC().Sub(x.At).Milliseconds()
	r.keep(x)
	r.openings = append(r.openings, pageOpening{after, response.StatusCode})
}

// judgeLifetime finds the first moment at which the page's status had changed.
func judgeLifetime(r *run) Finding {
	if len(r.openings) < 2 {
		return notAsked("it needs --wait: the page is opened again after it")
	}
	first, lifetime := r.openings[0], r.settings.duration("PAGE_LIFETIME")
	for _, o := range r.openings[1:] {
		if o.status == first.status {
			continue
		}
		seen := fmt.Sprintf("HTTP %d at first, %d after %v", first.status, o.status, o.after)
		if o.after < lifetime {
			return differs(seen, "PAGE_LIFETIME="+short(o.after))
		}
		return held("%s", seen)
	}
	last := r.openings[len(r.openings)-1]
	return held("after %v it opens as at first; the page itself shows whether it takes a card", last.after)
}
