// Package customer pays on the sandbox's hosted page over HTTP, filling in its forms as a browser would.
package customer

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Card is the card data that a customer enters.
type Card struct {
	Number, Expiry, CVV string
}

// Test cards of the sandbox. Its page lists them all.
var (
	Mastercard   = Card{"5573381011111101", "01/28", "123"}
	Visa         = Card{"4761349999000039", "12/31", "998"}
	Insufficient = Card{"4000000000000051", "12/31", "123"}
)

// OTP is the one-time password of every test card.
const OTP = "123456"

// ErrRefused reports that the page refused the entered values and named the wrong fields.
var ErrRefused = errors.New("the page does not take the card")

// Pay opens the page, enters the card, and confirms with the one-time password if the page asks for it. It ends on the
// result page, approved or declined; only the merchant's API reports the status of the payment. extra are more fields
// of the card form, such as tenor, save=on or disclaimer=on. A saved card is paid with an empty Number.
func Pay(ctx context.Context, client *http.Client, page string, card Card, extra ...url.Values) error {
	form, err := openPage(ctx, client, page)
	if err != nil {
		return fmt.Errorf("opening the page: %w", err)
	}
	entered := url.Values{"cvv": {card.CVV}}
	if card.Number != "" {
		entered = url.Values{
			"card_number": {card.Number}, "expiry": {card.Expiry}, "cvv": {card.CVV}, "name": {"Budi Santoso"},
		}
	}
	for _, more := range extra {
		for name := range more {
			entered.Set(name, more.Get(name))
		}
	}
	form, err = form.submit(ctx, client, entered)
	if err != nil {
		return fmt.Errorf("entering the card: %w", err)
	}
	if _, asked := form.inputs["otp"]; asked {
		if form, err = form.submit(ctx, client, url.Values{"otp": {OTP}}); err != nil {
			return fmt.Errorf("confirming: %w", err)
		}
	}
	if !strings.HasSuffix(form.at.Path, "/result") {
		return fmt.Errorf("paying led to %s", form.at.Path)
	}
	return nil
}

// form is a page and the contents of its form.
type form struct {
	at     *url.URL
	action string
	inputs url.Values
}

func openPage(ctx context.Context, client *http.Client, page string) (form, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return form{}, err
	}
	return fetchForm(client, request)
}

// submit sends the form with the given values and follows to the next page.
func (f form) submit(ctx context.Context, client *http.Client, typed url.Values) (form, error) {
	target, err := f.at.Parse(f.action)
	if err != nil {
		return form{}, fmt.Errorf("the form's action %q: %w", f.action, err)
	}
	values := url.Values{}
	for name := range f.inputs {
		values.Set(name, f.inputs.Get(name))
	}
	for name := range typed {
		values.Set(name, typed.Get(name))
	}
	body := strings.NewReader(values.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), body)
	if err != nil {
		return form{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return fetchForm(client, request)
}

var (
	formTag   = regexp.MustCompile(`(?s)<form[^>]*\smethod="post"[^>]*>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`(?s)<input[^>]*>`)
	attribute = regexp.MustCompile(`\s(action|name|value|type)="([^"]*)"`)
)

// fetchForm fetches a page and parses its first form, as far as kasir's sandbox needs.
func fetchForm(client *http.Client, request *http.Request) (form, error) {
	response, err := client.Do(request)
	if err != nil {
		return form{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return form{}, err
	}
	if response.StatusCode == http.StatusUnprocessableEntity {
		return form{}, ErrRefused
	}
	if response.StatusCode != http.StatusOK {
		return form{}, fmt.Errorf("%s answered %s", response.Request.URL.Path, response.Status)
	}
	f := form{at: response.Request.URL, inputs: url.Values{}}
	found := formTag.FindSubmatch(body)
	if found == nil {
		return f, nil
	}
	f.action = attributes(string(found[0][:strings.IndexByte(string(found[0]), '>')]))["action"]
	for _, tag := range inputTag.FindAllString(string(found[1]), -1) {
		p := attributes(tag)
		choice := p["type"] == "checkbox" || p["type"] == "radio" // not sent unless it is ticked
		if p["name"] != "" && (!choice || strings.Contains(tag, " checked")) {
			f.inputs.Set(p["name"], p["value"])
		}
	}
	return f, nil
}

func attributes(tag string) map[string]string {
	all := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}
