package probe

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pollEvery   = 10 * time.Second
	notifiedFor = 2 * time.Minute // how long to wait for a notification
	retryAfter  = 31 * time.Minute
	longWait    = 35 * time.Minute // the shortest --wait that includes a notification's first retry after 30 minutes
)

// refundWords mark the type or status of a notification about a refund.
var refundWords = []string{"REFUND", "VOID"}

// paidSteps are the steps that need a person who pays.
var paidSteps = []step{
	{"pay", "a page, and a person who pays it", needsPayment, "", func(ctx context.Context, r *run) {
		r.paid = r.awaitPayment(ctx, "pay", nil)
	}},
	{"status-paid", "check status of the paid page", needsPayment, "", func(ctx context.Context, r *run) {
		r.paid.amount = r.askStatus(ctx, "status-paid", r.paid.invoice).text("order", "amount")
	}},
	{"notification", "the notification of the payment", needsPayment, "", func(ctx context.Context, r *run) {
		r.await(ctx, "notification", notifiedFor, func() bool { return r.notified(r.paid.invoice) })
	}},
	{"partial-refund", "a refund of half of it", needsPayment, "", func(ctx context.Context, r *run) {
		half := wholeOr(r.paid.amount, r.cfg.Amount) / 2
		if r.post(ctx, "partial-refund", refund, r.id(), refundBody(r.paid, half)).done() {
			r.paid.returned = half
		}
	}},
	{"refund", "a refund of all that is left", needsPayment, "", func(ctx context.Context, r *run) {
		r.post(ctx, "refund", refund, r.id(), refundBody(r.paid, wholeOr(r.paid.amount, r.cfg.Amount)-r.paid.returned))
	}},
	{"repeat-refund", "the same refund again", needsPayment, "refund", func(ctx context.Context, r *run) {
		r.repeat(ctx, "repeat-refund", "refund")
	}},
	{"status-refunded", "check status of the refunded page", needsPayment, "refund", func(ctx context.Context, r *run) {
		r.askStatus(ctx, "status-refunded", r.paid.invoice)
	}},
	{
		"status-refund-id",
		"check status by the refund's Request-Id",
		needsPayment,
		"refund",
		func(ctx context.Context, r *run) {
			r.askStatus(ctx, "status-refund-id", r.seen["refund"].Request.Header.Get("Request-Id"))
		},
	},
	{"refund-notification", "a notification of the refund", needsPayment, "refund", func(ctx context.Context, r *run) {
		r.await(
			ctx,
			"refund-notification",
			notifiedFor,
			func() bool { return r.notified(r.paid.invoice, refundWords...) },
		)
	}},
	{
		"authorize",
		"a page of type AUTHORIZE, and a person who pays it",
		needsAuthorization,
		"",
		func(ctx context.Context, r *run) {
			r.authorized = r.awaitPayment(ctx, "authorize", object{"payment": object{"type": "AUTHORIZE"}})
		},
	},
	{
		"authorized",
		"where the authorisation's id is",
		needsAuthorization,
		"",
		func(ctx context.Context, r *run) { r.findAuthorizeID(ctx) },
	},
	{"capture", "a capture of half of it", needsAuthorization, "authorized", func(ctx context.Context, r *run) {
		r.post(ctx, "capture", capture, r.id(), captureBody(r.authorized.authorizeID, r.cfg.Amount/2))
	}},
	{"repeat-capture", "the same capture again", needsAuthorization, "capture", func(ctx context.Context, r *run) {
		r.repeat(ctx, "repeat-capture", "capture")
	}},
	{
		"status-captured",
		"check status of the captured page",
		needsAuthorization,
		"capture",
		func(ctx context.Context, r *run) {
			r.askStatus(ctx, "status-captured", r.authorized.invoice)
		},
	},
	{
		"second-capture",
		"a capture of the other half under another Request-Id",
		needsAuthorization,
		"capture",
		func(ctx context.Context, r *run) {
			r.post(
				ctx,
				"second-capture",
				capture,
				r.id(),
				captureBody(r.authorized.authorizeID, r.cfg.Amount-r.cfg.Amount/2),
			)
		},
	},
	{
		"capture-notification",
		"a notification of the capture",
		needsAuthorization,
		"capture",
		func(ctx context.Context, r *run) {
			r.await(
				ctx,
				"capture-notification",
				notifiedFor,
				func() bool { return r.notified(r.authorized.invoice, "CAPTURE") },
			)
		},
	},
	{
		"refund-captured",
		"a refund of all that was captured",
		needsAuthorization,
		"capture",
		func(ctx context.Context, r *run) {
			r.refundCaptured(ctx)
		},
	},
}

// awaitPayment asks for a page, prints its URL, and asks check status until a person has paid it.
func (r *run) awaitPayment(ctx context.Context, step string, more object) probePage {
	s := r.requestPage(ctx, step, more)
	page, _ := r.answerOf(step)
	if !strings.HasPrefix(page.pageURL(), "https://") && !strings.HasPrefix(page.pageURL(), "http://") {
		r.withheld[step] = "no page was made: " + page.String()
		return s
	}
	if r.cfg.Inbox != nil && r.cfg.WaitFor >= longWait && step == "pay" {
		r.cfg.Inbox.refuseFirst()
	}
	r.print("\nOpen this page and pay it within %v:\n\n  %s\n", r.cfg.PayWithin, page.pageURL())
	r.print(
		"Test cards: 5573381011111101, 01/28, CVV 123, or 4761349999000039, 12/31, CVV 998. " +
			"Ctrl-C ends with the findings so far.\n",
	)
	for waited := time.Duration(0); waited < r.cfg.PayWithin; waited += pollEvery {
		if r.cfg.Wait(ctx, pollEvery) != nil {
			break
		}
		if a := r.askStatus(ctx, step+" status", s.invoice); moneyTaken(a) {
			s.done = true
			r.print("paid\n")
			return s
		}
	}
	r.withheld[step] = "nobody paid within " + r.cfg.PayWithin.String()
	return s
}

// moneyTaken reports whether check status shows a charged card or reserved money.
func moneyTaken(a answer) bool {
	status := a.word("transaction", "status")
	_, id := authorizeID(a)
	return status == "SUCCESS" || status == "PENDING" && (id != "" || a.text("card_payment", "response_code") == "00")
}

// authorizeID looks for the id in the three documented places.
func authorizeID(a answer) (place, id string) {
	for _, path := range [][]string{{"card_payment", "authorize_id"}, {"authorize_id"}, {"payment", "authorize_id"}} {
		if id := a.text(path...); id != "" {
			return strings.Join(path, "."), id
		}
	}
	return "", ""
}

// findAuthorizeID looks for the id in the notification, if one arrived, and in check status.
func (r *run) findAuthorizeID(ctx context.Context) {
	if r.cfg.Inbox != nil {
		r.await(ctx, "authorized", notifiedFor, func() bool { return r.notified(r.authorized.invoice) })
	}
	a := r.askStatus(ctx, "authorized", r.authorized.invoice)
	for _, n := range r.cfg.Inbox.forInvoice(r.authorized.invoice) {
		if place, id := authorizeID(n.content); id != "" {
			r.authorized.foundIn, r.authorized.authorizeID = place+" of the notification", id
		}
	}
	if place, id := authorizeID(a); id != "" {
		if r.authorized.foundIn != "" {
			r.authorized.foundIn += ", "
		}
		r.authorized.foundIn += place + " of check status"
		r.authorized.authorizeID = id
	}
	if r.authorized.authorizeID == "" {
		delete(r.seen, "authorized")
		r.withheld["authorized"] = "no authorize_id was found: it is in the notification; use --listen"
	}
}

// refundCaptured refunds the captured amount, which is half of the order or all of it.
func (r *run) refundCaptured(ctx context.Context) {
	amount := r.cfg.Amount / 2
	if second, ok := r.answerOf("second-capture"); ok && second.done() {
		amount = r.cfg.Amount
	}
	if first, _ := r.answerOf("capture"); !first.done() {
		r.withheld["refund-captured"] = "nothing was captured"
		return
	}
	r.post(ctx, "refund-captured", refund, r.id(), refundBody(r.authorized, amount))
}

// await waits until there returns true, but not longer than most.
func (r *run) await(ctx context.Context, step string, most time.Duration, there func() bool) {
	if r.cfg.Inbox == nil {
		r.withheld[step] = "it needs --listen, where DOKU's notifications arrive"
		return
	}
	for waited := time.Duration(0); !there() && waited < most; waited += pollEvery {
		if r.cfg.Wait(ctx, pollEvery) != nil {
			r.withheld[step] = "the probe was ended before it"
			return
		}
	}
}

// notified reports whether an invoice has a notification whose type or status contains one of the words. Without words,
// it reports whether there is any notification.
func (r *run) notified(invoice string, words ...string) bool {
	return len(r.notices(invoice, words...)) > 0
}

func (r *run) notices(invoice string, words ...string) []string {
	var found []string
	for _, n := range r.cfg.Inbox.distinct(invoice) {
		kind := n.content.text("transaction", "type") + " " + n.content.text("transaction", "status")
		match := func(word string) bool { return strings.Contains(strings.ToUpper(kind), word) }
		if len(words) == 0 || slices.ContainsFunc(words, match) {
			found = append(found, kind)
		}
	}
	return found
}

func wholeOr(amount string, otherwise int64) int64 {
	whole, _, _ := strings.Cut(amount, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n > 0 {
		return n
	}
	return otherwise
}
