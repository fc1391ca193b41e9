package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/doku"
)

func judgeUnpaid(r *run) Finding {
	a, _ := r.answerOf("status-unpaid")
	status := a.word("transaction", "status")
	switch {
	case a.status == http.StatusOK && a.text("order", "status") == "ORDER_GENERATED" && status == "":
		return held("HTTP 200 ORDER_GENERATED")
	case a.status == http.StatusOK && a.text("order", "invoice_number") != "" && (status == "" || status == "PENDING"):
		return held("%s", a)
	case a.status == http.StatusOK:
		return differs("a page that nobody paid: " + a.String())
	}
	return r.judgeAbsent(a, "a page that nobody paid")
}

func judgeStatusByID(r *run) Finding {
	var seen []string
	for _, step := range []string{"status-page-id", "status-refund-id"} {
		if a, ok := r.answerOf(step); ok {
			seen = append(seen, fmt.Sprintf("%s: %s", step, a))
		}
	}
	return held("%s", strings.Join(seen, "; "))
}

func judgeStatusAmount(r *run) Finding {
	return r.judgeEitherAmount("status-captured", "check status after a capture of half")
}

func judgeCaptureAnswer(r *run) Finding {
	return r.judgeEitherAmount("capture", "a capture of half")
}

// judgeEitherAmount checks that a step's answer names the order's amount, half of it, or no amount.
func (r *run) judgeEitherAmount(step, what string) Finding {
	a, ok := r.answerOf(step)
	amount := a.text("order", "amount")
	switch n := wholeOr(amount, 0); {
	case !ok || a.refused():
		return notAsked("%s: %s", step, a)
	case n == r.cfg.Amount:
		return held("%s names the order's amount", what)
	case n == r.cfg.Amount/2:
		return held("%s names the captured amount", what)
	case amount == "":
		return held("%s names no amount", what)
	}
	return differs(what + " names " + amount)
}

func judgeRefunded(r *run) Finding {
	a, _ := r.answerOf("status-refunded")
	status := a.word("transaction", "status")
	seen := a.String()
	if kind := a.text("transaction", "type"); kind != "" {
		seen += ", type " + kind
	}
	if a.text("refund", "amount") != "" {
		seen += ", with the refund beside it"
	}
	if slices.Contains([]string{"REFUNDED", "VOIDED", "SUCCESS"}, status) {
		return held("%s", seen)
	}
	return differs(seen)
}

func judgeOriginal(r *run) Finding {
	var seen []string
	other := false
	look := func(where string, a answer) {
		id := a.text("transaction", "original_request_id")
		switch {
		case id == "":
			seen = append(seen, where+": none")
		case id == r.paid.requestID:
			seen = append(seen, where+": that of the create call")
		default:
			seen, other = append(seen, where+": another id"), true
		}
	}
	if a, ok := r.answerOf("status-paid"); ok {
		look("check status", a)
	}
	if all := r.cfg.Inbox.forInvoice(r.paid.invoice); len(all) > 0 {
		look("notification", all[0].content)
	}
	if other && r.settings.value("MATCH_REQUEST_ID") == "require" {
		return differs(strings.Join(seen, ", "), "MATCH_REQUEST_ID=report")
	}
	if other {
		return differs(strings.Join(seen, ", "))
	}
	return held("%s", strings.Join(seen, ", "))
}

var amountNames = [][]string{{"order", "amount"}, {"refund", "amount"}}

func judgeAmounts(r *run) Finding {
	forms, odd := map[string]int{}, ""
	look := func(a answer) {
		for _, path := range amountNames {
			text, form := a.text(path...), "number"
			switch {
			case text == "":
				continue
			case strings.Contains(string(a.body), strconv.Quote(text)):
				form = "text"
			}
			if strings.Contains(text, ".") {
				form += " with decimals"
			}
			if strings.ContainsAny(text, "eE") {
				form += " with an exponent"
			}
			var amount doku.Amount
			if err := amount.UnmarshalJSON([]byte(text)); err != nil || !amount.Valid {
				odd = text
			}
			forms[form]++
		}
	}
	for _, x := range r.all {
		if x.Answer != nil {
			look(x.answer)
		}
	}
	for _, n := range r.cfg.Inbox.all() {
		look(n.content)
	}
	switch {
	case odd != "":
		return differs("an amount is written " + strconv.Quote(odd))
	case len(forms) == 0:
		return notAsked("no answer names an amount")
	}
	return held("%s", joinCounts(forms))
}

func judgeNotified(r *run) Finding {
	all := r.cfg.Inbox.forInvoice(r.paid.invoice)
	if r.cfg.Inbox == nil {
		return notAsked("it needs --listen, where DOKU's notifications arrive")
	}
	if len(all) == 0 {
		return differs(
			fmt.Sprintf(
				"none arrived within %v: check the notification URL in DOKU's Back Office and the way to --listen",
				notifiedFor,
			),
		)
	}
	s, target := all[0].content.signed, r.settings.value("NOTIFICATION_TARGET")
	switch {
	case !s.right:
		return differs("it arrived and is " + s.String() + ": kasir verify shows why")
	case s.target != target:
		return differs("it is signed for "+s.target, "NOTIFICATION_TARGET="+s.target)
	}
	return held("%s, for %s", s, s.target)
}

func judgeNotificationIDs(r *run) Finding {
	all := r.cfg.Inbox.forInvoice(r.paid.invoice)
	if len(all) == 0 {
		return notAsked("no notification arrived")
	}
	id := all[0].requestID
	bad := strings.IndexFunc(id, func(c rune) bool { return c <= ' ' || c > '~' || c == ',' }) >= 0
	if len(id) > 256 || id == "" || bad {
		return differs(fmt.Sprintf("%d characters, or some that kasir does not take", len(id)))
	}
	return held("%d characters", len(id))
}

// judgeAge compares the timestamp of a notification's retry with that of the first attempt.
func judgeAge(r *run) Finding {
	all := r.cfg.Inbox.forInvoice(r.paid.invoice)
	for _, n := range all {
		for _, retry := range all {
			if retry == n || retry.requestID != n.requestID || !retry.At.After(n.At) || n.Status == http.StatusOK {
				continue
			}
			first, _ := time.Parse(timestamps, n.stamp)
			second, _ := time.Parse(timestamps, retry.stamp)
			if !second.Equal(first) {
				return held("a retry carries a timestamp of its own")
			}
			if limit := r.settings.duration("NOTIFICATION_MAX_AGE"); limit > 0 && limit < 13*time.Hour {
				return differs(
					"a retry carries the first timestamp, and the last one comes 12 hours later",
					"NOTIFICATION_MAX_AGE=13h",
				)
			}
			return held("a retry carries the first timestamp")
		}
	}
	return notAsked("no retry arrived")
}

const timestamps = "2006-01-02T15:04:05Z"

func judgeRefundNotified(r *run) Finding { return r.judgeNotices(r.paid.invoice, refundWords...) }

func judgeCaptureNotified(r *run) Finding { return r.judgeNotices(r.authorized.invoice, "CAPTURE") }

func (r *run) judgeNotices(invoice string, words ...string) Finding {
	if found := r.notices(invoice, words...); len(found) > 0 {
		return held("notified: %s", strings.Join(found, ", "))
	}
	return held("none arrived within %v", notifiedFor)
}

func judgeAuthorized(r *run) Finding {
	a, _ := r.answerOf("authorized")
	kind, status := a.text("transaction", "type"), a.text("transaction", "status")
	seen := "check status: " + kind + " " + status
	if found := r.notices(r.authorized.invoice); len(found) > 0 {
		seen += "; notified: " + strings.Join(found, ", ")
	}
	if strings.EqualFold(kind, "AUTHORIZE") &&
		slices.Contains([]string{"PENDING", "SUCCESS"}, strings.ToUpper(status)) {
		return held("%s", seen)
	}
	return differs(seen)
}

func judgeAuthorizeID(r *run) Finding { return held("%s", r.authorized.foundIn) }

func judgeRefundRefusal(r *run) Finding {
	a, _ := r.answerOf("refund-unpaid")
	switch {
	case a.refused():
		return held("%s%s, %s", a, messageOf(a), a.signed)
	case a.pathMissing(r.seen["wrong-path"]):
		return notAsked("the path of refunds does not exist, see A-PATHS")
	}
	return differs("a refund of an unpaid page: " + a.String() + messageOf(a) + ", " + a.signed.String())
}

func judgeRefundType(r *run) Finding {
	a, _ := r.answerOf("refund")
	kind, status := a.text("refund", "type"), a.text("refund", "status")
	types := []string{"VOID", "FULL_REFUND", "PARTIAL_REFUND", "MANUAL_FULL_REFUND", "MANUAL_PARTIAL_REFUND"}
	switch {
	case a.refused():
		return notAsked("the refund was refused: %s%s", a, messageOf(a))
	case strings.ToUpper(status) == "PENDING":
		return differs("the refund is PENDING, an unknown outcome: " + kind)
	case slices.Contains(types, strings.ToUpper(kind)):
		return held("%s %s", kind, status)
	}
	return differs("the refund's type is " + strconv.Quote(kind) + ": " + a.String())
}

func judgeCaptureAmount(r *run) Finding {
	if a, ok := r.answerOf("capture"); ok {
		if a.done() {
			return held("a number is accepted")
		}
		return differs("a capture with a number: " + a.String() + messageOf(a))
	}
	a, _ := r.answerOf("capture-unknown")
	if strings.Contains(messageOf(a), "capture_amount") {
		return differs("a capture with a number: " + a.String() + messageOf(a))
	}
	return notAsked("an unknown authorisation was refused for another reason: %s", a)
}

func judgeSeveralCaptures(r *run) Finding {
	a, _ := r.answerOf("second-capture")
	if a.done() {
		return held("a second capture is done; kasir never sends one")
	}
	return held("a second capture is refused: %s%s", a, messageOf(a))
}
