package payment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// translate returns the facts in a report about an order, which is zero if it is not stored. relevant is false if the
// report contains nothing that is kept.
func (s *Service) translate(n doku.Notification, o order.Order) (news order.Facts, relevant bool) {
	return s.translateReport(n, o, false)
}

// translateReport is translate. fromStatus is set for an answer of check status.
func (s *Service) translateReport(
	n doku.Notification, o order.Order, fromStatus bool,
) (news order.Facts, relevant bool) {
	n.Type, n.Status = strings.ToUpper(n.Type), strings.ToUpper(n.Status)
	learned := order.Stamp(s.Now())
	if n.Date.IsZero() {
		n.Date = learned
	}
	r := report{n, o, order.Stamp(n.Date), learned, n.Amount.Rupiah, fromStatus}
	if !n.Amount.Valid || r.amount > maxAmount {
		r.amount = -1 // matches no order: a conflict, never money
	}
	news, relevant = s.readReport(r)
	if !relevant || news.Money() == 0 {
		return news, relevant
	}
	return s.checkMoney(r, news), true
}

// report is a report of DOKU about the order o, with its values parsed.
type report struct {
	doku.Notification
	o           order.Order
	at, learned time.Time
	amount      int64
	fromStatus  bool // it is an answer of check status, which names no notification
}

// readReport returns the facts that follow from a report's type and status.
func (s *Service) readReport(r report) (order.Facts, bool) {
	authorize, known := r.Type == string(doku.Authorize), r.o.Invoice != ""
	unpaid := known && r.o.Captured() == 0 && r.o.Facts.Authorized == nil
	switch {
	case backTypes[r.Type] || backStatuses[r.Status] || chargeback(r.Type) || chargeback(r.Status):
		return r.moneyBack()
	case r.leavesLess():
		return r.movement(order.MovedRest, r.amount), true
	case r.Status == "FAILED" && (authorize || saleTypes[r.Type]):
		return r.failure(), true
	case r.Status == "SUCCESS" && r.ofSale():
		// The guide, payment.auto_capture: captured right away, as if it were a SALE. It does not document the
		// notification.
		return r.payment(), true
	case authorize && (r.Status == "PENDING" || r.Status == "SUCCESS"):
		return s.authorization(r), true
	case r.Type == "CAPTURE" && r.Status == "SUCCESS" && r.o.Facts.Captured != nil && !askedToCapture(r.o) &&
		matchesCapture(r.o, r.amount): // another report or a record has the capture and its amount
		return order.Facts{}, false
	case r.Type == "CAPTURE" && r.Status == "SUCCESS" && known && !askedToCapture(r.o) && r.amount >= r.o.Amount:
		taken := order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned, Amount: r.amount}}
		return conflictFacts(order.ConflictCaptureElsewhere,
			"DOKU reported a capture that kasir did not ask for, and not of how much", taken), true
	case r.Type == "CAPTURE" && r.Status == "SUCCESS" && r.amount >= 0 && known && askedToCapture(r.o) &&
		!matchesCapture(r.o, r.amount):
		taken := order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned, Amount: r.amount}}
		return conflictFacts(order.ConflictCaptureAmount,
			fmt.Sprintf("DOKU reported a capture of %d, which is not what kasir asked for", r.amount), taken), true
	case r.Type == "CAPTURE" && r.Status == "SUCCESS":
		return order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned,
			Amount: capturedAmount(r.o, r.amount)}}, true
	case unpaid && (r.Status == "SUCCESS" || !knownStatuses[r.Status]):
		detail := "DOKU reported " + safeWord(r.Status) + " of the type " + safeWord(r.Type)
		conflict := order.NewConflict(order.ConflictWord, detail, detail, r.payment())
		return order.Facts{Conflicts: []order.Conflict{conflict}}, true
	}
	return order.Facts{}, false
}

// payment returns the report as a payment.
func (r report) payment() order.Facts {
	return order.Facts{Paid: &order.Payment{
		At: r.at, LearnedAt: r.learned, Amount: r.amount, ApprovalCode: r.ApprovalCode, Acquirer: r.Acquirer,
		Card: order.Card(r.Card), PageID: r.pageID(),
	}}
}

// failure returns the report as a declined attempt.
func (r report) failure() order.Facts {
	return order.Facts{Failures: []order.Failure{{At: r.at, LearnedAt: r.learned, Code: r.ResponseCode,
		Message: r.ResponseMessage}}}
}

// authorization returns the report as an authorisation. A successful AUTHORIZE has the status PENDING, although DOKU's
// text names only SUCCESS and FAILED. A report without an authorize_id, or with a code by which banks decline, is a
// failure.
func (s *Service) authorization(r report) order.Facts {
	if r.AuthorizeID == "" || slices.Contains(s.declines(), r.ResponseCode) {
		return r.failure()
	}
	news := order.Facts{Authorized: &order.Authorization{
		ID: r.AuthorizeID, At: r.at, LearnedAt: r.learned, Amount: r.amount, Card: order.Card(r.Card),
		PageID: r.pageID(),
	}}
	if r.ResponseCode != "" && r.ResponseCode != "00" {
		news.Remarks = []order.Remark{{Kind: order.RemarkOddCode,
			Detail: "DOKU authorised under the response code " + safeWord(r.ResponseCode), At: r.learned}}
	}
	return news
}

// DeclineCodes are the response codes by which a bank declines (DOKU's Malaysian reference): do not honour,
// insufficient funds, expired card, exceeds limit, issuer unavailable.
var DeclineCodes = []string{"05", "51", "54", "61", "91"}

func (s *Service) declines() []string {
	if s.DeclineCodes != nil {
		return s.DeclineCodes
	}
	return DeclineCodes
}

// pageID returns the Request-Id of the paid page, or "" if that is the latest page.
func (r report) pageID() string {
	page, _ := r.o.Operation(string(order.KindCreatePage))
	if r.OriginalRequestID == page.RequestID || len(r.OriginalRequestID) > maxRequestID {
		return ""
	}
	return r.OriginalRequestID
}

const maxRequestID = 128 // characters, DOKU's limit

// checkMoney compares a report of money with the order. Another channel, or a page that was not asked for, makes it a
// conflict or a remark.
func (s *Service) checkMoney(r report, news order.Facts) order.Facts {
	if r.Channel != "" && !strings.Contains(strings.ToUpper(r.Channel), "CARD") {
		detail := "DOKU reported a payment through the channel " + safeWord(r.Channel)
		return conflictFacts(order.ConflictChannel, detail, news)
	}
	if r.o.Invoice == "" || news.Captured != nil {
		return news
	}
	return s.checkPage(r.o, r.OriginalRequestID, r.at, r.learned, news)
}

// checkPage compares the paid page with those that were asked for. DOKU is not known to name the page in each report.
// A payment of an unknown page, dated long before the order, belongs to another order with the same number.
func (s *Service) checkPage(o order.Order, id string, at, learned time.Time, news order.Facts) order.Facts {
	page, _ := o.Operation(string(order.KindCreatePage))
	if id == "" || id == page.RequestID || slices.Contains(o.PageRequestIDs(s.Merchant), id) {
		return news
	}
	if at.Before(o.CreatedAt.Add(-maxBeforeOrder)) {
		return oldReport(at, news)
	}
	detail := "DOKU reported a payment of a page that kasir did not ask for, Request-Id " + safeRequestID(id)
	if s.RequireRequestID {
		return conflictFacts(order.ConflictRequestID, detail, news)
	}
	news.Remarks = append(slices.Clip(news.Remarks),
		order.Remark{Kind: order.RemarkUnmatchedRequest, Detail: detail, At: learned})
	return news
}

// conflictFacts returns a conflict in place of the money that DOKU reported.
func conflictFacts(kind order.ConflictKind, detail string, news order.Facts) order.Facts {
	return order.Facts{Conflicts: []order.Conflict{order.NewConflict(kind, detail, detail, news)},
		Remarks: news.Remarks}
}

// safeWord returns a type, status, channel or code of DOKU in a form that may be kept: one word of letters, or a code
// of at most three characters. Any other text may be personal data, and is replaced by its digest.
func safeWord(text string) string {
	switch letters := strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"); {
	case text == "":
		return "(none)"
	case letters == "" && len(text) <= 32, len(text) <= 3 && strings.Trim(letters, "0123456789") == "":
		return text
	}
	return "(" + unknownDigest(text) + ")"
}

// unknownDigest returns a short digest that distinguishes unknown texts.
func unknownDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "unknown, " + hex.EncodeToString(sum[:3])
}

// safeRequestID returns a Request-Id of DOKU in a form that may be kept.
func safeRequestID(id string) string {
	id = id[:min(len(id), 64)]
	if shown := doku.Scrub(id); shown != id || strings.ContainsFunc(id, unicode.IsSpace) ||
		!strings.ContainsAny(id, "0123456789") {
		return "(" + unknownDigest(id) + ")"
	}
	return id
}

// maxAmount is the largest amount that is read. A longer number may be a card's.
const maxAmount = 1e12 - 1

// askedToCapture reports whether kasir asked for a capture that was not refused. DOKU may report the order's amount
// for any capture. Therefore a report of that amount does not give the amount of a capture made elsewhere.
func askedToCapture(o order.Order) bool {
	op, ok := o.Operation(string(order.KindCapture))
	return ok && op.State != order.Refused
}

// matchesCapture reports whether DOKU may name amount when it reports the capture that kasir asked for. That is the
// capture's amount, or the order's: as asked for, as authorised, or less a promo discount.
func matchesCapture(o order.Order, amount int64) bool {
	op, _ := o.Operation(string(order.KindCapture))
	held := o.Facts.Authorized
	return amount == op.Amount || amount == o.Amount || held != nil && amount == held.Amount ||
		slices.ContainsFunc(o.Discounts, func(off int64) bool { return amount == o.Amount-off })
}

// capturedAmount returns the amount of a reported capture. It is the amount that kasir asked to capture, if it did,
// since DOKU may report the order's amount even after a partial capture. Otherwise it is the reported amount.
func capturedAmount(o order.Order, reported int64) int64 {
	if op, ok := o.Operation(string(order.KindCapture)); ok && op.State != order.Refused {
		return op.Amount
	}
	return reported
}

// saleTypes are the transaction types whose success moves money to the merchant. A missing type counts as a sale:
// asking a person is better than losing a payment.
var saleTypes = map[string]bool{
	string(doku.Sale): true, string(doku.Installment): true, string(doku.MOTO): true,
	string(doku.Recurring): true, "": true,
}

// knownStatuses are the statuses of a transaction that DOKU documents.
var knownStatuses = map[string]bool{
	"": true, "SUCCESS": true, "FAILED": true, "PENDING": true, "EXPIRED": true, "REFUNDED": true, "VOIDED": true,
	"TIMEOUT": true, "REDIRECT": true,
}

// orphanFacts returns the facts of a report that came before its order. A report of money dated long before the order
// cannot be about it, and becomes a conflict.
func (s *Service) orphanFacts(o order.Order, orphan Orphan) order.Facts {
	news := orphan.News
	var at time.Time
	var page string
	switch {
	case news.Paid != nil:
		at, page = news.Paid.At, news.Paid.PageID
	case news.Authorized != nil:
		at, page = news.Authorized.At, news.Authorized.PageID
	case news.Captured != nil:
		at = news.Captured.At
	case len(news.Movements) > 0: // a refund follows its order
		at = news.Movements[0].At
		if orphan.ReceivedAt.Before(at) {
			at = orphan.ReceivedAt
		}
		if at.Before(o.CreatedAt.Add(-maxBeforeOrder)) {
			return oldReport(at, order.Facts{Remarks: news.Remarks})
		}
		return news
	default:
		return news
	}
	if at.Before(o.CreatedAt.Add(-maxBeforeOrder)) {
		return oldReport(at, news)
	}
	return s.checkPage(o, page, at, orphan.ReceivedAt, news)
}

// oldReport returns a conflict in place of money that is dated before the order.
func oldReport(at time.Time, news order.Facts) order.Facts {
	detail := "DOKU reported a payment of this number that is dated " + at.Format(time.RFC3339) +
		", before the order was made"
	return conflictFacts(order.ConflictOldReport, detail, news)
}

// maxBeforeOrder is how long before its order a report may be dated.
const maxBeforeOrder = 5 * time.Minute
