package doku

import (
	"cmp"
	"time"
)

// Notification is DOKU's report about a payment (DOKU's "HTTP Notification Sample - Non SNAP"). It has only the fields
// that kasir acts on or shows. The customer's name, e-mail and phone are dropped.
type Notification struct {
	RequestID string    // of this notification; up to 75 characters were seen
	SentAt    time.Time // its Request-Timestamp

	InvoiceNumber string
	Amount        Amount // the amount paid; after a promo perhaps the discounted amount

	Type              string // SALE, AUTHORIZE, INSTALLMENT, MOTO, RECURRING, …
	Status            string // SUCCESS, FAILED, PENDING, …
	Date              time.Time
	OriginalRequestID string // Request-Id of the call that created the page
	Channel           string // CREDIT_CARD for cards; may be empty

	AuthorizeID     string // names the authorisation in a capture
	ApprovalCode    string
	ResponseCode    string // the acquirer's; it must not decide alone
	ResponseMessage string
	Acquirer        string
	Card            Card

	Refund RefundReport // zero if the report has none
}

// RefundReport is the refund that a notification or an answer of check status describes. DOKU's Indonesian guide has
// no sample of one; the fields are those of the answer to a refund and of DOKU's Malaysian reference.
type RefundReport struct {
	Amount    Amount
	Type      string // VOID, FULL_REFUND, …
	Status    string // SUCCESS, FAILED, …
	RequestID string // of the call that asked for the refund; may be empty
}

// Card holds the details of a card that may be kept. The card's number is not among them.
type Card struct {
	Masked string // 557338******1101
	Brand  string // VISA, MASTER, JCB, AMEX
	Issuer string
	Type   string // CREDIT, DEBIT
}

func readNotification(doc document) Notification {
	masked := doc.masked()
	n := Notification{
		InvoiceNumber:     doc.text("order", "invoice_number"),
		Amount:            parseAmount(doc.text("order", "amount")),
		Type:              doc.text("transaction", "type"),
		Status:            doc.text("transaction", "status"),
		OriginalRequestID: clip(doc.text("transaction", "original_request_id")),
		Channel:           clip(doc.text("channel", "id")),
		ApprovalCode:      masked.text("card_payment", "approval_code"),
		ResponseCode:      masked.text("card_payment", "response_code"),
		ResponseMessage:   masked.text("card_payment", "response_message"),
		Acquirer:          masked.text("acquirer", "id"),
		Card: Card{
			Masked: scrubCard(cmp.Or(
				doc.text("card_payment", "masked_card_number"), doc.text("card_payment", "card_masked"))),
			Brand:  masked.text("card_payment", "brand"),
			Issuer: masked.text("card_payment", "issuer"),
			Type:   masked.text("card_payment", "card_type"),
		},
		// authorize_id is documented in three places. Real notifications have it in card_payment.
		AuthorizeID: cmp.Or(
			doc.text("card_payment", "authorize_id"), doc.text("authorize_id"), doc.text("payment", "authorize_id")),
	}
	n.Date = readDate(doc.text("transaction", "date"))
	n.Refund = RefundReport{
		Amount: parseAmount(doc.text("refund", "amount")), Type: clip(doc.text("refund", "type")),
		Status: clip(doc.text("refund", "status")), RequestID: clip(doc.text("refund", "request_id")),
	}
	return n
}

// readDate reads a date. It returns the zero time for one that cannot be read or whose year in UTC is not between 2000
// and 9998.
func readDate(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.UTC().Year() < 2000 || at.UTC().Year() > 9998 {
		return time.Time{}
	}
	return at.UTC()
}

const maskedCap = 200 // bytes of a text of DOKU's that are kept

// masked returns a reader of texts that are shown to people. DOKU may put anything into them. The reader masks the
// words that the same document holds about the customer and the saved card, and everything that looks like a secret.
func (doc document) masked() maskedReader {
	return maskedReader{doc, wordsOf(
		doc.text("customer", "email"), doc.text("customer", "phone"), doc.text("customer", "address"),
		doc.text("customer", "name"), doc.text("card_payment", "token"))}
}

// maskedReader reads the texts of a document with the known words masked.
type maskedReader struct {
	doc   document
	known words
}

func (s maskedReader) text(path ...string) string {
	return scrubAndCut(s.known.hide(unescape(s.doc.text(path...))), maskedCap)
}
