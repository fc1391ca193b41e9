package probe

import (
	"fmt"
	"net/http"
	"strings"
)

// tally counts the answers of a class by their signature.
type tally struct{ all, unsigned, right, wrong, bare, withDigest, withoutDigest int }

func (t *tally) add(s signature) {
	t.all++
	switch {
	case !s.present:
		t.unsigned++
	case !s.right:
		t.wrong++
	default:
		t.right++
		if s.bare {
			t.bare++
		}
		if s.digest {
			t.withDigest++
		} else {
			t.withoutDigest++
		}
	}
}

// tally counts the answers that in accepts. It leaves out requests that were wrong on purpose, and paths that do not
// exist.
func (r *run) tally(in func(*Exchange) bool) tally {
	var t tally
	for _, x := range r.all {
		if x.Answer != nil && !x.invalid && !x.answer.pathMissing(r.seen["wrong-path"]) && in(x) {
			t.add(x.answer.signed)
		}
	}
	return t
}

func isPost(x *Exchange) bool { return x.Request.Method == http.MethodPost }

func refusal(x *Exchange) bool { return isPost(x) && x.answer.refused() }

func judgeSuccess(r *run) Finding {
	t := r.tally(func(x *Exchange) bool { return isPost(x) && !x.answer.refused() && x.answer.done() })
	return r.judgeClass("DOKU_SIGNATURE_SUCCESS", "answers that confirm a request", t)
}

func judgeGET(r *run) Finding {
	t := r.tally(func(x *Exchange) bool { return !isPost(x) })
	return r.judgeClass("DOKU_SIGNATURE_GET", "answers of check status", t)
}

// judgeErrors judges the signatures of refusals. It also proposes UNSIGNED_REFUSALS, from refused captures and refunds.
func judgeErrors(r *run) Finding {
	f := r.judgeClass("DOKU_SIGNATURE_ERROR", "refusals", r.tally(refusal))
	moving := r.tally(func(x *Exchange) bool { return refusal(x) && (x.endpoint == refund || x.endpoint == capture) })
	if moving.all == 0 {
		return f
	}
	fits := "doubt"
	if moving.right < moving.all {
		fits = "status"
	}
	if now := r.settings.value("UNSIGNED_REFUSALS"); now != fits {
		f.Verdict = Differs
		f.Seen += fmt.Sprintf(
			"; %s are rightly signed",
			count(moving.right, moving.all, "refused captures and refunds"),
		)
		f.Settings = append(f.Settings, Setting{"UNSIGNED_REFUSALS", fits})
	}
	return f
}

// judgeClass compares the signatures of a class of answers with the policy set for it.
func (r *run) judgeClass(setting, what string, t tally) Finding {
	policy := r.settings.value(setting)
	switch {
	case t.all == 0:
		return notAsked("there were no %s", what)
	case t.wrong > 0 && t.right == 0 && policy != ignore:
		return differs(
			count(t.wrong, t.all, what)+" carry a signature that does not match, though the key is right",
			setting+"="+ignore,
		)
	case t.wrong > 0 && policy != ignore:
		return differs(
			count(
				t.wrong,
				t.all,
				what,
			) + " carry a signature that does not match; each is an unknown outcome. Ask again later",
		)
	case t.unsigned > 0 && policy == require:
		return differs(count(t.unsigned, t.all, what)+" carry no signature", setting+"="+whenPresent)
	case t.right > 0 && t.wrong == 0 && policy == ignore:
		return differs(
			count(t.right, t.all, what)+" are rightly signed, and kasir ignores the signatures",
			setting+"="+whenPresent,
		)
	case t.right == t.all && policy == whenPresent:
		return held("%s are rightly signed; %s=%s would be possible", count(t.right, t.all, what), setting, require)
	}
	return held("%s are rightly signed, %d carry no signature", count(t.right, t.all, what), t.unsigned)
}

func judgeDigest(r *run) Finding {
	t := r.tally(func(x *Exchange) bool { return !isPost(x) })
	if t.right == 0 {
		return notAsked("no answer of check status was rightly signed")
	}
	return held("%d are signed with the digest, %d without", t.withDigest, t.withoutDigest)
}

func judgeBare(r *run) Finding {
	t := r.tally(func(*Exchange) bool { return true })
	for _, n := range r.cfg.Inbox.all() {
		t.add(n.content.signed)
	}
	if t.right == 0 {
		return notAsked("nothing was rightly signed")
	}
	return held("%s begin without %s", count(t.bare, t.right, "right signatures"), scheme)
}

// judgeTurnedAway checks that each request with a wrong header was answered with a listed code.
func judgeTurnedAway(r *run) Finding {
	listed := r.settings.list("DOKU_TURNED_AWAY_CODES")
	more, f := []string{}, Finding{Verdict: Held}
	var seen []string
	for _, step := range []string{"wrong-signature", "wrong-client", "old-timestamp", "no-timestamp"} {
		a, ok := r.answerOf(step)
		if !ok {
			continue
		}
		seen = append(seen, step+": "+a.String())
		code := a.code()
		switch {
		case containsCode(listed, code) && a.status >= 400:
		case code != "" && a.status >= 400 && a.status < 500 && !r.refusesWith(code) && !containsCode(more, code):
			f.Verdict, more = Differs, append(more, code)
		case !containsCode(more, code) || code == "":
			f.Verdict = Differs
			seen[len(seen)-1] += " (without a code for it: an unknown outcome)"
		}
	}
	f.Seen = strings.Join(seen, ", ")
	if len(more) > 0 {
		f.Settings = []Setting{{"DOKU_TURNED_AWAY_CODES", strings.Join(append(listed, more...), ",")}}
	}
	return f
}

// refusesWith reports whether DOKU also refused a rightly signed request with a code.
func (r *run) refusesWith(code string) bool {
	for _, x := range r.all {
		if x.Answer != nil && !x.invalid && containsCode([]string{code}, x.answer.code()) {
			return true
		}
	}
	return false
}

func judgeClock(r *run) Finding {
	late, _ := r.answerOf("late-timestamp")
	now, ok := r.answerOf("status-unknown")
	if !ok {
		return notAsked("there is no answer to compare with")
	}
	if late.withoutVariables() == now.withoutVariables() {
		return held("50 minutes are accepted")
	}
	return held("50 minutes are too much: %s", late)
}

func judgeShapes(r *run) Finding {
	found := map[string]int{}
	for _, x := range r.all {
		if x.Answer == nil || x.answer.status < 400 || x.endpoint == "" {
			continue
		}
		p, ok := x.answer.problem()
		switch {
		case ok:
			found[p.shape]++
		case x.answer.doc == nil:
			found["no JSON"]++
		case !x.answer.done() && !x.answer.refused():
			found["another shape"]++
		}
	}
	if len(found) == 0 {
		return notAsked("there was no error")
	}
	seen := joinCounts(found)
	if found["no JSON"]+found["another shape"]+found[shapeMessage]+found[shapeErrorText] > 0 {
		return differs(seen + "; one without a code is an unknown outcome")
	}
	return held("%s", seen)
}
