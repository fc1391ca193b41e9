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

// facts translates a report about an order, a zero one when it is not there. tells is false when it says nothing that is
// kept.
func (s *Service) translate(n doku.Notification, o order.Order) (news order.Facts, tells bool) {
	n.Type, n.Status = strings.ToUpper(n.Type), strings.ToUpper(n.Status)
	learned := order.Stamp(s.Now())
	if n.Date.IsZero() {
		n.Date = learned
	}
	r := report{n, o, order.Stamp(n.Date), learned, n.Amount.Rupiah}
	if !n.Amount.Valid || r.amount > maxAmount {
		r.amount = -1 // matches no order: a conflict, never money
	}
	news, tells = s.readReport(r)
	if !tells || news.Money() == 0 {
		return news, tells
	}
	return s.checkMoney(r, news), true
}

// report is what DOKU says of an order, read.
type report struct {
	doku.Notification
	o           order.Order
	at, learned time.Time
	amount      int64
}

// words reads the type and the status of a report.
func (s *Service) readReport(r report) (order.Facts, bool) {
	authorize, known := r.Type == string(doku.Authorize), r.o.Invoice != ""
	unpaid := known && r.o.Captured() == 0 && r.o.Facts.Authorized == nil
	switch {
	case backTypes[r.Type] || backStatuses[r.Status]:
		return r.moneyBack()
	case r.Status == "FAILED" && (authorize || saleTypes[r.Type]):
		return r.failure(), true
	case r.Status == "SUCCESS" && (saleTypes[r.Type] || r.o.Plan.AutoCapture && (authorize || r.Type == "CAPTURE")):
		// The guide, payment.auto_capture: captured right away, as if it were a SALE. How that is notified is not said.
		return r.payment(), true
	case authorize && (r.Status == "PENDING" || r.Status == "SUCCESS"):
		return s.authorization(r), true
	case r.Type == "CAPTURE" && r.Status == "SUCCESS" && known && !askedToCapture(r.o) && r.amount >= r.o.Amount:
		taken := order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned, Amount: r.amount}}
		return conflictFacts(order.ConflictCaptureElsewhere, "DOKU reported a capture that kasir did not ask for, and not of how much", taken), true
	case r.Type == "CAPTURE" && r.Status == "SUCCESS" && r.amount >= 0 && known && askedToCapture(r.o) && !matchesCapture(r.o, r.amount):
		taken := order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned, Amount: r.amount}}
		return conflictFacts(order.ConflictCaptureAmount, fmt.Sprintf("DOKU reported a capture of %d, which is not what kasir asked for", r.amount), taken), true
	case r.Type == "CAPTURE" && r.Status == "SUCCESS":
		return order.Facts{Captured: &order.Capture{At: r.at, LearnedAt: r.learned, Amount: capturedAmount(r.o, r.amount)}}, true
	case unpaid && (r.Status == "SUCCESS" || !knownStatuses[r.Status]):
		detail := "DOKU reported " + safeWord(r.Status) + " of the type " + safeWord(r.Type)
		conflict := order.NewConflict(order.ConflictWord, detail, detail, r.payment())
		return order.Facts{Conflicts: []order.Conflict{conflict}}, true
	}
	return order.Facts{}, false
}

func (r report) payment() order.Facts {
	return order.Facts{Paid: &order.Payment{
		At: r.at, LearnedAt: r.learned, Amount: r.amount, ApprovalCode: r.ApprovalCode, Acquirer: r.Acquirer,
		Card: order.Card(r.Card), PageID: r.pageID(),
	}}
}

func (r report) failure() order.Facts {
	return order.Facts{Failures: []order.Failure{{At: r.at, LearnedAt: r.learned, Code: r.ResponseCode, Message: r.ResponseMessage}}}
}

// authorization reads an AUTHORIZE. A successful one comes as PENDING, though DOKU's text knows SUCCESS and FAILED only. One
// without an authorize_id, or with a code by which banks decline, is a failure.
func (s *Service) authorization(r report) order.Facts {
	if r.AuthorizeID == "" || slices.Contains(s.declines(), r.ResponseCode) {
		return r.failure()
	}
	news := order.Facts{Authorized: &order.Authorization{
		ID: r.AuthorizeID, At: r.at, LearnedAt: r.learned, Amount: r.amount, Card: order.Card(r.Card), PageID: r.pageID(),
	}}
	if r.ResponseCode != "" && r.ResponseCode != "00" {
		news.Remarks = []order.Remark{{Kind: order.RemarkOddCode, Detail: "DOKU authorised under the response code " + safeWord(r.ResponseCode), At: r.learned}}
	}
	return news
}

// DeclineCodes are response codes by which a bank declines (DOKU's Malaysian reference): do not honour, insufficient funds,
// expired card, exceeds limit, issuer unavailable.
var DeclineCodes = []string{"05", "51", "54", "61", "91"}

func (s *Service) declines() []string {
	if s.DeclineCodes != nil {
		return s.DeclineCodes
	}
	return DeclineCodes
}

// elsewhere is a report of money that went back, or that a refund which counts failed after all. A refund that kasir asked
// for is known from DOKU's answer to it.
func (r report) moneyBack() (order.Facts, bool) {
	chargeback := r.Type == chargebackWord || r.Status == chargebackWord
	went := backStatuses[r.Status] || r.Status == "SUCCESS" || chargeback && r.Status != "FAILED"
	undone := r.Status == "FAILED" && slices.ContainsFunc(r.o.Refunds(), func(op order.Operation) bool {
		return op.State == order.Done && op.Amount == r.amount
	})
	if r.o.Invoice == "" || !undone && (!went || !chargeback && r.o.AnyRefund()) {
		return order.Facts{}, false
	}
	detail := fmt.Sprintf("DOKU reported %s %s of %d", safeWord(r.Type), safeWord(r.Status), max(r.amount, 0))
	return order.Facts{Remarks: []order.Remark{{Kind: order.RemarkElsewhere, Detail: detail, At: r.learned}}}, true
}

const chargebackWord = "CHARGEBACK"

// back are the statuses of money that left the merchant.
var backStatuses = map[string]bool{"REFUNDED": true, "VOIDED": true, chargebackWord: true}

// pageID is the Request-Id of the page that was paid, if it is not that of the latest page.
func (r report) pageID() string {
	page, _ := r.o.Operation(string(order.KindCreatePage))
	if r.OriginalRequestID == page.RequestID || len(r.OriginalRequestID) > maxRequestID {
		return ""
	}
	return r.OriginalRequestID
}

const maxRequestID = 128 // characters, DOKU's limit

// matched holds a report of money against the order: the channel, and the pages that were asked for.
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

// ofPage holds the page that was paid against those that were asked for. DOKU is not known to name the page in each report. A
// payment of another page that is dated long before the order is of another order of the same number.
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
	news.Remarks = append(slices.Clip(news.Remarks), order.Remark{Kind: order.RemarkUnmatchedRequest, Detail: detail, At: learned})
	return news
}

// instead is a conflict in place of the money that a report tells of.
func conflictFacts(kind order.ConflictKind, detail string, news order.Facts) order.Facts {
	return order.Facts{Conflicts: []order.Conflict{order.NewConflict(kind, detail, detail, news)}, Remarks: news.Remarks}
}

// word is a type, a status, a channel or a code of DOKU's as it may be kept: one word of letters, or a code of at most three
// characters. Anything else may be of a person, and its digest stands for it.
func safeWord(text string) string {
	switch letters := strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"); {
	case text == "":
		return "(none)"
	case letters == "" && len(text) <= 32, len(text) <= 3 && strings.Trim(letters, "0123456789") == "":
		return text
	}
	return "(" + unknownDigest(text) + ")"
}

// digest tells a text from others.
func unknownDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "unknown, " + hex.EncodeToString(sum[:3])
}

// requestID is a Request-Id of DOKU's as it may be kept.
func safeRequestID(id string) string {
	id = id[:min(len(id), 64)]
	if shown := doku.Scrub(id); shown != id || strings.ContainsFunc(id, unicode.IsSpace) || !strings.ContainsAny(id, "0123456789") {
		return "(" + unknownDigest(id) + ")"
	}
	return id
}

// maxAmount is the largest amount that is read; a longer number may be a card's.
const maxAmount = 1e12 - 1

// askedToCapture reports whether kasir asked for a capture that was not refused. DOKU may report the order's amount whatever
// was captured, so a report of that amount does not say how much another capture took.
func askedToCapture(o order.Order) bool {
	op, ok := o.Operation(string(order.KindCapture))
	return ok && op.State != order.Refused
}

// ofCapture reports whether DOKU may name an amount when it reports the capture that kasir asked for: the capture's, or the
// order's, as it was asked, authorised, or lowered by a promo.
func matchesCapture(o order.Order, amount int64) bool {
	op, _ := o.Operation(string(order.KindCapture))
	held := o.Facts.Authorized
	return amount == op.Amount || amount == o.Amount || held != nil && amount == held.Amount ||
		slices.ContainsFunc(o.Discounts, func(off int64) bool { return amount == o.Amount-off })
}

// capturedAmount is what a report of a capture means: what we asked to be captured, when we did, since DOKU may report the
// order's amount even after a partial capture; else what it says.
func capturedAmount(o order.Order, reported int64) int64 {
	if op, ok := o.Operation(string(order.KindCapture)); ok && op.State != order.Refused {
		return op.Amount
	}
	return reported
}

// takesMoney are the transaction types whose success moves money to the merchant. An absent type is taken for
// a sale: losing a payment is worse than asking a person.
var saleTypes = map[string]bool{
	string(doku.Sale): true, string(doku.Installment): true, string(doku.MOTO): true, string(doku.Recurring): true, "": true,
}

// movesBack are the transaction types of money that leaves the merchant.
var backTypes = map[string]bool{
	"REFUND": true, "FULL_REFUND": true, "PARTIAL_REFUND": true, "VOID": true, chargebackWord: true, "MANUAL_FULL_REFUND": true,
	"MANUAL_PARTIAL_REFUND": true, "REVERSAL": true,
}

// understood are the statuses of a transaction that DOKU documents.
var knownStatuses = map[string]bool{
	"": true, "SUCCESS": true, "FAILED": true, "PENDING": true, "EXPIRED": true, "REFUNDED": true, "VOIDED": true, "TIMEOUT": true, "REDIRECT": true,
}

// conflict, and never money.
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
	default:
		return news
	}
	if at.Before(o.CreatedAt.Add(-maxBeforeOrder)) {
		return oldReport(at, news)
	}
	return s.checkPage(o, page, at, orphan.ReceivedAt, news)
}

func oldReport(at time.Time, news order.Facts) order.Facts {
	detail := "DOKU reported a payment of this number that is dated " + at.Format(time.RFC3339) + ", before the order was made"
	return conflictFacts(order.ConflictOldReport, detail, news)
}

// beforeOrder is how long before its order a report may be dated.
const maxBeforeOrder = 5 * time.Minute
