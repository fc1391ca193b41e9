package simulation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"strconv"
	"time"
)

// reply is an answer on its way.
type reply struct {
	status     int
	body       []byte
	kind       string // content type; empty: JSON
	encoding   string
	retryAfter string
	location   string
	sign       signature

	refused    bool // DOKU refused
	pending    bool // DOKU has not decided yet
	unread     bool // DOKU rejected it without reading it
	firstTime  bool // DOKU carried it out just now
	aboutOrder bool // it is about the order that check status was asked about
	spoilt     bool // it does not fit the request
	unpaid     bool // a genuine answer of check status that nothing is paid
}

// isRefusal reports whether the client receives the answer unchanged and it is DOKU's own first refusal, not a replay.
func (a *reply) isRefusal(p *passage) bool {
	return a.refused && !a.unread && p.alter == nil && !p.half && a.status != 409 && !p.is("idempotent_request")
}

// signature is a way of signing an answer.
type signature int

const (
	signed        signature = iota // as DOKU does
	unsigned                       // no Signature header
	bare                           // without HMACSHA256=
	wrong                          // with another key
	overOtherBody                  // with the right key over another body
)

var signatureWords = [...]string{"signed", "unsigned", "signed without scheme", "wrongly signed",
	"signed over another body"}

// seal makes signatures with the simulation's own code, so that mistakes in shared/doku do not cancel out.
type seal struct {
	mac  hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

func newSeal(key string) *seal { return &seal{mac: hmac.New(sha256.New, []byte(key))} }

// sign returns the value of the Signature header. stamp is Request or Response and names the timestamp's line.
func (k *seal) sign(stamp, client, requestID, at, path string, body []byte, digest bool) string {
	t := append(append(k.text[:0], "Client-Id:"...), client...)
	t = append(append(t, "\nRequest-Id:"...), requestID...)
	t = append(append(t, '\n'), stamp...)
	t = append(append(t, "-Timestamp:"...), at...)
	t = append(append(t, "\nRequest-Target:"...), path...)
	if digest {
		sum := sha256.Sum256(body)
		t = append(t, "\nDigest:"...)
		t = base64.StdEncoding.AppendEncode(t, sum[:])
	}
	k.text = t
	k.mac.Reset()
	k.mac.Write(t)
	var out [60]byte
	return string(base64.StdEncoding.AppendEncode(append(out[:0], "HMACSHA256="...), k.mac.Sum(k.sum[:0])))
}

// signReply adds the headers of DOKU's answers.
func (d *DOKU) signReply(h http.Header, s *dokuRequest, a *reply) {
	if a.sign == unsigned {
		return
	}
	at := d.w.now.UTC().Format(stampLayout)
	key, body := d.mac, a.body
	switch a.sign {
	case wrong:
		key = newSeal("SK-guessed")
	case overOtherBody:
		body = []byte(`{"order":{"invoice_number":"INV-OTHER"}}`)
	}
	value := key.sign("Response", clientID, s.requestID, at, s.path, body, s.at != dokuRead || d.digestsGet)
	if a.sign == bare {
		value = value[len("HMACSHA256="):]
	}
	h["Client-Id"], h["Request-Id"] = []string{clientID}, []string{s.requestID}
	h["Response-Timestamp"], h["Signature"] = []string{at}, []string{value}
}

// signatureFor returns how this DOKU signs an answer to a request. refusal is set for an error.
func (d *DOKU) signatureFor(s *dokuRequest, refusal bool) signature {
	switch d.neverSigned {
	case "never_signs":
		return unsigned
	case "never_signs_errors":
		if refusal {
			return unsigned
		}
	case "never_signs_answers_to_get":
		if s.at == dokuRead {
			return unsigned
		}
	}
	return signed
}

// answer returns an answer of DOKU itself.
func (d *DOKU) answer(s *dokuRequest, status int, body string) *reply {
	return &reply{status: status, body: []byte(body), sign: d.signatureFor(s, status >= 400)}
}

// refusal returns an error of DOKU in one of its shapes.
func (d *DOKU) refusal(s *dokuRequest, status int, code, message string) *reply {
	a := d.answer(s, status, `{"error":{"code":"`+code+`","message":"`+message+`","type":"invalid_request_error"}}`)
	a.refused = true
	return a
}

// failed returns a refusal under HTTP 200. DOKU answers so when a bank has declined.
func (d *DOKU) failed(s *dokuRequest, code, message string) *reply {
	a := d.answer(s, 200, "")
	a.refused = true
	a.body = s.result("FAILED", code, message, s.amount(), "")
	return a
}

// amount returns the amount of a request.
func (s *dokuRequest) amount() int64 {
	switch s.call {
	case "capture":
		return s.fields.Payment.CaptureAmount
	case "refund":
		return s.fields.Refund.Amount
	}
	return s.fields.Order.Amount
}

// result returns the body of an answer to a capture or refund.
func (s *dokuRequest) result(status, code, message string, amount int64, kind string) []byte {
	b := append(make([]byte, 0, 256), `{"order":{"invoice_number":"`+s.invoice+`"`...)
	if s.call == "capture" {
		b = strconv.AppendInt(append(b, `,"amount":`...), amount, 10)
		return append(b, `},"payment":{"authorize_id":"`+s.fields.Payment.AuthorizeID+`","status":"`+status+
			`","response_code":"`+code+`","response_message":"`+message+`"}}`...)
	}
	b = append(b, `},"payment":{"original_request_id":"`+s.fields.Payment.OriginalRequestID+`"},"refund":{"amount":`...)
	b = strconv.AppendInt(b, amount, 10)
	return append(b, `,"type":"`+kind+`","status":"`+status+`","message":"`+message+`"}}`...)
}

// page returns the body of an answer to a request for a page.
func (s *dokuRequest) page(invoice string, amount int64, url string) []byte {
	b := append(make([]byte, 0, 160), `{"order":{"invoice_number":"`+invoice+`","amount":`...)
	b = strconv.AppendInt(b, amount, 10)
	return append(b, `},"credit_card_payment_page":{"url":"`+url+`"}}`...)
}

// pageURL returns the address of the page that a request makes.
func pageURL(requestID string) string { return "https://pay.example/" + requestID }

const stampLayout = "2006-01-02T15:04:05Z"

func stampOf(at time.Time) string { return at.UTC().Format(stampLayout) }
