package probe

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"kasir/shared/doku"
)

func judgePageMade(r *run) Finding {
	page, _ := r.answerOf("page")
	if page.pageURL() == "" {
		return differs("no page was made: " + page.String() + messageOf(page))
	}
	x := r.seen["page"]
	return held("a page was made for %s under Request-Id %s", r.page.invoice, x.Request.Header.Get("Request-Id"))
}

// messageOf returns the message in an answer, masked and cut.
func messageOf(a answer) string {
	p, _ := a.problem()
	message := cmp.Or(p.message, a.text("refund", "message"), a.text("payment", "response_message"))
	if message == "" {
		return ""
	}
	text := []rune(doku.Scrub(strings.TrimSpace(message)))
	return ", " + string(text[:min(len(text), 160)])
}

// judgeRepeat judges the requests that were repeated at once.
func judgeRepeat(r *run) Finding {
	f := Finding{Verdict: Held}
	var seen []string
	for _, pair := range [][2]string{
		{"page", "repeat-page"}, {"refund", "repeat-refund"}, {"capture", "repeat-capture"},
	} {
		first, ok := r.answerOf(pair[0])
		again, repeated := r.answerOf(pair[1])
		if !ok || !repeated || !first.done() {
			continue
		}
		how := "refused, so check status must decide"
		switch {
		case again.replay(first) || first.pageURL() != "" && first.pageURL() == again.pageURL():
			how = "the first answer again"
		case containsCode([]string{"idempotent_request"}, again.code()):
			how = "known, but without the first answer, so check status must decide"
		case again.done():
			f = differs("", "TRUST_WINDOW=0s")
			how = "done once more"
		}
		seen = append(seen, fmt.Sprintf("%s: %s, %s", pair[0], again, how))
	}
	if len(seen) == 0 {
		return notAsked("the first request was not done")
	}
	f.Seen = strings.Join(seen, "; ")
	return f
}

// judgeMemory proposes the longest time after which a Request-Id was still known.
func judgeMemory(r *run) Finding {
	all := r.memory
	if first, ok := r.answerOf("page"); ok {
		if again, ok := r.answerOf("repeat-page"); ok {
			all = append([]memoryResult{{0, recall(first, again), again.String()}}, all...)
		}
	}
	if f, ok := r.judgeLaterRefund(); ok {
		all = append(all, f)
	}
	longest, forgotten := time.Duration(-1), time.Duration(-1)
	var seen []string
	for _, m := range all {
		seen = append(seen, fmt.Sprintf("after %v %s (%s)", m.after, m.how, m.seen))
		switch {
		case m.how == forgot && (forgotten < 0 || m.after < forgotten):
			forgotten = m.after
		case m.how == knew && forgotten < 0:
			longest = m.after
		}
	}
	window, text := r.settings.duration("TRUST_WINDOW"), strings.Join(seen, "; ")
	switch {
	case len(seen) == 0:
		return notAsked("nothing was repeated")
	case forgotten >= 0 && window > max(longest, 0):
		fits := max(longest, 0)
		if fits <= r.settings.duration("RESEND_AFTER") {
			fits = 0
		}
		return differs(text, "TRUST_WINDOW="+short(fits))
	case forgotten >= 0 || longest >= window:
		return held("%s", text)
	}
	return notAsked("%s. TRUST_WINDOW is %s: repeat with --wait %[2]s", text, short(window))
}

// judgeLaterRefund reports whether DOKU still knew the refund that was repeated after --wait. It returns false if no
// refund was repeated.
func (r *run) judgeLaterRefund() (memoryResult, bool) {
	first, _ := r.answerOf("refund")
	again, ok := r.answerOf("repeat-refund-later")
	if !ok {
		return memoryResult{}, false
	}
	at, _ := r.answerOf("repeat-refund")
	m := memoryResult{r.cfg.WaitFor, recall(first, again), "refund: " + again.String()}
	if m.how == unclear && at.replay(first) { // DOKU knew it at once, and no longer knows it
		m.how = forgot
	}
	return m, true
}

// short returns a duration in the form of a setting.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func judgeTwiceAtOnce(r *run) Finding {
	one, _ := r.answerOf("two-at-once")
	two, ok := r.answerOf("two-at-once second")
	switch {
	case !ok:
		return notAsked("one of the two had no answer")
	case one.pageURL() != "" && one.pageURL() == two.pageURL():
		return held("both answers name one page: HTTP %d and %d", one.status, two.status)
	case one.pageURL() != "" && two.pageURL() != "":
		return held(
			"both were done: RESEND_AFTER (%s) must not be shorter than DOKU can take",
			r.settings.value("RESEND_AFTER"),
		)
	}
	return held("%s and %s", one, two)
}

func judgeOtherBody(r *run) Finding {
	first, _ := r.answerOf("page")
	other, _ := r.answerOf("other-body")
	switch {
	case other.replay(first) || first.pageURL() != "" && first.pageURL() == other.pageURL():
		return held("the first answer again: %s", other)
	case other.pageURL() != "":
		return held("another page: %s", other)
	}
	return held("%s%s", other, messageOf(other))
}

func judgeRefusedRepeat(r *run) Finding {
	first, _ := r.answerOf("refund-unpaid")
	again, _ := r.answerOf("repeat-refund-unpaid")
	switch {
	case again.status == 409 && again.replay(first):
		return held("it is remembered: HTTP 409 with the first answer")
	case again.status == first.status && again.withoutVariables() == first.withoutVariables():
		return held("it is judged again, or remembered with its status: %s", again)
	}
	return held("first %s, then %s", first, again)
}

// judgeSamples judges the answer to the page of askSamples.
func judgeSamples(r *run) Finding {
	a, _ := r.answerOf("samples")
	if a.pageURL() != "" {
		return held("a page with all of it was made")
	}
	return differs("a page with all of it was refused: " + a.String() + messageOf(a))
}

func judgePageURL(r *run) Finding {
	a, _ := r.answerOf("page")
	raw := a.pageURL()
	scheme, rest, _ := strings.Cut(raw, "://")
	host, _, _ := strings.Cut(rest, "/")
	switch {
	case raw == "":
		return notAsked("no page was made")
	case scheme != "https" && strings.HasPrefix(r.cfg.BaseURL, "https"):
		return differs("the page is not https: " + scheme + "://" + host)
	}
	return held("%s://%s", scheme, host)
}

func judgeTokens(r *run) Finding {
	var seen []string
	for _, step := range []string{"list-tokens", "delete-token"} {
		a, ok := r.answerOf(step)
		switch {
		case !ok:
		case a.pathMissing(r.seen["wrong-path"]):
			return differs(r.seen[step].Request.Path + " does not exist, see A-PATHS")
		default:
			seen = append(seen, fmt.Sprintf("%s: %s%s", step, a, messageOf(a)))
		}
	}
	return held("%s", strings.Join(seen, "; "))
}
