package doku

import "time"

// Notification is what DOKU says of a payment (DOKU's "HTTP Notification Sample - Non SNAP"). Only what kasir
// acts on or shows is kept; the customer's name, e-mail and phone are not.
type Notification struct {
	RequestID string    // of this notification; up to 75 characters were seen
	SentAt    time.Time // its Request-Timestamp

	InvoiceNumber string
	Amount        Amount // what was paid; after a promo perhaps the discounted amount

	Type              string // SALE, AUTHORIZE, INSTALLMENT, MOTO, RECURRING, …
	Status            string // SUCCESS, FAILED, PENDING, …
	Date              time.Time
	OriginalRequestID string // Request-Id of the call that created the page

	AuthorizeID     string // what a capture must name
	ApprovalCode    string
	ResponseCode    string // the acquirer's; never decide by it alone
	ResponseMessage string
	Acquirer        string
	Card            Card
}

// Card is what may be known of a card: never its number.
type Card struct {
	Masked string // 557338******1101
	Brand  string // VISA, MASTER, JCB, AMEX
	Issuer string
	Type   string // CREDIT, DEBIT
}

func readNotification(doc document) Notification {
	n := Notification{
		InvoiceNumber:     doc.text("order", "invoice_number"),
		Amount:            parseAmount(doc.text("order", "amount")),
		Type:              doc.text("transaction", "type"),
		Status:            doc.text("transaction", "status"),
		OriginalRequestID: doc.text("transaction", "original_request_id"),
		ApprovalCode:      doc.said("card_payment", "approval_code"),
		ResponseCode:      doc.said("card_payment", "response_code"),
		ResponseMessage:   doc.said("card_payment", "response_message"),
		Acquirer:          doc.said("acquirer", "id"),
		Card: Card{
			Masked: maskedCard(first(doc.text("card_payment", "masked_card_number"), doc.text("card_payment", "card_masked"))),
			Brand:  doc.said("card_payment", "brand"),
			Issuer: doc.said("card_payment", "issuer"),
			Type:   doc.said("card_payment", "card_type"),
		},
		// Documented in three places; real notifications carry it in card_payment.
		AuthorizeID: first(doc.text("card_payment", "authorize_id"), doc.text("authorize_id"), doc.text("payment", "authorize_id")),
	}
	n.Date, _ = time.Parse(time.RFC3339, doc.text("transaction", "date"))
	return n
}

const saidCap = 200 // bytes of a text of DOKU's that are kept

// said is a text that is shown to people, whatever DOKU put there: without what the same document says of the customer and the saved card, and
// without what looks like a secret.
func (doc document) said(path ...string) string {
	text := doc.text(path...)
	for _, of := range [][]string{{"customer", "email"}, {"customer", "phone"}, {"customer", "address"}, {"customer", "name"}, {"card_payment", "token"}} {
		if value := doc.text(of...); text != "" && value != "" {
			text = hide(text, value)
		}
	}
	return kept(text, saidCap)
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
