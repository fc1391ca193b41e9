package sandbox

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var cvvFormat = regexp.MustCompile(`^[0-9]{3}$`)

// cardForm is what was typed, shown again beside what is wrong with it. The CVV never is.
type cardForm struct {
	Number, Expiry, CVV, Name string
}

func showCardForm(s *Server, p *page, r *http.Request) screen {
	if closed, ok := s.closed(p, r); ok {
		return closed
	}
	v := s.viewOf(p, r)
	v.Form.Name = p.body.Customer.Name
	// A test card's link fills the form without JavaScript: it carries the card's place in the list, not its number.
	if i, err := strconv.Atoi(r.URL.Query().Get("fill")); err == nil && i >= 1 && i <= len(TestCards) {
		c := TestCards[i-1]
		v.Form.Number, v.Form.Expiry, v.Form.CVV = c.Spaced(), c.Expiry, c.CVV
		if v.Form.Name == "" {
			v.Form.Name = "Test Customer"
		}
	}
	return screen{template: "card", view: v}
}

func takeCard(s *Server, p *page, r *http.Request) screen {
	if closed, ok := s.closed(p, r); ok {
		return closed
	}
	form := cardForm{
		Number: strings.TrimSpace(r.PostForm.Get("card_number")),
		Expiry: strings.TrimSpace(r.PostForm.Get("expiry")),
		CVV:    strings.TrimSpace(r.PostForm.Get("cvv")),
		Name:   strings.TrimSpace(r.PostForm.Get("name")),
	}
	v := s.viewOf(p, r)
	card, wrong := form.check(v.T, s.now())
	if len(wrong) > 0 {
		form.CVV = ""
		v.Form, v.Wrong = form, wrong
		return screen{status: http.StatusUnprocessableEntity, template: "card", view: v}
	}
	s.tryCard(p, card)
	return s.to(p, "/otp", r)
}

// check names each field that cannot be right, before any bank is asked.
func (f cardForm) check(t *words, now time.Time) (TestCard, map[string]string) {
	wrong := map[string]string{}
	number := onlyDigits(f.Number)
	card, known := findCard(number)
	switch {
	case number == "":
		wrong["card_number"] = t.NumberMissing
	case !luhn(number):
		wrong["card_number"] = t.NumberWrong
	case !known:
		wrong["card_number"] = t.NumberNotTest
	}
	expires, ok := expiryOf(f.Expiry)
	published, _ := expiryOf(card.Expiry)
	switch {
	case f.Expiry == "":
		wrong["expiry"] = t.ExpiryMissing
	case !ok:
		wrong["expiry"] = t.ExpiryWrong
	// A published test card keeps working after the date DOKU printed on it.
	case !now.Before(expires) && !(known && expires.Equal(published)):
		wrong["expiry"] = t.ExpiryPast
	}
	switch {
	case f.CVV == "":
		wrong["cvv"] = t.CVVMissing
	case !cvvFormat.MatchString(f.CVV):
		wrong["cvv"] = t.CVVWrong
	}
	switch {
	case f.Name == "":
		wrong["name"] = t.NameMissing
	case utf8.RuneCountInString(f.Name) > 255 || strings.ContainsFunc(f.Name, unicode.IsControl):
		wrong["name"] = t.NameWrong
	}
	return card, wrong
}
