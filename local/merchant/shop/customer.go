package shop

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"regexp"
	"strings"
)

// cookieName has the shop's name because cookies do not know ports: every server on this machine sees it.
const cookieName = "lumbung"

const cookieAge = 365 * 24 * 60 * 60 // seconds

// secretForm is what rand.Text writes, now and should its texts grow longer.
var secretForm = regexp.MustCompile(`^[A-Z2-7]{26,64}$`)

// customerOf tells whose browser this is, and has it remember that for another year. A browser without the cookie gets one,
// and is a new customer with no orders and no saved cards.
//
// Only a POST of the shop's own pages comes here. Whoever returns from the payment page arrives without the cookie, since it
// is SameSite=Strict: a page that made one when it is missing would turn them into somebody else.
func customerOf(w http.ResponseWriter, r *http.Request) string {
	secret := rand.Text()
	if cookie, err := r.Cookie(cookieName); err == nil && secretForm.MatchString(cookie.Value) {
		secret = cookie.Value
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: secret, Path: "/", MaxAge: cookieAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
	return customerID(secret)
}

// customerID is what kasir and DOKU know the customer by, 29 characters. It is made from the cookie and not the other way
// round, so that whoever reads it in a log or a dashboard cannot make the cookie.
func customerID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "CUST-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}
