package sandbox

import (
	"crypto/rand"
	"net/http"
	"slices"
	"time"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/report"
	"kasir/local/sandbox/validate"
)

// backOfficeView is the data of the page.
type backOfficeView struct {
	T               *texts
	Language, Nonce string
	Clock           string
	Theme           theme
	Night           *theme
	Refresh         string // always empty: the page leads nowhere by itself

	Refusal  string            // why the last act was refused
	Typed    map[string]string // amounts that were typed, by invoice number
	Search   string            // shows only this invoice number
	Payments []backOfficePayment
	Total    int

	NeverNotify, Manual, HideChargebacks bool
	PartialRefunds                       string
	PartialForms                         []labelled

	Today          string // in Jakarta
	Malformations  []report.Malformation
	OtherContent   string
	Settlements    []controlSettlement
	SettlementsAll int
}

// labelled is a value with its text for people.
type labelled struct{ Value, Text string }

// backOfficePayment is a payment and the acts that are possible.
type backOfficePayment struct {
	controlPayment
	Acts []labelled
}

// Money returns the sums to show, without those that are zero.
func (p backOfficePayment) Money() (sums []labelled) {
	reserved, refunded := int64(0), p.Refunded
	if p.Captured == 0 {
		reserved = p.Paid
	} else if p.Voided > 0 {
		refunded = 0 // it is the void
	}
	for _, sum := range []struct {
		name   string
		amount int64
	}{
		{"Reserved", reserved}, {"Taken", p.Captured}, {"Refunded", refunded}, {"Voided", p.Voided},
		{"Charged back", p.ChargedBack},
	} {
		if sum.amount != 0 {
			sums = append(sums, labelled{sum.name, rupiah(sum.amount)})
		}
	}
	return sums
}

// backOfficeTexts are the labels of the buttons.
var backOfficeTexts = map[string]string{
	"capture": "Capture", "void": "Void", "refund": "Refund", "reject-manual": "Reject manual refund",
	"dispute": "Dispute", "dispute-won": "Dispute won",
}

// partialRefundTexts are the labels of faults.PartialRefundForms.
var partialRefundTexts = map[string]string{
	faults.PartialBlock: "whole amount, and the refund", faults.PartialReduced: "the amount that is left",
	faults.PartialWhole: "REFUNDED, whole amount", faults.PartialHidden: "nothing of it",
}

// showBackOffice shows the page of the merchant's acts: GET /backoffice[?invoice_number=…].
func (s *Server) showBackOffice(w http.ResponseWriter, r *http.Request) {
	s.renderBackOffice(w, http.StatusOK, backOfficeView{Search: r.FormValue("invoice_number")})
}

// renderBackOffice fills in the view and writes the page.
func (s *Server) renderBackOffice(w http.ResponseWriter, status int, v backOfficeView) {
	v.T, v.Language, v.Nonce, v.Clock = english, "en", rand.Text(), s.clockLine(english)
	v.Theme, v.Night = themeOf(validate.Body{}), nightTheme()
	for _, form := range faults.PartialRefundForms {
		v.PartialForms = append(v.PartialForms, labelled{form, partialRefundTexts[form]})
	}
	v.Malformations, v.OtherContent = report.Malformations, report.OtherContent
	s.mu.Lock()
	s.book.decidePending(s.now())
	v.NeverNotify, v.Manual = s.book.neverNotify, s.book.manualRefunds
	v.PartialRefunds, v.HideChargebacks = s.injector.Faults.PartialRefunds, s.injector.Faults.HideChargebacks
	v.Today = s.now().In(jakarta).Format(time.DateOnly)
	for _, p := range slices.Backward(s.book.pages) {
		if p.paidAttempt() == nil || v.Search != "" && v.Search != p.body.Order.InvoiceNumber {
			continue
		}
		if v.Total++; len(v.Payments) < maxRecent {
			v.Payments = append(v.Payments, backOfficePayment{p.forControl(s.now()), s.possibleActs(p)})
		}
	}
	v.SettlementsAll = len(s.book.settlements)
	for _, b := range slices.Backward(s.book.settlements) {
		if len(v.Settlements) < maxRecent {
			v.Settlements = append(v.Settlements, b.forControl())
		}
	}
	s.mu.Unlock()
	s.render(w, status, "backoffice", v, v.Nonce)
}

// possibleActs returns the acts that a payment admits now. s.mu must be held.
func (s *Server) possibleActs(p *page) (acts []labelled) {
	for _, name := range backOfficeNames {
		if backOfficeRules[name].check(s, &backOfficeAct{page: p}) == nil {
			acts = append(acts, labelled{name, backOfficeTexts[name]})
		}
	}
	return acts
}

// clickOnPage answers a button of a payment on the page.
func (s *Server) clickOnPage(w http.ResponseWriter, r *http.Request) {
	ask, refused := readClick(r)
	if refused == nil {
		s.mu.Lock()
		refused = s.click(ask)
		s.mu.Unlock()
	}
	if refused != nil {
		s.renderBackOffice(w, refused.Status, backOfficeView{
			Refusal: ask.InvoiceNumber + ": " + refused.Message,
			Typed:   map[string]string{ask.InvoiceNumber: string(ask.Amount)},
		})
		return
	}
	leadTo(w, "backoffice")
}

// switchOnPage answers the switches of the page. A box that is not checked is not in the form.
func (s *Server) switchOnPage(w http.ResponseWriter, r *http.Request) {
	never, manual := isOn(r.PostFormValue("never_notify")), isOn(r.PostFormValue("manual_refunds"))
	s.mu.Lock()
	refused := s.setStatusForm(r.PostFormValue("partial_refunds"), isOn(r.PostFormValue("hide_chargebacks")))
	if refused == nil {
		s.book.setNeverNotify(never)
		s.book.manualRefunds = manual
	}
	s.mu.Unlock()
	if refused != nil {
		s.renderBackOffice(w, refused.Status, backOfficeView{Refusal: refused.Message})
		return
	}
	leadTo(w, "../backoffice")
}

// settleOnPage answers the button that settles. The report is then in the list.
func (s *Server) settleOnPage(w http.ResponseWriter, r *http.Request) {
	refused := invalidParameter(english.BadForm)
	if r.ParseForm() == nil {
		s.mu.Lock()
		_, _, refused = s.settleAsAsked(r)
		s.mu.Unlock()
	}
	if refused != nil {
		s.renderBackOffice(w, refused.Status, backOfficeView{Refusal: refused.Message})
		return
	}
	leadTo(w, "../backoffice")
}

// leadTo redirects a form. http.Redirect would make the address absolute, and a proxy may add a prefix to the path.
func leadTo(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
