package order

import "slices"

// AttentionKind is the reason why a person must look at an order. It is an open list: later versions add kinds.
type AttentionKind string

// The kinds. Attentions has the meaning of each.
const (
	ReasonConflict              AttentionKind = "conflict"
	ReasonParked                AttentionKind = "parked"
	ReasonRefusedInDoubt        AttentionKind = "refused_in_doubt"
	ReasonManualRefund          AttentionKind = "manual_refund"
	ReasonAuthorizationExpiring AttentionKind = "authorization_expiring"
	ReasonAutoCaptureFailed     AttentionKind = "auto_capture_failed"
	ReasonLate                  AttentionKind = "late"
	ReasonClosedPaid            AttentionKind = "closed_paid"
	ReasonAmountCorrected       AttentionKind = "amount_corrected"
	ReasonUnconfirmed           AttentionKind = "unconfirmed"
	ReasonUnaccounted           AttentionKind = "unaccounted"
	ReasonOverdrawn             AttentionKind = "overdrawn"
	ReasonNotSettled            AttentionKind = "not_settled"

	RemarkUnmatchedRequest AttentionKind = "unmatched_request"
	RemarkOddCode          AttentionKind = "odd_code"
	RemarkElsewhere        AttentionKind = "elsewhere"
	RemarkSettlement       AttentionKind = "settlement"
)

// Attention is a row of the table of kinds. The API, the command, the events and docs/alarms.md share it.
type Attention struct {
	Kind     AttentionKind
	Happened string // what happened, as the rest of a sentence about the order
	Do       string // what a person does
	Where    string // where to look in DOKU's Back Office
	Ends     string // what ends a case
	// Acknowledged reports whether a person may acknowledge a case, which ends it.
	Acknowledged bool
}

// transactionPage is the place for everything that DOKU knows about one payment. DOKU's guide names no menu of its
// Back Office (A-BACK-OFFICE in docs/doku.md).
const transactionPage = "the transaction's page"

// Attentions lists the kinds of attention. The kinds for which money waits come first.
var Attentions = []Attention{
	{Kind: ReasonParked,
		Happened: "kasir could not learn within TRUST_WINDOW whether DOKU carried out a capture or refund",
		Do:       "search for the Request-Id, and record the result: done or refused",
		Where:    transactionPage,
		Ends:     "a person records the result, or DOKU reports it"},
	{Kind: ReasonRefusedInDoubt,
		Happened: "DOKU refused to repeat a capture or refund, and may have carried out the first request",
		Do:       "search for the Request-Id, and record the result: done or refused",
		Where:    transactionPage,
		Ends:     "a person records the result, or DOKU reports it"},
	{Kind: ReasonConflict, Happened: "DOKU's report does not match the order, and was not counted",
		Do:    "compare the report with the transaction, and decide: it counts, or none does",
		Where: "every transaction of the invoice number",
		Ends:  "a person decides it; a conflict of the kind overflow, which cannot be decided, is acknowledged"},
	{Kind: ReasonAutoCaptureFailed, Happened: "the automatic captures failed until it was too late for another",
		Do:    "read DOKU's reason in the order's history, and ask the customer to pay again",
		Where: transactionPage,
		Ends:  "the money is captured after all, or a person acknowledges it", Acknowledged: true},
	{Kind: ReasonAuthorizationExpiring, Happened: "an authorisation ends within 48 h",
		Do:    "ship and capture, or let it lapse",
		Where: transactionPage,
		Ends:  "the money is captured or released, or a person acknowledges it", Acknowledged: true},
	{Kind: ReasonClosedPaid, Happened: "money came for a closed order",
		Do:    "deliver, or give the money back",
		Where: transactionPage,
		Ends:  "all the money is refunded or released, or a person acknowledges it", Acknowledged: true},
	{Kind: ReasonLate, Happened: "the money came after the page had ended",
		Do:    "check whether the goods are still available; if not, refund",
		Where: transactionPage,
		Ends:  "all the money is refunded, or a person acknowledges it", Acknowledged: true},
	{Kind: ReasonManualRefund, Happened: "DOKU's people carry out a refund by hand, which takes several days",
		Do:    "wait until they have carried it out or declined it, and record that: done or refused",
		Where: "the refund on " + transactionPage,
		Ends:  "a person records the result"},
	{Kind: ReasonUnaccounted,
		Happened: "DOKU states that more money went back than kasir knows movements for; the rest cannot be refunded",
		Do: "record each refund that was made in DOKU's Back Office; if none was made, withdraw DOKU's report " +
			"with a record",
		Where: transactionPage,
		Ends:  "the movements are reported or recorded, or a person withdraws the report"},
	{Kind: ReasonOverdrawn, Happened: "more money went back than was taken",
		Do:    "compare every refund and chargeback with the transaction; withdraw what did not happen, or ask DOKU",
		Where: transactionPage, Ends: "a report is withdrawn, or a person acknowledges it", Acknowledged: true},
	{Kind: RemarkElsewhere,
		Happened: "money moved that kasir did not ask for: a refund, void or chargeback; or a refund failed",
		Do: "compare it with the transaction, and correct your books; record a manual refund that failed as " +
			"refused",
		Where: transactionPage, Ends: "a person acknowledges it, or withdraws the report", Acknowledged: true},
	{Kind: RemarkSettlement, Happened: "a row of a settlement report does not match the order",
		Do:    "compare the row with the transaction; docs/settlement.md has what each difference means",
		Where: transactionPage, Ends: "a person acknowledges it", Acknowledged: true},
	{Kind: ReasonAmountCorrected, Happened: "DOKU reported a lower amount after the payment was announced",
		Do:    "correct the amount in your books; the lower one counts",
		Where: transactionPage, Ends: "all the money is refunded, or a person acknowledges it", Acknowledged: true},
	{Kind: RemarkUnmatchedRequest, Happened: "a payment came on a page that kasir did not ask for; it counts",
		Do: "check that the payment is this order's; if every order has this, run kasir doctor --probe --pay, and " +
			"read the line A-ORIGINAL-REQUEST-ID",
		Where: transactionPage,
		Ends:  "all the money is refunded or released, or a person acknowledges it", Acknowledged: true},
	{Kind: RemarkOddCode, Happened: "an authorisation came under another response code than 00",
		Do:    "check that the bank approved it before you ship",
		Where: transactionPage,
		Ends:  "the money is captured or released, or a person acknowledges it", Acknowledged: true},
	{Kind: ReasonUnconfirmed, Happened: "for a day DOKU did not answer whether a page was paid",
		Do:    "run kasir doctor, and look whether the order was paid",
		Where: transactionPage,
		Ends:  "DOKU answers, money or a further page comes, or a person acknowledges it", Acknowledged: true},
	{Kind: ReasonNotSettled, Happened: "a payment is in no settlement report, SETTLE_WITHIN working days after it",
		Do:           "check that every settlement report was read, then ask DOKU when it settles the payment",
		Where:        transactionPage,
		Ends:         "a settlement report has the payment, all the money is refunded, or a person acknowledges it",
		Acknowledged: true},
}

// FindAttention returns the row of a kind. It returns a row without texts for a kind that it does not know.
func FindAttention(kind AttentionKind) Attention {
	i := slices.IndexFunc(Attentions, func(a Attention) bool { return a.Kind == kind })
	if i < 0 {
		return Attention{Kind: kind}
	}
	return Attentions[i]
}
