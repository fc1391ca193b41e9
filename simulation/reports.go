package simulation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/order"
)

// draft is the notification that is about to be sent.
type draft struct {
	l *ledger
	n *news
}

// reportFaults lists the faults of notifications: other words for the same money, and reports of other money.
func reportFaults() []fault {
	var all []fault
	add := func(c Class, name string, when func(t draft) bool) {
		f := fault{name: name, class: c, on: notifying}
		if when != nil {
			f.when = func(d *DOKU, _ *dokuRequest) bool { return when(d.w.draft) }
		}
		all = append(all, f)
	}
	ours := func(t draft) bool { return t.n.pay != nil && !t.l.page(t.n.pay.page).elsewhere }
	held := func(t draft) bool { return ours(t) && t.n.authorizeID != "" }
	always := []string{"notification_lost", "notification_days_late", "notification_doubled", "amount_forms",
		"other_case"}
	for _, name := range always {
		add(Notifications, name, nil)
	}
	add(Notifications, "odd_date", func(t draft) bool { return t.n.pay == nil || ours(t) })
	for _, name := range []string{"unknown_word", "unknown_kind", "unnamed_page", "other_code", "card_forms"} {
		add(Notifications, name, ours)
	}
	add(Notifications, "promo_amount", func(t draft) bool {
		return ours(t) && t.n.pay.full > 0 && t.n.pay.amount != t.n.pay.full
	})
	add(Notifications, "declined_code", func(t draft) bool { return t.n.kind == "AUTHORIZE" && t.n.status == "FAILED" })
	add(Notifications, "without_authorize_id", held)
	add(Notifications, "odd_code", held)
	add(Notifications, "moved_elsewhere", ours)
	add(SharedAccount, "other_page", ours)
	add(SharedAccount, "other_channel", ours)
	add(SharedAccount, "other_system", nil)
	add(SharedAccount, "channel_beside", ours)
	return all
}

// disturb changes the form or the time of a notification, or sends others beside it.
func (w *World) disturb(f *fault, l *ledger, n *news, delay time.Duration) (later time.Duration, lost bool) {
	switch f.name {
	case "notification_lost":
		return delay, true
	case "notification_days_late":
		return time.Duration(1+w.dice.IntN(5)) * 24 * time.Hour, false
	case "notification_doubled":
		w.sendBeside(l, *n, delay)
	case "amount_forms":
		n.amountText = w.amountForm(n.amount)
	case "odd_date":
		n.date = w.oddDate(n.at)
	case "other_case":
		n.kind, n.status = w.caseForm(n.kind), w.caseForm(n.status)
	case "moved_before_report":
		delay = 2*time.Hour + time.Duration(w.dice.IntN(3600))*time.Second
		w.clickLater(l, 30*time.Second, pick(w, moveRefund, moveDispute), pick(w, n.amount, n.amount/2))
	case "promo_amount": // the order's amount instead of the lower one that was paid
		n.amount = n.pay.full
	default:
		w.confound(f, l, n, delay)
	}
	return delay, false
}

// confound changes the content of a notification to something that a person may have to look at.
func (w *World) confound(f *fault, l *ledger, n *news, delay time.Duration) {
	invoice := l.invoice
	switch f.name {
	case "unknown_word":
		n.status, n.means = pick(w, "SETTLED", "CONFIRMED", "paid up"), doubtful
		w.allowConflict(invoice, order.ConflictWord)
	case "unknown_kind":
		n.kind, n.status, n.means = pick(w, "PURCHASE", "QUASI_CASH", "sale now"), "SUCCESS", doubtful
		w.allowConflict(invoice, order.ConflictWord)
	case "unnamed_page":
		n.unnamed = true
		w.markVague(invoice)
	case "other_code":
		n.approval = "990000"
		w.allowConflict(invoice, order.ConflictSecondPayment)
	case "card_forms":
		n.card = w.cardForm(n.pay.card)
	case "declined_code":
		n.status, n.code = "PENDING", pick(w, "05", "51", "54", "61", "91")
	case "without_authorize_id":
		n.authorizeID, n.means = "", anything
	case "odd_code":
		n.code = pick(w, "85", "01", "N7")
	case "moved_elsewhere":
		again := *n
		again.kind, again.status, again.means = pick(w, "CHARGEBACK", "chargeback"), "SUCCESS", remarked
		again.id, again.page, again.pay = n.id+"C", n.pay.page, nil
		w.sendBeside(l, again, delay+time.Duration(1+w.dice.IntN(50))*time.Hour)
		w.allowConflict(invoice, order.ConflictWentBack)
	case "other_page":
		n.page = "somebodyelsespage7"
		w.allowConflict(invoice, order.ConflictRequestID)
		w.markVague(invoice)
	case "other_channel":
		n.channel, n.means = "VIRTUAL_ACCOUNT_BCA", doubtful
		w.allowConflict(invoice, order.ConflictChannel)
	case "other_system":
		other := &ledger{invoice: "EXT-" + strconv.Itoa(w.dice.IntN(3))}
		w.sendBeside(other, news{kind: "SALE", status: "SUCCESS", amount: 5000, id: n.id + "X", at: n.at,
			means: anything}, delay)
	case "channel_beside": // another system of the merchant uses the same number
		w.allowConflict(invoice, order.ConflictChannel)
		w.sendBeside(l, news{
			kind: "SALE", status: "SUCCESS", amount: n.amount, id: n.id + "V", at: n.at, page: "va7",
			channel: "VIRTUAL_ACCOUNT_BCA", approval: "770001", means: anything,
		}, delay)
	}
}

// sendBeside sends another notification.
func (w *World) sendBeside(l *ledger, n news, delay time.Duration) {
	w.queue.put(w.now.Add(delay), func() { w.deliver(l, n, w.now, len(retries)) })
}

// amountForm returns an amount in another form of the same number.
func (w *World) amountForm(amount int64) string {
	digits := strconv.FormatInt(amount, 10)
	forms := []string{
		`"` + digits + `"`, digits + ".0", digits + ".00", digits + ".000000", `"` + digits + `.00"`,
		digits + "E+0", digits + "e0",
	}
	for zeros := 1; zeros <= 4; zeros++ {
		significant, ok := strings.CutSuffix(digits, strings.Repeat("0", zeros))
		if !ok {
			break
		}
		n := strconv.Itoa(zeros)
		forms = append(forms, significant+"E+"+n, significant+"e"+n, `"`+significant+`E+`+n+`"`, significant+".0E"+n)
	}
	return forms[w.dice.IntN(len(forms))]
}

// oddDate returns a date that nothing may be counted from: none, local time labelled UTC, far off, or long before.
func (w *World) oddDate(at time.Time) string {
	return pick(w, " ", "yesterday", stampOf(at.Add(7*time.Hour)), stampOf(at.Add(-7*time.Hour)),
		stampOf(at.Add(-30*24*time.Hour)), "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-07:00", "9998-12-31T23:59:59Z",
		"0001-01-01T00:00:00Z", "0000-01-01T00:00:00+07:00", "2001-01-01T00:00:00Z", "2196-01-01T00:00:00Z")
}

func (w *World) caseForm(word string) string {
	if word == "" {
		return ""
	}
	return pick(w, strings.ToLower(word), word[:1]+strings.ToLower(word[1:]), word)
}

// cardForm returns the same card number under another mask.
func (w *World) cardForm(card string) string {
	if len(card) != 16 {
		return card
	}
	first, last := card[:6], card[12:]
	return pick(w, first+"XXXXXX"+last, "************"+last, card[:4]+"********"+last, "**** **** **** "+last,
		first+"****"+last)
}

// allowConflict notes that conflicts of some kinds are justified for an order.
func (w *World) allowConflict(invoice string, kinds ...order.ConflictKind) {
	p := w.planOf(invoice)
	if p == nil {
		return
	}
	for _, kind := range kinds {
		if !slices.Contains(p.reasons, kind) {
			p.reasons = append(p.reasons, kind)
		}
	}
}

// markVague notes that DOKU did not report which page was paid, or reported a wrong one.
func (w *World) markVague(invoice string) {
	if p := w.planOf(invoice); p != nil {
		p.vague = true
	}
}
