package shop

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	quoteLife = 10 * time.Minute // kasir accepts quotes that live at most 15 minutes
	minKey    = 32               // bytes; RFC 7518 section 3.2 requires a key as long as the hash
)

// claims is the content of a quote: until it expires, this invoice number may be paid with this amount for these items.
// kasir requires the same values in the body of POST /payments.
type claims struct {
	jwt.RegisteredClaims
	order
	PaymentType string `json:"payment_type,omitempty"` // only a type that needs the back end's permission: AUTHORIZE
}

// quoteAnswer is the answer of POST /quote.
type quoteAnswer struct {
	Quote     string `json:"quote"`
	ExpiresIn int64  `json:"expires_in"` // seconds
	Order     order  `json:"order"`
}

// quotes signs the price of an order, so that the browser cannot choose it.
type quotes struct {
	prices prices
	key    string
	now    func() time.Time
}

func (q quotes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var wanted cart
	if err := decode(r.Body, &wanted); err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		refuse(w, status, "The body cannot be read: "+err.Error())
		return
	}
	priced, paymentType, violations := q.prices.price(wanted)
	if len(violations) > 0 {
		refuse(w, http.StatusUnprocessableEntity, "The shop cannot sell this order.", violations...)
		return
	}
	signed, err := sign(priced, paymentType, q.key, q.now())
	if err != nil {
		slog.ErrorContext(r.Context(), "the shop cannot sign a quote", "error", err)
		refuse(w, http.StatusInternalServerError, "The shop cannot quote right now.")
		return
	}
	reply(w, http.StatusOK, quoteAnswer{signed, int64(quoteLife.Seconds()), priced})
}

// decode reads exactly one JSON object. An unknown field, such as a price, is an error.
func decode(body io.Reader, into any) error {
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// sign returns the quote. It names the payment type only if kasir requires that: the customer may choose SALE and
// INSTALLMENT.
func sign(of order, paymentType, key string, now time.Time) (string, error) {
	c := claims{order: of, PaymentType: paymentType, RegisteredClaims: jwt.RegisteredClaims{
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(quoteLife)),
	}}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte(key))
}
