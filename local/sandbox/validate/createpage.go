package validate

import (
	"errors"
	"strings"
)

// Payment types of the guide's table. Its prose has AUTHORIZATION once. The table and DOKU's live sandbox have
// AUTHORIZE, therefore the other name is refused here.
const (
	TypeSale        = "SALE"
	TypeInstallment = "INSTALLMENT"
	TypeAuthorize   = "AUTHORIZE"
	TypeMoto        = "MOTO"
	TypeRecurring   = "RECURRING"
)

// Acquirers are the acquirers of the guide.
var Acquirers = []string{
	"BNI", "BRI", "BANK_CIMB", "BANK_MANDIRI", "BCA", "BANK_PERMATA", "DANAMON", "BUKOPIN", "HSBC", "OCBC_NISP",
}

// createPage is the guide's table "Request body Explanation", row by row. The guide leaves out the lengths of customer
// and descriptor. They are from DOKU's newer documentation. All else that the table leaves open is the sandbox's
// choice, and is listed in its README.md.
var createPage = Table{
	{"order", mandatory, object},
	{"order.amount", mandatory, whole(1)},
	{"order.invoice_number", mandatory, both(text(64), pattern(printable, "letters, digits and special characters"))},
	{"order.callback_url", optional, webURL},
	{"order.failed_url", optional, webURL},
	{"order.auto_redirect", optional, boolean}, // "Mandatory", but with a default: false
	{"order.line_items[].name", optional, text(255)},
	{"order.line_items[].price", withParent, whole(0)},
	{"order.line_items[].quantity", withParent, whole(1)},
	{"order.descriptor", optional, text(22)},
	{"order.session_id", optional, stringOrNumber}, // only in DOKU's sample requests

	{"card.token", optional, text(255)},
	{"card.save", optional, boolean},

	{"customer.id", optional, text(50)},
	{"customer.name", optional, text(255)},
	{"customer.email", optional, both(text(128), email)},
	{"customer.phone", optional, both(text(16), pattern(phone, "a calling code and a phone number, digits only"))},
	{"customer.address", optional, text(1024)},
	{"customer.country", optional, country},

	{"payment.type", optional, oneOf(TypeSale, TypeInstallment, TypeAuthorize, TypeMoto, TypeRecurring)},
	{"payment.auto_capture", optional, boolean},
	{"payment.acquirer", optional, oneOf(Acquirers...)},
	{"payment.tenor", optional, whole(0)},

	{"override_configuration.themes.language", optional, oneOf("EN", "ID")},
	{"override_configuration.themes.background_color", optional, hexColour},
	{"override_configuration.themes.font_color", optional, hexColour},
	{"override_configuration.themes.button_background_color", optional, hexColour},
	{"override_configuration.themes.button_font_color", optional, hexColour},
	{"override_configuration.promo[].bin", withParent, binValue},
	{"override_configuration.promo[].discount_amount", withParent, whole(1)},
	{"override_configuration.allow_bin[]", withParent, binValue},
	{"override_configuration.allow_tenor[]", withParent, whole(0)},

	{"additional_info", optional, object},
	{"additional_info.override_notification_url", optional, webURL},
	{"additional_info.disclaimer.id", optional, text(2000)},
	{"additional_info.disclaimer.en", withParent, text(2000)}, // "default"; the guide marks it "v"
	{"additional_info.settlement[].bank_account_settlement_id", withParent, text(64)},
	{"additional_info.settlement[].value", withParent, positive},
	{"additional_info.settlement[].type", withParent, oneOf("PERCENTAGE", "FIX")},
	{"additional_info.hold_settlement", optional, boolean},
	{"additional_info.account", optional, object}, // account and report are in no table; DOKU's own plugins send them
	{"additional_info.account.id", withParent, text(64)},
	{"additional_info.report[].key", withParent, text(64)},
	{"additional_info.report[].value", withParent, text(128)},
}

// CreatePage checks a create-page body against the table, and then against the rules that tie fields together.
// notificationPath is the path that an overriding notification URL must have, "" for any. The error names every
// mistake.
func CreatePage(raw []byte, notificationPath string) (Body, error) {
	doc, err := createPage.parse(raw)
	if err != nil {
		return Body{}, err
	}
	body, err := decodeBody(raw, doc)
	if err != nil {
		return Body{}, err
	}
	var wrong []string
	for _, condition := range conditions {
		if complaint := condition(body); complaint != "" {
			wrong = append(wrong, complaint)
		}
	}
	override := body.AdditionalInfo.OverrideNotificationURL
	if override != "" && notificationPath != "" && URLPath(override) != notificationPath {
		wrong = append(wrong, "additional_info.override_notification_url must have the path of the configured "+
			"Notification URL, "+notificationPath)
	}
	if len(wrong) > 0 {
		return Body{}, errors.New(strings.Join(wrong, "; "))
	}
	return body, nil
}
