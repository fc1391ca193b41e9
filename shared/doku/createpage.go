package doku

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// CreatePageRequest is the body that asks for a payment page (the guide, step 1 "Generate payment URL"). The tag
// empty:"refused" marks fields that a reader of callers' JSON must refuse when they are empty. Empty fields are left
// out of the request to DOKU, which would change the meaning: allow_bin [] would let every card pay.
type CreatePageRequest struct {
	Order                 PageOrder             `json:"order"`
	Card                  PageCard              `json:"card,omitzero"`
	Customer              Customer              `json:"customer,omitzero"`
	Payment               PagePayment           `json:"payment,omitzero" empty:"refused"`
	OverrideConfiguration OverrideConfiguration `json:"override_configuration,omitzero"`
	AdditionalInfo        AdditionalInfo        `json:"additional_info,omitzero"`
}

// PageOrder is the order to be paid.
type PageOrder struct {
	InvoiceNumber string     `json:"invoice_number" empty:"refused"` // up to 64 characters, 27 with BANK_MANDIRI
	Amount        int64      `json:"amount"`                         // whole rupiah
	LineItems     []LineItem `json:"line_items,omitempty"`
	CallbackURL   string     `json:"callback_url,omitempty"` // where the customer goes after success
	FailedURL     string     `json:"failed_url,omitempty"`   // where the customer goes after failure, if not CallbackURL
	AutoRedirect  bool       `json:"auto_redirect"`          // a boolean, as in DOKU's samples; a string in its table
	Descriptor    string     `json:"descriptor,omitempty"`   // printed on the customer's statement, if DOKU enabled it
	SessionID     string     `json:"session_id,omitempty"`   // in DOKU's published samples, not in its table
}

// LineItem is one product of the order. The sum of Price times Quantity must be the order's amount.
type LineItem struct {
	Name     string `json:"name,omitempty"`
	Price    int64  `json:"price"` // whole rupiah
	Quantity int64  `json:"quantity"`
}

// PageCard holds the saved card to show and whether to save one.
type PageCard struct {
	Token Private `json:"token,omitempty"` // pre-fills the card number
	Save  bool    `json:"save,omitempty"`  // saves the card even if the customer does not tick the box
}

// Customer is the person who pays. E-mail or phone is mandatory. ID is mandatory with a token.
type Customer struct {
	ID      string  `json:"id,omitempty"`
	Name    Private `json:"name,omitempty"`
	Email   Private `json:"email,omitempty"`
	Phone   Private `json:"phone,omitempty"` // calling code and number, 6281122334455
	Address Private `json:"address,omitempty"`
	Country string  `json:"country,omitempty"` // ISO 3166-1, two letters
}

// PagePayment holds how the payment is processed.
type PagePayment struct {
	Type        PaymentType `json:"type,omitempty" empty:"refused"`
	AutoCapture bool        `json:"auto_capture,omitempty"` // only with AUTHORIZE; captures right away
	Acquirer    string      `json:"acquirer,omitempty"`     // mandatory with INSTALLMENT
	Tenor       int64       `json:"tenor,omitempty"`        // months; mandatory with INSTALLMENT
}

// PaymentType is the way a card payment is processed (the guide, "Payment Type").
type PaymentType string

// The payment types of the guide's table.
const (
	Sale        PaymentType = "SALE"
	Authorize   PaymentType = "AUTHORIZE"
	Installment PaymentType = "INSTALLMENT"
	MOTO        PaymentType = "MOTO"
	Recurring   PaymentType = "RECURRING"
)

// authorization is the guide's other word for Authorize. It is used once in the guide's prose, and DOKU's API does not
// accept it.
const authorization PaymentType = "AUTHORIZATION"

// OverrideConfiguration changes the page for this payment.
type OverrideConfiguration struct {
	Themes     Themes   `json:"themes,omitzero"`
	Promo      []Promo  `json:"promo,omitempty"`
	AllowBIN   []string `json:"allow_bin,omitempty" empty:"refused"`   // only cards with these BINs may pay
	AllowTenor []int64  `json:"allow_tenor,omitempty" empty:"refused"` // only these installment tenors may be chosen
}

// Themes are the page's language and colours. Colours are six hexadecimal digits.
type Themes struct {
	Language              string `json:"language,omitempty"` // EN or ID
	BackgroundColor       string `json:"background_color,omitempty"`
	FontColor             string `json:"font_color,omitempty"`
	ButtonBackgroundColor string `json:"button_background_color,omitempty"`
	ButtonFontColor       string `json:"button_font_color,omitempty"`
}

// Promo lowers the amount for cards with a BIN.
type Promo struct {
	BIN            string `json:"bin"`
	DiscountAmount int64  `json:"discount_amount"` // whole rupiah, off the order's amount
}

// AdditionalInfo holds the fields about the notification and the settlement.
type AdditionalInfo struct {
	OverrideNotificationURL string       `json:"override_notification_url,omitempty" empty:"refused"`
	Disclaimer              Disclaimer   `json:"disclaimer,omitzero"`
	Settlement              []Settlement `json:"settlement,omitempty" empty:"refused"`
	HoldSettlement          bool         `json:"hold_settlement,omitempty"` // DOKU's "Hold and Release Settlement"

	// Account and Report are not in the guide. DOKU's own plugins send them.
	Account Account        `json:"account,omitzero" empty:"refused"`
	Report  []ReportColumn `json:"report,omitempty" empty:"refused"`
}

// Account is the sub-account that receives the money.
type Account struct {
	ID string `json:"id" empty:"refused"`
}

// ReportColumn is a column that the merchant adds to DOKU's settlement report.
type ReportColumn struct {
	Key   string `json:"key"`   // the column's name
	Value string `json:"value"` // the value for this payment
}

// Disclaimer is a text that the customer must agree to.
type Disclaimer struct {
	ID string `json:"id,omitempty"` // in Indonesian
	EN string `json:"en,omitempty"` // in English, the default
}

// Settlement is one receiver's share (DOKU's "Split Settlement").
type Settlement struct {
	BankAccountSettlementID string      `json:"bank_account_settlement_id"`
	Value                   json.Number `json:"value"` // percent, up to two decimals, or whole rupiah
	Type                    string      `json:"type"`  // PERCENTAGE or FIX
}

// CreatePageResponse is DOKU's answer to [Client.CreatePage].
type CreatePageResponse struct {
	Order struct {
		InvoiceNumber string     `json:"invoice_number"`
		LineItems     []LineItem `json:"line_items,omitempty"`
		SessionID     Text       `json:"session_id,omitempty"`
	} `json:"order"`
	CreditCardPaymentPage struct {
		URL Private `json:"url"` // its query carries a signature
	} `json:"credit_card_payment_page"`
	AdditionalInfo json.RawMessage `json:"additional_info,omitempty"` // as DOKU repeats it, in any form
}

// Normalize replaces the payment type AUTHORIZATION, which callers may write, by AUTHORIZE, which DOKU expects.
func (r *CreatePageRequest) Normalize() {
	if r.Payment.Type == authorization {
		r.Payment.Type = Authorize
	}
}

// CreatePage asks for a payment page (the guide, step 1). DOKU carries it out once per requestID: a repeat of the same
// call must have the same requestID and the same r. Errors: *[Error], [ErrUnknown].
func (c *Client) CreatePage(ctx context.Context, requestID string, r CreatePageRequest) (CreatePageResponse, error) {
	var out CreatePageResponse
	r.Normalize()
	err := c.post(ctx, c.cfg.Paths.CreatePage, requestID, r, func(body []byte, _ bool) error {
		out = CreatePageResponse{}
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(doc), &out); err != nil {
			return fmt.Errorf("decoding: %w", err)
		}
		if out.Order.InvoiceNumber != r.Order.InvoiceNumber {
			return errOtherInvoice
		}
		return c.checkPage(r, doc, string(out.CreditCardPaymentPage.URL))
	})
	customer := r.Customer
	return out, maskRefusal(err, string(r.Card.Token), string(customer.Email), string(customer.Phone),
		string(customer.Address), string(customer.Name), customer.ID)
}

// localHosts are the host names of this machine, on which a stand-in for DOKU may listen.
var localHosts = []string{"localhost", "127.0.0.1", "::1", "host.docker.internal"}

// checkPage returns an error if the amount in the answer is not the order's, or if the page's address is not one to
// send a browser to. An answer without an amount is accepted. A page under http is accepted only from a stand-in on
// this machine that speaks http itself.
func (c *Client) checkPage(r CreatePageRequest, doc document, address string) error {
	wanted := []int64{r.Order.Amount}
	for _, promo := range r.OverrideConfiguration.Promo {
		wanted = append(wanted, r.Order.Amount-promo.DiscountAmount)
	}
	if err := doc.checkAmount([]string{"order", "amount"}, wanted...); err != nil {
		return err
	}
	if address == "" {
		return errors.New("it has no credit_card_payment_page.url")
	}
	page, err := url.Parse(address)
	if err != nil || page.Host == "" || page.User != nil {
		return errors.New("its credit_card_payment_page.url is not an absolute address")
	}
	local := page.Scheme == "http" && strings.HasPrefix(c.cfg.BaseURL, "http:") &&
		slices.Contains(localHosts, page.Hostname())
	if page.Scheme != "https" && !local {
		return errors.New("its credit_card_payment_page.url is not https")
	}
	return nil
}
