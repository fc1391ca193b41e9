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
	quoteLife = 10 * time.Minute // kasir takes quotes that live 15 minutes at most
	leastKey  = 32               // bytes; RFC 7518 section 3.2 wants a key as long as the hash
)

// claims are what a quote says: this invoice number may be paid with this amount for these things, until then. kasir wants the
// body of POST /payments to say the same.
type claims struct {
	jwt.RegisteredClaims
	order
	PaymentType string `json:"payment_type,omitempty"` // only one that needs the back end's word: AUTHORIZE
}

// quoted is the answer of POST /quote.
type quoted struct {
	Quote     string `json:"quote"`
	ExpiresIn int64  `json:"expires_in"` // seconds
	Order     order  `json:"order"`
}

// quotes signs what an order costs, so that the browser cannot say it.
type quotes struct {
	prices prices
	key    string
	now    func() time.Time
}

func (q quotes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var wanted wish
	if err := decode(r.Body, &wanted); err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		refuse(w, status, "The body cannot be read: "+err.Error())
		return
	}
	priced, paymentType, faults := q.prices.price(wanted)
	if len(faults) > 0 {
		refuse(w, http.StatusUnprocessableEntity, "The shop cannot sell this order.", faults...)
		return
	}
	signed, err := sign(priced, paymentType, q.key, q.now())
	if err != nil {
		slog.ErrorContext(r.Context(), "the shop cannot sign a quote", "error", err)
		refuse(w, http.StatusInternalServerError, "The shop cannot quote right now.")
		return
	}
	reply(w, http.StatusOK, quoted{signed, int64(quoteLife.Seconds()), priced})
}

// decode reads one JSON object and nothing else: an unknown field such as a price is a mistake to hear about.
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

// sign makes the quote. It names the payment type only where kasir asks for that: SALE and INSTALLMENT are anybody's to choose.
func sign(of order, paymentType, key string, now time.Time) (string, error) {
	said := claims{order: of, PaymentType: paymentType, RegisteredClaims: jwt.RegisteredClaims{
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(quoteLife)),
	}}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, said).SignedString([]byte(key))
}
