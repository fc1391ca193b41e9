package edge_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

// canary is a value that must come out nowhere, and the pieces (in lower case) by which it would be known.
type canary struct {
	kind, value string
	pieces      []string
}

const card0 = "4761349999000039"

var (
	card      = canary{"card number", card0, []string{card0, "4761 3499 9900 0039", "4761-3499-9900-0039"}}
	spaced    = canary{"card number, spaced", "4761 3499 9900 0039", card.pieces}
	hyphened  = canary{"card number, hyphened", "4761-3499-9900-0039", card.pieces}
	cvv       = canary{"CVV", "CVV: 8537", []string{"8537"}}
	secretKey = canary{"secret key", "SK-Qv7hTz2mKp9wXc4dLs6R", []string{"qv7htz2mkp"}}
	plainKey  = canary{"secret key of letters", "SK-qvhtzmkpwxcdlsr", []string{"qvhtzmkpwx"}}
	quoteKey  = canary{"quote key", "QuoteKeyOfTheCanaryRun0Zx8Nf3Gd7Hb2Jm5Vk9Ls1", []string{"zx8nf3gd7h"}}
	signature = canary{"signature", "HMACSHA256=c2lnbmF0dXJlLWNhbmFyeS1vZi1rYXNpcg==", []string{"c2lnbmf0dxjllwnhbmfy"}}
	email     = canary{"e-mail", "melur.kenanga@surat.example", []string{"melur.kenanga", "surat.example"}}
	phone     = canary{"phone", "6281234567890", []string{"81234567890"}}
	plusPhone = canary{"phone, written out", "+62 812-3456-7890", []string{"812-3456-7890"}}
	name      = canary{"name", "Sekarwangi Padmanaba", []string{"sekarwangi", "padmanaba"}}
	address   = canary{"address", "Jalan Flamboyan 17 Bantul", []string{"flamboyan", "bantul"}}
	bearer    = canary{"token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnLWNhbmFyeS1qd3Q",
		[]string{"eyjhbgcioijiuzi1nij9", "eyjzdwiioijjyw5hcnkifq", "c2lnlwnhbmfyes1qd3q"}}
	cardToken = canary{"card token", "tok4Jasmin7Wq2Zr", []string{"tok4jasmin7wq2zr"}}

	// scrubbable are known by their form, wherever they come; a name is only known for one where the request brings it.
	scrubbable = []canary{card, spaced, hyphened, cvv, secretKey, plainKey, quoteKey, signature, email, phone,
		plusPhone, bearer}
	everything = append([]canary{name, address, cardToken}, scrubbable...)
	// invoices are canaries that could be invoice numbers and are not logged as such. Any text that looks like neither
	// a card number nor a key is an invoice number.
	invoices = []canary{card, hyphened, secretKey, plainKey, quoteKey, phone}
)

// rumour is a text with one to three canaries in it.
func rumour(r *rand.Rand, of []canary) string {
	text := []string{"payment of", "error:", "invalid value", "{", "DECLINED"}[r.IntN(5)]
	for range 1 + r.IntN(3) {
		text += []string{" ", " is ", ", "}[r.IntN(3)] + of[r.IntN(len(of))].value
	}
	return text
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// seeder makes the requests of the run.
type seeder struct {
	*rand.Rand
	bench  *bench
	number int
	recent []string // invoice numbers
}

func (s *seeder) any() string { return everything[s.IntN(len(everything))].value }

func (s *seeder) fresh() string {
	s.number++
	s.recent = append(s.recent, fmt.Sprintf("INV-%06d", s.number))
	return s.recent[len(s.recent)-1]
}

func (s *seeder) invoice() string {
	switch n := s.IntN(12); {
	case n < 9 && len(s.recent) > 0:
		return s.recent[len(s.recent)-1-s.IntN(min(len(s.recent), 12))]
	case n == 9:
		return invoices[s.IntN(len(invoices))].value
	case n == 10:
		return rumour(s.Rand, everything)
	}
	return "INV-NONE"
}

// request is one event; every header, claim, query and path is a place for a canary.
func (s *seeder) request() events.APIGatewayV2HTTPRequest {
	event := s.plain()
	if event.Headers == nil {
		event.Headers = map[string]string{}
	}
	event.RawPath = "/" + s.any()
	if event.RawQueryString == "" {
		event.RawQueryString = "card=" + card.value + "&q=" + s.any()
	}
	event.QueryStringParameters, event.Cookies = map[string]string{s.any(): s.any()}, []string{"sid=" + s.any()}
	event.RequestContext.HTTP.UserAgent, event.RequestContext.HTTP.Path, event.RequestContext.HTTP.SourceIP = s.any(),
		s.any(), s.any()
	for _, header := range []string{"authorization", "user-agent", "cookie", "x-forwarded-for", "content-type",
		"x-card", strings.ReplaceAll(s.any(), " ", "-")} {
		event.Headers[header] = s.any()
	}
	event.Headers["authorization"] = "Bearer " + bearer.value
	switch s.IntN(40) {
	case 0:
		event.RequestContext.Authorizer = nil
	case 1:
		event = as(event, map[string]string{"sub": s.any(), "scope": s.any() + " " + s.any(), "email": email.value,
			"name": name.value})
	case 2:
		event = as(event, map[string]string{"sub": email.value, "scope": "payments:create payments:read",
			"client_id": s.any(), "phone_number": phone.value})
	case 3:
		event.Headers["Idempotency-Key"], event.Headers["idempotency-key"] = s.any(), s.any()
	case 4:
		event.IsBase64Encoded = true
	case 5:
		event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(event.Body)), true
	case 6:
		event.Body = event.Body[:s.IntN(len(event.Body)+1)] + s.any()
	case 7:
		event.Body = strings.Repeat(s.any(), 5000)
	}
	return event
}

func (s *seeder) plain() events.APIGatewayV2HTTPRequest {
	switch n := s.IntN(100); {
	case n < 30:
		return called("POST /payments", nil, s.page())
	case n < 35:
		event := called("GET /payments", nil, "")
		event.RawQueryString = s.query()
		return event
	case n < 40:
		return called("GET /payments/{invoice_number}", map[string]string{"invoice_number": s.invoice()}, "")
	case n < 47:
		body := fmt.Sprintf(`{"payment":{"capture_amount":%v}}`, s.number3())
		return called("POST /payments/{invoice_number}/capture", map[string]string{"invoice_number": s.invoice()}, body)
	case n < 57:
		body := fmt.Sprintf(`{"refund":{"amount":%v},"expected_refundable":%v}`, s.number3(),
			[]any{90000, "null", card0}[s.IntN(3)])
		event := called("POST /payments/{invoice_number}/refunds", map[string]string{"invoice_number": s.invoice()},
			body)
		event.Headers["idempotency-key"] = s.any() + fmt.Sprintf(" refund %9d", s.IntN(1000))
		return event
	case n < 61:
		return called("GET /customers/{customer_id}/tokens", map[string]string{"customer_id": s.any()}, "")
	case n < 66:
		return called("DELETE /customers/{customer_id}/tokens/{token_id}",
			map[string]string{"customer_id": s.any(),
				"token_id": []string{cardToken.value, s.any(), strings.Repeat(s.any(), 99)}[s.IntN(3)]}, "")
	case n < 70:
		return s.decided()
	}
	return s.notification()
}

// query returns the query of a list, with values in the wrong places.
func (s *seeder) query() string {
	names := []string{
		"from", "to", "status", "attention", "customer_id", "invoice_number", "last4", "limit", "cursor", s.any(),
	}
	query := url.Values{}
	for range s.IntN(3) {
		query.Add(names[s.IntN(len(names))], s.any())
	}
	if s.IntN(5) == 0 {
		return query.Encode() + "&" + s.any()
	}
	return query.Encode()
}

// decided returns a request by which a person closes or resolves an order or records a movement, with a note, or asks
// DOKU about an order.
func (s *seeder) decided() events.APIGatewayV2HTTPRequest {
	path, note := map[string]string{"invoice_number": s.invoice()}, quoted(rumour(s.Rand, everything))
	switch s.IntN(4) {
	case 0:
		return called("POST /payments/{invoice_number}/close", path, `{"note":`+note+`}`)
	case 1:
		return called("POST /payments/{invoice_number}/refresh", path,
			[]string{"", "{}", `{` + quoted(s.any()) + `:1}`}[s.IntN(3)])
	case 2:
		kind := []string{`"refund"`, `"chargeback"`, quoted(s.any())}[s.IntN(3)]
		event := called("POST /payments/{invoice_number}/records", path,
			fmt.Sprintf(`{"kind":%s,"amount":%v,"reference":%s,"note":%s}`, kind, s.number3(), quoted(s.any()), note))
		event.Headers["idempotency-key"] = s.any() + fmt.Sprintf(" record %9d", s.IntN(1000))
		return event
	}
	body := fmt.Sprintf(`{%q:%s,"decision":"none","note":%s}`, []string{"conflict", s.any()}[s.IntN(2)],
		quoted(s.any()), note)
	return called("POST /payments/{invoice_number}/resolve", path, body)
}

// number3 is an amount: right, too much, a card's number, or no number at all.
func (s *seeder) number3() any {
	return []any{1000, 20000, 90000, 90001, card0, "-" + card0, quoted(s.any()), card0 + ".5"}[s.IntN(8)]
}

func (s *seeder) notification() events.APIGatewayV2HTTPRequest {
	q := func() string { return quoted(rumour(s.Rand, everything)) }
	status := []string{"SUCCESS", "SUCCESS", "FAILED", "FAILED", "PENDING", s.any()}[s.IntN(6)]
	kind := []string{"SALE", "AUTHORIZE", "CAPTURE", s.any()}[s.IntN(4)]
	amount := []string{"90000", "90000", "90000", card0, quoted(s.any()), "6281234567890", "4761349999000"}[s.IntN(7)]
	body := fmt.Sprintf(`{"order":{"invoice_number":%s,"amount":%s},"customer":{"id":%s,"name":%q,"email":%q,"phone":%q,"address":%q},"transaction":{"type":%s,"status":%s,"date":%s,"original_request_id":%s},`+
		`"acquirer":{"id":%s},"card_payment":{"token":%q,"masked_card_number":%q,"response_code":%s,"response_message":%s,"approval_code":%s,"brand":%s,"issuer":%s,"card_type":%s,"authorize_id":"AUTH-1"},"cvv":%s,%s:%s}`,
		quoted(s.invoice()), amount, q(), name.value, email.value, phone.value, address.value, quoted(kind),
		quoted(status),
		quoted([]string{"2026-08-27T10:25:00Z", s.any()}[s.IntN(2)]), q(), q(), cardToken.value, card.value, q(), q(),
		q(), q(), q(), q(), q(), q(), q())
	event := notified(doku.Secret(secretKey.value), fmt.Sprintf("N-%d", s.number), s.bench.now, body)
	switch s.IntN(8) {
	case 0:
		event.Headers[[]string{"client-id", "request-id", "request-timestamp", "signature"}[s.IntN(4)]] = s.any()
	case 1:
		event.Body = strings.Replace(body, "0", "1", 1)
	case 2:
		event = notified(doku.Secret(secretKey.value), "N", s.bench.now, rumour(s.Rand, everything))
	}
	return event
}

// page is a create-page body: good, or with a canary in one of its fields.
func (s *seeder) page() string {
	number := s.fresh()
	if s.IntN(15) == 0 {
		number = s.invoice()
	}
	body := map[string]any{
		"order": map[string]any{"invoice_number": number, "amount": 90000, "callback_url": "https://shop.example/?t=" +
			bearer.value, "failed_url": "https://shop.example/" + card.value,
			"descriptor": "kasir", "session_id": secretKey.value,
			"line_items": []any{map[string]any{"name": s.any(), "price": 45000, "quantity": 2}}},
		"customer": map[string]any{"id": cardToken.value, "name": name.value, "email": email.value,
			"phone": phone.value, "address": address.value, "country": "ID"},
		"card": map[string]any{"token": cardToken.value, "save": true},
		"payment": map[string]any{"type": []string{"SALE", "AUTHORIZE"}[s.IntN(2)], "acquirer": "BNI", "tenor": 0,
			"auto_capture": false},
		"override_configuration": map[string]any{"themes": map[string]any{"language": "ID",
			"background_color": "E1251B"}, "promo": []any{map[string]any{"bin": "476134", "discount_amount": 1000}},
			"allow_bin": []any{"476134"}, "allow_tenor": []any{0, 3}},
		"additional_info": map[string]any{"disclaimer": map[string]any{"id": s.any(), "en": s.any()},
			"hold_settlement": false,
			"settlement": []any{map[string]any{"bank_account_settlement_id": s.any(), "value": 100,
				"type": "PERCENTAGE"}}},
	}
	if s.IntN(3) == 0 {
		body["metadata"] = map[string]any{"note": s.any(), "cart": name.value,
			[]string{"ref", s.any()}[s.IntN(2)]: []any{address.value, s.any(), nil, 1}[s.IntN(4)]}
	}
	switch s.IntN(6) {
	case 0, 1:
		s.spoil(body)
	case 2:
		body[s.any()], body["cvv"], body["colour"] = s.any(), "8537", map[string]any{s.any(): s.any()}
	case 3:
		body["quote"] = s.quote(number)
	}
	text, _ := json.Marshal(body)
	return string(text)
}

// spoil replaces one field at any depth by a canary, as a text or as a number. A CVV as a number is not among them,
// since in a field of money it cannot be distinguished from an amount.
func (s *seeder) spoil(node any) {
	wrong := []any{s.any(), json.Number(card0), json.Number("6281234567890"), json.Number("-" + card0),
		map[string]any{s.any(): 1}, "http://" + s.any()}[s.IntN(6)]
	switch node := node.(type) {
	case map[string]any:
		names := make([]string, 0, len(node))
		for name := range node {
			names = append(names, name)
		}
		name := names[s.IntN(len(names))]
		if _, leaf := node[name].(map[string]any); s.IntN(4) > 0 && (leaf || isList(node[name])) {
			s.spoil(node[name])
			return
		}
		if name == "invoice_number" {
			wrong = invoices[s.IntN(len(invoices))].value
		}
		node[name] = wrong
	case []any:
		if _, object := node[0].(map[string]any); object && s.IntN(3) > 0 {
			s.spoil(node[0])
			return
		}
		node[0] = wrong
	}
}

func isList(v any) bool { _, ok := v.([]any); return ok }

func (s *seeder) quote(number string) string {
	terms := quote.Terms{InvoiceNumber: number, Amount: []int64{90000, 4761349999000039}[s.IntN(2)],
		PaymentType: doku.PaymentType(s.any()),
		LineItems:   []doku.LineItem{{Name: s.any(), Price: 4761349999000039, Quantity: 1}}}
	token, err := quote.Sign(doku.Secret(quoteKey.value), terms, s.bench.now.Add(time.Duration(s.IntN(20))*time.Minute))
	if err != nil || s.IntN(4) == 0 {
		return bearer.value + s.any()
	}
	return token
}
