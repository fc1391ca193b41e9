package sandbox

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kasir/local/sandbox/validate"
)

// redirectAfter is how many seconds a customer sees the result before auto_redirect leads back to the merchant.
const redirectAfter = "3"

// view is what the page templates show.
type view struct {
	T         *texts
	Language  string // "en" or "id", for <html lang>
	Chosen    string // the language the customer switched to, "" for the merchant's default
	Other     string // the language to switch to, "EN" or "ID"
	Nonce     string
	Clock     string // the time while it is not the real one, else empty
	Theme     theme
	Path      string // of the page, without a step
	Merchant  string
	Invoice   string
	Items     []itemView
	Total     string
	ExpiresAt string // RFC 3339; the browser shows it in its own time zone
	Expires   string // for a browser without JavaScript

	Card  cardView
	Wrong map[string]string // field name → what is wrong

	Attempt   attemptView
	TriesLeft int
	OTP       string
	Reason    string // of a decline, in plain words
	CanRetry  bool

	Return  string // where "Return to merchant" leads, "" for nowhere
	Refresh string // leads there without being asked: the content of a meta element, "" for waiting
	Message string
}

// fieldsInOrder are the fields of the forms, as they stand on the page.
var fieldsInOrder = []string{"card_number", "expiry", "cvv", "name", "tenor", "acquirer", "disclaimer", "otp"}

// Attributes says of a field that is wrong that it is, and where it says why. The first one takes the focus.
func (v view) Attributes(field string) template.HTMLAttr {
	if v.Wrong[field] == "" {
		return ""
	}
	attributes := `aria-invalid="true" aria-describedby="` + field + `-why"`
	first := slices.IndexFunc(fieldsInOrder, func(name string) bool { return v.Wrong[name] != "" })
	if fieldsInOrder[first] == field {
		attributes += " autofocus"
	}
	return template.HTMLAttr(attributes)
}

type itemView struct {
	Name     string
	Quantity int64
	Each     string
	Sum      string
}

type attemptView struct {
	ID, Card, Brand, Issuer   string
	Amount                    string
	Discount, Plan            string
	ApprovalCode, AuthorizeID string
	Code, Date, At            string
}

// viewOf fills what every step of a page shows. s.mu must be held.
func (s *Server) viewOf(p *page, r *http.Request) view {
	t := textsFor(r, p)
	order := p.body.Order
	v := view{
		T: t, Language: t.Language, Chosen: chosenLanguage(r), Other: t.Other,
		Theme:     themeOf(p.body),
		Path:      s.pagePath(p),
		Merchant:  cmp.Or(order.Descriptor, s.cfg.Merchant, t.Merchant),
		Invoice:   order.InvoiceNumber,
		Total:     rupiah(order.Amount),
		ExpiresAt: stamp(p.expiresAt),
		Expires:   p.expiresAt.Format("15:04 UTC"),
		OTP:       OTP,
		Return:    order.CallbackURL,
	}
	for _, item := range order.LineItems {
		v.Items = append(v.Items, itemView{
			cmp.Or(item.Name, t.Item), item.Quantity, rupiah(item.Price), rupiah(item.Price * item.Quantity),
		})
	}
	if a := p.lastAttempt(); a != nil && a.state == declined {
		// "If not set, then will redirect to callback_url"
		v.Return = cmp.Or(order.FailedURL, order.CallbackURL)
	}
	// A decline is not the end: the customer may try another card, so only success leads away by itself.
	if order.AutoRedirect && p.paidAttempt() != nil {
		v.Refresh = redirectAfter + ";url=" + order.CallbackURL
	}
	return v
}

func (t *texts) attemptView(a *attempt) attemptView {
	shown := attemptView{
		ID: a.id, Card: a.card.Masked(), Brand: a.card.Brand, Issuer: a.card.Issuer,
		Amount:       rupiah(a.amount),
		ApprovalCode: a.approvalCode,
		AuthorizeID:  a.authorizeID,
		Code:         a.code,
		At:           stamp(a.doneAt),
		Date:         a.doneAt.Format("2006-01-02 15:04 UTC"),
	}
	if a.discount > 0 {
		shown.Discount = rupiah(a.discount)
	}
	if a.tenor > 0 {
		shown.Plan = t.months(a.tenor, rupiah(monthlyAmount(a.amount, a.tenor)))
	}
	return shown
}

// messageView is for an address that leads to no page, so nothing of a merchant is known.
func messageView(r *http.Request, message string) view {
	t := textsFor(r, nil)
	return view{T: t, Language: t.Language, Other: t.Other, Theme: themeOf(validate.Body{}), Message: message}
}

// rupiah writes an amount as Indonesians do: Rp90.000.
func rupiah(amount int64) string {
	digits := strconv.FormatInt(amount, 10)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return "Rp" + strings.Join(append([]string{digits}, groups...), ".")
}
