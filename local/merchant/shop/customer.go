package shop

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"regexp"
	"strings"
)

// cookieName is the shop's name, because cookies ignore ports: every server on this machine sees the cookie.
const cookieName = "lumbung"

const cookieAge = 365 * 24 * 60 * 60 // seconds

// secretForm matches the texts of rand.Text, including longer ones that a later Go may return.
var secretForm = regexp.MustCompile(`^[A-Z2-7]{26,64}$`)

// customerOf returns the browser's customer id and renews its cookie for another year. A browser without the cookie
// gets one, and is a new customer without orders and saved cards.
//
// Only a POST of the shop's own pages calls it. A visitor who returns from the payment page arrives without the cookie,
// because it is SameSite=Strict. A page that set a missing cookie would turn that visitor into another customer.
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

// customerID returns the customer's id at kasir and DOKU, 29 characters. It is a hash of the cookie, so nobody who
// reads it in a log or a dashboard can make the cookie.
func customerID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "CUST-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}
