package validate

import (
	"encoding/json"
	"fmt"
)

// Body is a create-page body that passed the rules. Its fields have the guide's names.
type Body struct {
	Order struct {
		Amount        int64           `json:"amount"` // whole rupiah
		InvoiceNumber string          `json:"invoice_number"`
		LineItems     []LineItem      `json:"line_items"`
		CallbackURL   string          `json:"callback_url"`
		FailedURL     string          `json:"failed_url"`
		AutoRedirect  Flag            `json:"auto_redirect"`
		Descriptor    string          `json:"descriptor"`
		SessionID     json.RawMessage `json:"session_id"`
	} `json:"order"`
	Card struct {
		Token string `json:"token"`
		Save  Flag   `json:"save"`
	} `json:"card"`
	Customer struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Email string `json:"email"`
		Phone string `json:"phone"`
	} `json:"customer"`
	Payment struct {
		Type        string `json:"type"`
		AutoCapture Flag   `json:"auto_capture"`
		Acquirer    string `json:"acquirer"`
		Tenor       *int64 `json:"tenor"` // months; 0 is paying at once
	} `json:"payment"`
	Override struct {
		Themes struct {
			Language         string `json:"language"`
			Background       string `json:"background_color"`
			Font             string `json:"font_color"`
			ButtonBackground string `json:"button_background_color"`
			ButtonFont       string `json:"button_font_color"`
		} `json:"themes"`
		Promo      []Promo  `json:"promo"`
		AllowBIN   []Digits `json:"allow_bin"`
		AllowTenor []int64  `json:"allow_tenor"`
	} `json:"override_configuration"`
	AdditionalInfo struct {
		OverrideNotificationURL string `json:"override_notification_url"`
		Disclaimer              struct {
			ID string `json:"id"`
			EN string `json:"en"`
		} `json:"disclaimer"`
		Account struct {
			ID string `json:"id"`
		} `json:"account"`
		Report []struct {
			Key   string `json:"key"` // the name of a column of the merchant's settlement reports
			Value string `json:"value"`
		} `json:"report"`
		Settlement []struct {
			Value json.Number `json:"value"`
			Type  string      `json:"type"`
		} `json:"settlement"`
	} `json:"additional_info"`

	TypeLeftOut       bool            `json:"-"` // payment.type was not sent
	RawAdditionalInfo json.RawMessage `json:"-"` // echoed in the answer as it came
}

// LineItem is one line of an order.
type LineItem struct {
	Name     string `json:"name,omitempty"`
	Price    int64  `json:"price"` // whole rupiah
	Quantity int64  `json:"quantity"`
}

// Promo is a discount for cards that begin with a BIN.
type Promo struct {
	BIN            Digits `json:"bin"`
	DiscountAmount int64  `json:"discount_amount"` // whole rupiah
}

// Flag is a boolean that JSON writes as true, "true", false or "false". An empty string is false.
type Flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *Flag) UnmarshalJSON(raw []byte) error {
	*f = string(raw) == "true" || string(raw) == `"true"`
	return nil
}

// Digits is a BIN, written as a string or as a number.
type Digits string

// UnmarshalJSON implements json.Unmarshaler.
func (d *Digits) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	*d = Digits(s)
	return nil
}

// decodeBody gives a body its Go types. The rules of the table must have accepted doc, which is the parsed raw.
func decodeBody(raw []byte, doc document) (Body, error) {
	var body Body
	if err := doc.decode(&body); err != nil {
		return body, err
	}
	var echo struct {
		AdditionalInfo json.RawMessage `json:"additional_info"`
	}
	if err := json.Unmarshal(raw, &echo); err != nil {
		return body, fmt.Errorf("additional_info: %w", err)
	}
	body.RawAdditionalInfo = echo.AdditionalInfo
	if body.Payment.Type == "" {
		// "Bring this if you have more than 1 type of Cards payment type": here it defaults to SALE.
		body.Payment.Type, body.TypeLeftOut = TypeSale, true
	}
	return body, nil
}
