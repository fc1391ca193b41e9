package payment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// moneyBack returns the facts of a report about money that left the merchant: a refund, a void or a chargeback. A
// report with the type of a refund is about one movement. A report with the status REFUNDED or VOIDED is DOKU's
// statement about the payment as a whole.
func (r report) moneyBack() (order.Facts, bool) {
	disputed := chargeback(r.Type) || chargeback(r.Status)
	whole := r.Status == "REFUNDED" || r.Status == "VOIDED"
	switch {
	case r.failedBack():
		return r.undone()
	case disputed && r.Status == "PENDING":
		return r.remark(r.amount), r.o.Invoice != ""
	case disputed:
		kind := order.MovedChargeback
		if reversed(r.Type) || reversed(r.Status) {
			kind = order.MovedReversal
		}
		return r.ofKnownPayment(r.movement(kind, r.amount)), true
	case whole && (r.fromStatus || !backTypes[r.Type]):
		return r.statement(), true
	case whole || r.Status == "SUCCESS":
		kind := order.MovedRefund
		if voids[r.Type] || r.Status == "VOIDED" {
			kind = order.MovedVoid
		}
		return r.ofKnownPayment(r.refunded(kind, r.amount)), true
	}
	return order.Facts{}, false
}

// ofKnownPayment adds a conflict if no payment is known that could have gone back. An authorisation can be voided.
func (r report) ofKnownPayment(news order.Facts) order.Facts {
	void := news.Movements[0].Kind == order.MovedVoid && r.o.Facts.Authorized != nil
	if r.o.Invoice == "" || r.o.Captured() > 0 || void {
		return news
	}
	word := r.Status
	if backTypes[r.Type] || chargeback(r.Type) {
		word = r.Type
	}
	detail := "DOKU reported " + safeWord(word) + " of a payment that is not known here"
	news.Conflicts = []order.Conflict{order.NewConflict(order.ConflictWentBack, detail, detail, r.paidBefore())}
	return news
}

// paidBefore returns the payment that a report about its end describes too. A person may decide that it counts. DOKU
// gives the type and the amount of the movement in place of the payment's.
func (r report) paidBefore() order.Facts {
	atOnce := r.o.Facts.Authorized == nil && (r.o.Plan.Type != string(doku.Authorize) || r.o.Plan.AutoCapture)
	switch {
	case atOnce && !r.o.AcceptsAmount(r.amount):
		r.amount = r.o.Amount
		return r.payment()
	case atOnce:
		return r.payment()
	case r.amount <= 0:
	case r.Type == "CAPTURE" && !r.o.Plan.AutoCapture && r.o.Facts.Authorized != nil:
		return order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned, Amount: r.amount}}
	case r.ofSale():
		return r.payment()
	}
	return order.Facts{}
}

// failedBack reports whether a report says that money did not go back.
func (r report) failedBack() bool {
	return r.Status == "FAILED" || strings.EqualFold(r.Refund.Status, "FAILED") && r.Status != "SUCCESS"
}

// undone returns a remark about the late failure of a refund that was done. Any other failure is known from DOKU's
// answer.
func (r report) undone() (order.Facts, bool) {
	amount := r.amount
	if r.Refund.Amount.Valid {
		amount = r.Refund.Amount.Rupiah
	}
	if !slices.ContainsFunc(r.o.Refunds(), func(op order.Operation) bool {
		return op.State == order.Done && (op.RequestID == r.Refund.RequestID || op.Amount == amount)
	}) {
		return order.Facts{}, false
	}
	return r.remark(amount), true
}

// remark returns a remark about a report of an amount that does not count.
func (r report) remark(amount int64) order.Facts {
	detail := fmt.Sprintf("DOKU reported %s %s of %d", safeWord(r.Type), safeWord(r.Status), max(amount, 0))
	if !r.at.Equal(r.learned) { // a second one of the same amount is another case
		detail += ", dated " + r.at.UTC().Format(time.RFC3339)
	}
	return order.Facts{Remarks: []order.Remark{{Kind: order.RemarkElsewhere, Detail: detail, At: r.learned}}}
}

// statement returns the facts of a report that the payment went back as a whole. A void is always whole. DOKU does not
// document whether REFUNDED also follows a partial refund.
func (r report) statement() order.Facts {
	held, whole, void := r.o.Facts.Authorized, r.o.Captured(), r.Status == "VOIDED"
	switch {
	case void && whole > 0:
		return r.refunded(order.MovedVoid, whole)
	case void && held != nil:
		return r.refunded(order.MovedVoid, held.Amount)
	}
	news := r.movement(order.MovedTotal, max(r.amount, 0))
	if r.namesRefund() {
		news.Movements = append(news.Movements, r.refunded(order.MovedRefund, r.amount).Movements...)
	}
	return r.ofKnownPayment(news)
}

// namesRefund reports whether the report describes a refund that was carried out.
func (r report) namesRefund() bool {
	return r.Refund.Amount.Valid && r.Refund.Amount.Rupiah > 0 && r.Refund.Amount.Rupiah <= maxAmount &&
		(r.Refund.Status == "" || strings.EqualFold(r.Refund.Status, "SUCCESS"))
}

// refunded returns a movement with the amount and the Request-Id of the refund that the report describes, if it
// describes one. That DOKU's people will carry out a refund that kasir asked for is no proof that they did.
func (r report) refunded(kind order.MovementKind, amount int64) order.Facts {
	if !r.namesRefund() {
		return r.movement(kind, amount)
	}
	news := r.movement(kind, r.Refund.Amount.Rupiah)
	manual := order.RefundType(strings.ToUpper(r.Refund.Type)).Manual()
	if id := r.Refund.RequestID; id != "" && len(id) <= maxRequestID && !r.namesPage(id) && !(manual && r.o.Asked(id)) {
		if !r.o.Asked(id) { // kasir's own holds no personal data, and must be found again
			id = safeRequestID(id)
		}
		news.Movements[0].Refund = id
	}
	return news
}

// namesPage reports whether a Request-Id is that of the payment, which DOKU may give in place of the refund's.
func (r report) namesPage(id string) bool {
	page, _ := r.o.Operation(string(order.KindCreatePage))
	return id == page.RequestID || id == r.OriginalRequestID
}

// movement returns a movement of an amount. Of an amount that cannot be read, everything may have gone.
func (r report) movement(kind order.MovementKind, amount int64) order.Facts {
	if amount <= 0 && kind != order.MovedTotal {
		kind, amount = order.MovedTotal, 0
	}
	m := order.Movement{Kind: kind, Source: order.FromNotification, Ref: safeRequestID(r.RequestID), Amount: amount,
		At: r.at, LearnedAt: r.learned}
	if !r.at.Equal(r.learned) { // DOKU may use a Request-Id again
		m.Ref += "@" + strconv.FormatInt(r.at.Unix(), 36)
	}
	if r.fromStatus {
		m.Source, m.Ref = order.FromStatus, ""
		if n := r.reversals(amount); kind == order.MovedChargeback && n > 0 { // it is another one than before those
			m.Ref = strconv.Itoa(n)
		}
	}
	return order.Facts{Movements: []order.Movement{m}}
}

// reversals counts the chargebacks of an amount that are known to be reversed.
func (r report) reversals(amount int64) int {
	for _, e := range r.o.Elsewhere() {
		if e.Kind == order.MovedReversal && e.Amount == amount {
			return e.Count
		}
	}
	return 0
}

// ofSale reports whether the report has the type of a payment that was taken at once.
func (r report) ofSale() bool {
	return saleTypes[r.Type] || r.o.Plan.AutoCapture && (r.Type == "CAPTURE" || r.Type == string(doku.Authorize))
}

// leavesLess reports whether the report gives a lower amount of the known payment than was taken. DOKU lowers the
// amount of a payment after a partial refund in its Back Office.
func (r report) leavesLess() bool {
	taken := r.o.Captured()
	if r.Status != "SUCCESS" || taken == 0 || r.amount <= 0 || r.amount >= taken || r.o.AcceptsAmount(r.amount) {
		return false
	}
	if r.Type == "CAPTURE" && r.o.Facts.Captured != nil {
		return !matchesCapture(r.o, r.amount)
	}
	paid := r.o.Facts.Paid
	return r.ofSale() && paid != nil &&
		(r.ApprovalCode == "" || paid.ApprovalCode == "" || r.ApprovalCode == paid.ApprovalCode)
}

// chargeback reports whether a type or status is that of a chargeback. DOKU documents no word for one.
func chargeback(word string) bool {
	return strings.Contains(word, "CHARGEBACK") || strings.Contains(word, "DISPUTE")
}

// reversed reports whether a type or status is that of a chargeback which ended in the merchant's favour.
func reversed(word string) bool {
	return slices.ContainsFunc([]string{"REVERS", "WON", "CANCEL"},
		func(part string) bool { return strings.Contains(word, part) })
}

// backTypes are the transaction types of money that leaves the merchant.
var backTypes = map[string]bool{
	"REFUND": true, "FULL_REFUND": true, "PARTIAL_REFUND": true, "VOID": true,
	"MANUAL_FULL_REFUND": true, "MANUAL_PARTIAL_REFUND": true, "REVERSAL": true,
}

// voids are the types of a payment or authorisation that was taken back before its settlement.
var voids = map[string]bool{"VOID": true, "REVERSAL": true}

// backStatuses are the statuses of a payment whose money left the merchant.
var backStatuses = map[string]bool{"REFUNDED": true, "VOIDED": true}
