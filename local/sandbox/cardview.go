package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"kasir/local/sandbox/validate"
)

// cardView is the data of the card form only.
type cardView struct {
	Form                   cardForm
	Cards                  []TestCard
	Saved                  bool // the form shows a saved card and asks only for its CVV
	HasSaved               bool // the customer can go back to a saved card
	AsksCVV                bool
	OffersSave, ForcesSave bool
	Tenors                 []option
	Acquirers              []option
	Promos                 []promoView
	Disclaimer             string
	Amount                 int64  // before promo; the browser subtracts the discount
	Pay                    string // the charge of this form, after a promo that is already known
}

type option struct {
	Value, Text string
	Months      int64 // of an installment plan
	Chosen      bool
}

type promoView struct {
	BIN      string
	Discount int64
	Text     string
	On       bool // whether the card in the form gets it
}

// cardScreen returns the card form with its content and its mistakes.
func (s *Server) cardScreen(p *page, r *http.Request, form cardForm, wrong map[string]string) screen {
	v := s.viewOf(p, r)
	v.Wrong = wrong
	saved := s.savedCard(p)
	c := cardView{
		Form:     form,
		Cards:    TestCards,
		HasSaved: saved != nil,
		Saved:    saved != nil && form.Number == saved.card.Masked(),
		AsksCVV:  !p.unattended(),
		Amount:   p.body.Order.Amount,
	}
	c.ForcesSave = bool(p.body.Card.Save) && !c.Saved
	c.OffersSave = p.body.Customer.ID != "" && !c.Saved && !c.ForcesSave
	c.Disclaimer = p.body.AdditionalInfo.Disclaimer.EN
	if v.Language == "id" {
		c.Disclaimer = cmp.Or(p.body.AdditionalInfo.Disclaimer.ID, c.Disclaimer)
	}
	card, _ := findCard(onlyDigits(form.Number))
	if c.Saved {
		card = saved.card
	}
	due := p.body.Order.Amount - p.discount(card)
	c.Pay = rupiah(due)
	c.Tenors, c.Acquirers = p.planOptions(form, due, v.T)
	c.Promos = p.promoViews(card, v.T)
	v.Card = c
	return screen{template: "card", view: v}
}

// promoViews returns each BIN's promo once. The guide's own sample repeats one, and only the first counts.
func (p *page) promoViews(card TestCard, t *texts) (list []promoView) {
	applied := false
	for i, one := range p.body.Override.Promo {
		if slices.ContainsFunc(p.body.Override.Promo[:i], func(p validate.Promo) bool { return p.BIN == one.BIN }) {
			continue
		}
		on := !applied && card.has(one.BIN)
		applied = applied || on
		list = append(list, promoView{string(one.BIN), one.DiscountAmount,
			t.promo(rupiah(one.DiscountAmount), string(one.BIN)), on})
	}
	return list
}

// planOptions returns the choices of an installment plan, with the cost of a month.
func (p *page) planOptions(form cardForm, due int64, t *texts) (tenors, banks []option) {
	chosen := cmp.Or(form.Tenor, strconv.FormatInt(p.defaultTenor(), 10))
	for _, months := range p.tenors() {
		o := option{Value: strconv.FormatInt(months, 10), Text: t.AtOnce}
		if months > 0 {
			o.Months, o.Text = months, t.months(months, rupiah(monthlyAmount(due, months)))
		}
		o.Chosen = o.Value == chosen
		tenors = append(tenors, o)
	}
	if p.asksForAcquirer() {
		for _, a := range validate.Acquirers {
			banks = append(banks, option{Value: a, Text: acquirerNames[a], Chosen: a == form.Acquirer})
		}
	}
	return tenors, banks
}
