package probe

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

func joinCounts(found map[string]int) string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(found)) {
		all = append(all, fmt.Sprintf("%s (%d)", what, found[what]))
	}
	return strings.Join(all, ", ")
}

// notFoundCodes returns the codes that DOKU_NOT_FOUND_CODES should hold: the current ones and the codes of unknown
// orders, without the code of a path that does not exist.
func (r *run) notFoundCodes() []string {
	codes := r.settings.list("DOKU_NOT_FOUND_CODES")
	wrong, _ := r.answerOf("wrong-path")
	for _, step := range []string{"status-unknown", "status-unpaid"} {
		a, ok := r.answerOf(step)
		if code := a.code(); ok && a.status == http.StatusNotFound && code != "" && !containsCode(codes, code) &&
			!a.pathMissing(r.seen["wrong-path"]) {
			codes = append(codes, code)
		}
	}
	unknown, _ := r.answerOf("status-unknown")
	if code := wrong.code(); code != "" && !strings.EqualFold(code, unknown.code()) {
		codes = slices.DeleteFunc(codes, func(c string) bool { return strings.EqualFold(c, code) })
	}
	return codes
}

func (r *run) notFoundSetting() string {
	return "DOKU_NOT_FOUND_CODES=" + strings.Join(r.notFoundCodes(), ",")
}

func judgeNotFound(r *run) Finding {
	a, _ := r.answerOf("status-unknown")
	return r.judgeAbsent(a, "an unknown order")
}

// judgeAbsent judges an answer of check status about an order without a payment.
func (r *run) judgeAbsent(a answer, what string) Finding {
	listed := containsCode(r.settings.list("DOKU_NOT_FOUND_CODES"), a.code())
	switch {
	case a.pathMissing(r.seen["wrong-path"]):
		return notAsked("the path of check status does not exist, see A-PATHS")
	case a.status == http.StatusNotFound && listed:
		return held("%s: %s", what, a)
	case a.status == http.StatusNotFound && a.code() != "":
		return differs(fmt.Sprintf("%s: %s, a code that is not listed", what, a), r.notFoundSetting())
	}
	return differs(fmt.Sprintf("%s: %s; kasir does not count that as an answer, and asks again", what, a))
}

func judgeWrongPath(r *run) Finding {
	wrong, _ := r.answerOf("wrong-path")
	unknown, ok := r.answerOf("status-unknown")
	switch {
	case ok && wrong.withoutVariables() == unknown.withoutVariables():
		return differs(
			wrong.String() + ", the same as for an unknown order: " +
				"the path of check status is wrong, or DOKU answers both alike",
		)
	case wrong.status == http.StatusNotFound && containsCode(r.settings.list("DOKU_NOT_FOUND_CODES"), wrong.code()):
		return differs(
			wrong.String()+": that code is listed, and would make a paid order unpaid when the path is wrong",
			r.notFoundSetting(),
		)
	}
	p, _ := wrong.problem()
	if strings.Contains(p.message, "No static resource") {
		return held("%s: No static resource", wrong)
	}
	return held("%s", wrong)
}

func judgePaths(r *run) Finding {
	now := r.settings.paths()
	var good, bad, follow []string
	for _, e := range []endpoint{createPage, capture, refund, deleteToken, listTokens, checkStatus} {
		x := r.firstOf(e)
		switch {
		case x == nil:
			continue
		case !x.answer.pathMissing(r.seen["wrong-path"]):
			good = append(good, x.Request.Path)
			continue
		}
		bad = append(bad, fmt.Sprintf("%s does not exist (%s)", now[e], x.answer))
		if r.paths[e] != now[e] {
			follow = append(follow, string(e)+"="+r.paths[e])
		}
	}
	if len(bad) > 0 {
		return differs(strings.Join(bad, "; "), follow...)
	}
	return held("%d paths answer: %s", len(good), pathsOnly(good))
}

// firstOf returns the first exchange with an endpoint. Its path is the configured one.
func (r *run) firstOf(e endpoint) *Exchange {
	for _, x := range r.all {
		if x.endpoint == e && x.Answer != nil && !x.invalid {
			return x
		}
	}
	return nil
}

func pathsOnly(paths []string) string {
	for i, path := range paths {
		if before, _, found := strings.Cut(path, "/KASIR-PROBE-"); found {
			paths[i] = before
		}
	}
	return strings.Join(paths, ", ")
}

func judgeSpeed(r *run) Finding {
	var slowest *Exchange
	for _, x := range r.all {
		if slowest == nil || x.MS > slowest.MS {
			slowest = x
		}
	}
	took := time.Duration(slowest.MS) * time.Millisecond
	seen := fmt.Sprintf("the slowest of %d answers took %v (%s)", len(r.all), max(took, time.Millisecond), slowest.Step)
	limit := r.settings.duration("DOKU_TIMEOUT")
	switch most := 20 * time.Second; {
	case took < limit:
		return held("%s", seen)
	case limit < most && took < most:
		return differs(seen, "DOKU_TIMEOUT=20s")
	}
	return differs(seen + ": calls that take as long are unknown outcomes")
}
