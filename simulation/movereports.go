package simulation

import "time"

// report returns DOKU's notification of a move.
func (m move) report() news {
	n := news{kind: m.kind, status: "SUCCESS", amount: m.amount, page: m.page, means: moved, ref: m.ref}
	if m.goesBack() {
		n.block = &money{requestID: m.ref, amount: m.amount, kind: m.kind}
	}
	return n
}

// reportMove notifies kasir of a move, in one of the forms and with one of the faults of such reports.
func (w *World) reportMove(l *ledger, n news) {
	l.lastAt = w.now
	if n.block != nil {
		n.kind, n.status = w.gateway.wordsOfRefund(n)
	}
	if n.block != nil && !w.gateway.blocks {
		n.block = nil
	}
	f := w.strike(reporting, nil)
	if f == nil {
		w.sendNotification(l, n)
		return
	}
	switch f.name {
	case "report_lost":
		return
	case "report_without_block":
		n.block = nil
	case "report_of_order_amount":
		n.amount, n.means = l.latest().amount, anything
	}
	sent := w.sendNotification(l, n)
	switch f.name {
	case "report_doubled":
		w.sendBeside(l, sent, time.Duration(w.dice.IntN(7200))*time.Second)
	case "report_again":
		sent.id += "R"
		w.sendBeside(l, sent, time.Duration(w.dice.IntN(7200))*time.Second)
	case "report_late":
		w.sendBeside(l, sent, time.Duration(1+w.dice.IntN(6))*24*time.Hour)
	}
}

// reportRefund notifies kasir of a refund that it asked for.
func (w *World) reportRefund(l *ledger, requestID string, amount int64, page string) {
	n := news{kind: moveRefund, amount: amount, page: page, means: anything}
	n.block = &money{requestID: requestID, amount: amount, kind: moveRefund}
	n.kind, n.status = w.gateway.wordsOfRefund(n)
	if !w.gateway.blocks {
		n.block = nil
	}
	w.sendNotification(l, n)
}

// wordsOfRefund returns the type and status by which this DOKU reports a refund.
func (d *DOKU) wordsOfRefund(n news) (kind, status string) {
	kind, status = n.kind, "SUCCESS"
	if d.oldWords && n.kind == moveRefund {
		kind = pick(d.w, "PARTIAL_REFUND", "FULL_REFUND", "REFUND")
	}
	if d.oldWords {
		status = "REFUNDED"
		if n.kind == moveVoid {
			status = "VOIDED"
		}
	}
	return kind, status
}
