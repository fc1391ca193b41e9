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

// view is the data of the page templates.
type view struct {
	T         *texts
	Language  string // "en" or "id", for <html lang>
	Chosen    string // the language the customer switched to, "" for the merchant's default
	Other     string // the language to switch to, "EN" or "ID"
	Nonce     string
	Clock     string // the line about the clock while it is ahead, else empty
	Theme     theme
	Night     *theme // always nil: the page has the merchant's colours
	Path      string // of the page, without the path of a step
	Merchant  string
	Invoice   string
	Items     []itemView
	Total     string
	ExpiresAt string // RFC 3339; the browser shows it in its own time zone
	Expires   string // for a browser without JavaScript

	Card  cardView
	Wrong map[string]string // complaints by the name of the field

	Attempt   attemptView
	TriesLeft int
	OTP       string
	Reason    string // of a decline, for the customer
	CanRetry  bool

	Return  string // where "Return to merchant" leads, "" for nowhere
	Refresh string // content of a meta element that leads there; "" to stay
	Message string
}

// fieldsInOrder are the fields of the forms, in the order of the page.
var fieldsInOrder = []string{"card_number", "expiry", "cvv", "name", "tenor", "acquirer", "disclaimer", "otp"}

// Attributes returns the attributes of a wrong field, which mark it and name its complaint. The first wrong field gets
// the focus.
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

// viewOf returns the data that every step of a page shows. s.mu must be held.
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
	// After a decline the customer may try another card. Therefore only success leads away by itself.
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

// messageView returns the data for an address that leads to no page. It has nothing of a merchant.
func messageView(r *http.Request, message string) view {
	t := textsFor(r, nil)
	return view{T: t, Language: t.Language, Other: t.Other, Theme: themeOf(validate.Body{}), Message: message}
}

// rupiah writes an amount in the Indonesian form: Rp90.000.
func rupiah(amount int64) string {
	if amount < 0 {
		return "-" + rupiah(-amount)
	}
	digits := strconv.FormatInt(amount, 10)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return "Rp" + strings.Join(append([]string{digits}, groups...), ".")
}
