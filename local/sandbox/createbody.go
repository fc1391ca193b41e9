package sandbox

import (
	"encoding/json"
	"fmt"
)

// createBody is a create-page body that passed the table's rules: the guide's fields under the guide's names.
type createBody struct {
	Order struct {
		Amount        int64           `json:"amount"` // whole rupiah
		InvoiceNumber string          `json:"invoice_number"`
		LineItems     []lineItem      `json:"line_items"`
		CallbackURL   string          `json:"callback_url"`
		FailedURL     string          `json:"failed_url"`
		AutoRedirect  flag            `json:"auto_redirect"`
		Descriptor    string          `json:"descriptor"`
		SessionID     json.RawMessage `json:"session_id"`
	} `json:"order"`
	Card struct {
		Token string `json:"token"`
		Save  flag   `json:"save"`
	} `json:"card"`
	Customer struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Email string `json:"email"`
		Phone string `json:"phone"`
	} `json:"customer"`
	Payment struct {
		Type        string `json:"type"`
		AutoCapture flag   `json:"auto_capture"`
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
		Promo      []promo  `json:"promo"`
		AllowBIN   []digits `json:"allow_bin"`
		AllowTenor []int64  `json:"allow_tenor"`
	} `json:"override_configuration"`
	AdditionalInfo struct {
		OverrideNotificationURL string `json:"override_notification_url"`
		Disclaimer              struct {
			ID string `json:"id"`
			EN string `json:"en"`
		} `json:"disclaimer"`
		Settlement []struct {
			Value json.Number `json:"value"`
			Type  string      `json:"type"`
		} `json:"settlement"`
	} `json:"additional_info"`

	TypeLeftOut       bool            `json:"-"` // payment.type was not sent
	RawAdditionalInfo json.RawMessage `json:"-"` // echoed in the answer as it came
}

type lineItem struct {
	Name     string `json:"name,omitempty"`
	Price    int64  `json:"price"` // whole rupiah
	Quantity int64  `json:"quantity"`
}

// promo takes a discount off for cards that begin with a BIN.
type promo struct {
	BIN            digits `json:"bin"`
	DiscountAmount int64  `json:"discount_amount"` // whole rupiah
}

// flag is true, "true", false, "false", or "" for false.
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	*f = string(raw) == "true" || string(raw) == `"true"`
	return nil
}

// digits is a BIN, written as a string or as a number.
type digits string

func (d *digits) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	*d = digits(s)
	return nil
}

// decodeCreate gives a body its Go types; the table of rules has looked at doc before.
func decodeCreate(raw []byte, doc document) (createBody, error) {
	var body createBody
	if err := json.Unmarshal(encode(known(map[string]any(doc))), &body); err != nil {
		return body, fmt.Errorf("the body does not have the guide's types: %w", err)
	}
	var echo struct {
		AdditionalInfo json.RawMessage `json:"additional_info"`
	}
	if err := json.Unmarshal(raw, &echo); err != nil {
		return body, fmt.Errorf("additional_info: %w", err)
	}
	body.RawAdditionalInfo = echo.AdditionalInfo
	if body.Payment.Type == "" {
		// "Bring this if you have more than 1 type of Cards payment type": the sandbox's merchant defaults to SALE.
		body.Payment.Type, body.TypeLeftOut = typeSale, true
	}
	return body, nil
}
