package sandbox

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kasir/local/sandbox/validate"
)

var cvvFormat = regexp.MustCompile(`^[0-9]{3}$`)

// cardForm is the content of the form, which is shown again beside its mistakes. The CVV is never shown again.
type cardForm struct {
	Number, Expiry, CVV, Name string
	Tenor, Acquirer           string
	Save, Agree               bool
}

func readCardForm(r *http.Request) cardForm {
	field := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	return cardForm{
		Number: field("card_number"), Expiry: field("expiry"), CVV: field("cvv"), Name: field("name"),
		Tenor: field("tenor"), Acquirer: field("acquirer"),
		Save: field("save") != "", Agree: field("disclaimer") != "",
	}
}

func showCardForm(s *Server, p *page, r *http.Request) screen {
	if closed, ok := s.closedScreen(p, r); ok {
		return closed
	}
	form := cardForm{Name: p.body.Customer.Name}
	// The link of a test card fills the form without JavaScript. It has the card's place in the list, not its number.
	if i, err := strconv.Atoi(r.URL.Query().Get("fill")); err == nil && i >= 1 && i <= len(TestCards) {
		c := TestCards[i-1]
		form = cardForm{Number: c.Spaced(), Expiry: c.Expiry, CVV: c.CVV, Name: cmp.Or(form.Name, "Test Customer")}
	} else if t := s.savedCard(p); t != nil && r.URL.Query().Get("card") != "new" {
		form = cardForm{Number: t.card.Masked(), Expiry: t.expiry[3:] + "/" + t.expiry[:2], Name: t.name}
	}
	return s.cardScreen(p, r, form, nil)
}

func submitCard(s *Server, p *page, r *http.Request) screen {
	if closed, ok := s.closedScreen(p, r); ok {
		return closed
	}
	form := readCardForm(r)
	picked, wrong := s.check(p, form, textsFor(r, p))
	if len(wrong) > 0 {
		form.CVV = ""
		next := s.cardScreen(p, r, form, wrong)
		next.status = http.StatusUnprocessableEntity
		return next
	}
	s.tryCard(p, picked)
	if p.unattended() {
		return s.redirectTo(p, "/result", r)
	}
	return s.redirectTo(p, "/otp", r)
}

// savedCard returns the card of card.token. It is nil for a token that is unknown, deleted or another customer's. The
// page then asks for a card, like one without a token.
func (s *Server) savedCard(p *page) *token {
	if p.body.Card.Token == "" {
		return nil
	}
	return s.book.token(p.body.Card.Token, p.body.Customer.ID)
}

// check returns the customer's choice and a complaint for each wrong field, before any bank is asked.
func (s *Server) check(p *page, f cardForm, t *texts) (choice, map[string]string) {
	var picked choice
	wrong := map[string]string{}
	say := func(field, complaint string) {
		if complaint != "" {
			wrong[field] = complaint
		}
	}
	if saved := s.savedCard(p); saved != nil && f.Number == saved.card.Masked() {
		picked.card, picked.tokenID = saved.card, saved.id
	} else {
		var complaint string
		picked.card, complaint = f.checkNumber(t)
		say("card_number", complaint)
		say("expiry", f.checkExpiry(t, picked.card, s.now()))
		say("name", f.checkName(t))
		if f.Save && p.body.Customer.ID != "" || bool(p.body.Card.Save) {
			picked.save = &token{
				customerID: p.body.Customer.ID, card: picked.card, expiry: yearFirst(f.Expiry), name: f.Name,
			}
		}
	}
	if wrong["card_number"] == "" && !p.accepts(picked.card) {
		say("card_number", t.NumberNotAllowed)
	}
	if !p.unattended() {
		say("cvv", f.checkCVV(t))
	}
	if p.body.AdditionalInfo.Disclaimer.EN != "" && !f.Agree {
		say("disclaimer", t.DisclaimerMissing)
	}
	var complaint string
	picked.tenor, complaint = p.chosenTenor(f.Tenor, t)
	say("tenor", complaint)
	if p.asksForAcquirer() && picked.tenor > 0 {
		if picked.acquirer = f.Acquirer; !slices.Contains(validate.Acquirers, f.Acquirer) {
			say("acquirer", t.AcquirerMissing)
		}
	}
	return picked, wrong
}

func (f cardForm) checkNumber(t *texts) (TestCard, string) {
	number := onlyDigits(f.Number)
	card, known := findCard(number)
	switch {
	case number == "":
		return card, t.NumberMissing
	case !luhn(number):
		return card, t.NumberWrong
	case !known:
		return card, t.NumberNotTest
	}
	return card, ""
}

// checkExpiry accepts the expiry that DOKU printed on a test card even after that date.
func (f cardForm) checkExpiry(t *texts, card TestCard, now time.Time) string {
	expires, ok := expiryOf(f.Expiry)
	published, known := expiryOf(card.Expiry)
	switch {
	case f.Expiry == "":
		return t.ExpiryMissing
	case !ok:
		return t.ExpiryWrong
	case !now.Before(expires) && !(known && expires.Equal(published)):
		return t.ExpiryPast
	}
	return ""
}

func (f cardForm) checkCVV(t *texts) string {
	switch {
	case f.CVV == "":
		return t.CVVMissing
	case !cvvFormat.MatchString(f.CVV):
		return t.CVVWrong
	}
	return ""
}

func (f cardForm) checkName(t *texts) string {
	switch {
	case f.Name == "":
		return t.NameMissing
	case utf8.RuneCountInString(f.Name) > 255 || strings.ContainsFunc(f.Name, unicode.IsControl):
		return t.NameWrong
	}
	return ""
}

// yearFirst writes an expiry as YY/MM, like DOKU's list of tokens.
func yearFirst(expiry string) string {
	end, _ := expiryOf(expiry)
	return end.AddDate(0, -1, 0).Format("06/01")
}
