package sandbox

import "kasir/local/sandbox/validate"

// idName is DOKU's form for a service, an acquirer or a channel.
type idName struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// nameValue is one of the extra values of an acquirer.
type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// notificationBody has the fields of DOKU's published SALE notification and of an AUTHORIZE notification seen on its
// sandbox, in their order.
type notificationBody struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"` // after promo
	} `json:"order"`
	Customer struct {
		ID    string `json:"id,omitempty"`
		Name  string `json:"name,omitempty"`
		Email string `json:"email,omitempty"`
	} `json:"customer"`
	Transaction struct {
		Type              string `json:"type"`
		Status            string `json:"status"`
		Date              string `json:"date"`
		OriginalRequestID string `json:"original_request_id"`
	} `json:"transaction"`
	Service     idName       `json:"service"`
	Acquirer    idName       `json:"acquirer"`
	Channel     idName       `json:"channel"`
	CardPayment notifiedCard `json:"card_payment"`
}

type notifiedCard struct {
	Masked           string      `json:"masked_card_number"`
	ApprovalCode     string      `json:"approval_code,omitempty"`
	ResponseCode     string      `json:"response_code"`
	ResponseMessage  string      `json:"response_message"`
	Issuer           string      `json:"issuer"`
	Identifier       []nameValue `json:"identifier"`
	AuthorizeID      string      `json:"authorize_id,omitempty"`
	Brand            string      `json:"brand"`
	AuthenticationID string      `json:"authentication_id,omitempty"`
	ThreeDSecure     string      `json:"three_d_secure_status"` // the string "TRUE" or "FALSE", like DOKU's
}

// notificationOf returns the notification of an attempt. A successful authorisation is PENDING, as seen on DOKU's
// sandbox, although DOKU's text has only SUCCESS and FAILED.
func notificationOf(p *page, a *attempt) notificationBody {
	var n notificationBody
	n.Order.InvoiceNumber = p.body.Order.InvoiceNumber
	n.Order.Amount = a.amount
	n.Customer.ID = p.body.Customer.ID
	n.Customer.Name = p.body.Customer.Name
	n.Customer.Email = p.body.Customer.Email
	n.Transaction.Type = a.kind
	n.Transaction.Status = a.transactionStatus()
	n.Transaction.Date = stamp(a.doneAt)
	n.Transaction.OriginalRequestID = p.requestID
	n.Service = idName{ID: "CREDIT_CARD"}
	n.Acquirer = idName{ID: a.acquirer}
	n.Channel = idName{ID: "CREDIT_CARD", Name: "Credit Card"}
	n.CardPayment = notifiedCard{
		Masked:           a.card.Masked(),
		ApprovalCode:     a.approvalCode,
		ResponseCode:     a.code,
		ResponseMessage:  a.message,
		Issuer:           a.card.Issuer,
		Identifier:       identifiers(a.acquirer),
		AuthorizeID:      a.authorizeID,
		Brand:            a.card.Brand,
		AuthenticationID: a.authenticationID,
		ThreeDSecure:     a.threeDSecure(),
	}
	return n
}

func (a *attempt) transactionStatus() string {
	switch {
	case a.state == declined:
		return "FAILED"
	case a.kind == validate.TypeAuthorize:
		return "PENDING"
	}
	return "SUCCESS"
}

func identifiers(acquirer string) []nameValue {
	return []nameValue{{"Acquirer", acquirer}, {"MID", "71003372992"}, {"TID", "73120903"}}
}
