package edge_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// gossip is a DOKU that answers correctly, refuses in every form, breaks connections and sends invalid answers. It puts
// canaries into every text. It shares no code with the client.
type gossip struct {
	rand *rand.Rand
	now  func() time.Time
}

func (g *gossip) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	var asked map[string]map[string]any
	_ = json.Unmarshal(body, &asked)
	kinds := scrubbable // a name or a saved card's token is known for one only where the request says so
	for _, at := range []struct {
		object, field string
		canary
	}{{"customer", "name", name}, {"customer", "address", address}, {"card", "token", cardToken}} {
		if asked[at.object][at.field] == at.value {
			kinds = append([]canary{at.canary}, kinds...)
		}
	}
	if strings.HasSuffix(r.URL.Path, "/delete-tokenization") {
		kinds = append([]canary{cardToken}, kinds...)
	}
	text := rumour(g.rand, kinds)
	switch n := g.rand.IntN(100); {
	case n < 60:
		return g.answer(r, 200, g.right(r, asked, text)), nil
	case n < 66:
		return g.answer(r, 200, g.refusedUnder200(asked, text)), nil
	case n < 84:
		return g.answer(r, []int{400, 400, 400, 401, 403, 404, 412, 422, 429}[g.rand.IntN(9)], g.refusal(kinds, text)),
			nil
	case n < 88:
		return g.answer(r, 500+g.rand.IntN(4), text), nil
	case n < 91:
		return nil, errors.New("dial tcp: " + text)
	case n < 92:
		g.panics(text)
	}
	return g.answer(r, []int{200, 409, 302}[g.rand.IntN(3)],
		[]string{text, `{"order":{"invoice_number":` + quoted(text) + `}}`, `[` + quoted(text),
			"null"}[g.rand.IntN(4)]), nil
}

func (g *gossip) panics(text string) {
	switch g.rand.IntN(4) {
	case 0:
		panic(text)
	case 1:
		panic(errors.New(text))
	case 2:
		panic(struct{ Secret, Text string }{secretKey.value, text})
	}
	panic(fmt.Sprint([]string{text}[len(text)])) // a runtime error
}

// right returns a good answer with canaries in its texts.
func (g *gossip) right(r *http.Request, asked map[string]map[string]any, text string) string {
	q := quoted(text)
	number, _ := asked["order"]["invoice_number"].(string)
	card := fmt.Sprintf(`{"masked":%s,"masked_card_number":%s,"brand":%s,"issuer":%s,"type":%s,"token":%s}`, q,
		quoted(card.value), q, q, q, q)
	switch {
	case r.Method == http.MethodGet:
		number = r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		status := []string{"SUCCESS", "FAILED", "PENDING", "EXPIRED", "REFUNDED", "VOIDED", text}[g.rand.IntN(7)]
		return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%v,"status":%s},"transaction":{"type":"SALE","status":%s},"card_payment":{"response_code":%s,"response_message":%s,"card_masked":%s,"issuer":%s}}`,
			number, []any{90000, 5, card0}[g.rand.IntN(3)], q, quoted(status), q, q, q, q)
	case asked["payment"]["authorize_id"] != nil:
		return fmt.Sprintf(`{"order":{"amount":%v,"note":%s},"payment":{"authorize_id":%q,"status":"SUCCESS","response_message":%s},"card":%s}`, 90000, q, asked["payment"]["authorize_id"], q, card)
	case asked["refund"] != nil:
		return fmt.Sprintf(`{"order":{"invoice_number":%q},"refund":{"amount":%v,"type":"PARTIAL_REFUND","status":"SUCCESS","message":%s}}`, number, asked["refund"]["amount"], q)
	case asked["customer"] != nil && asked["order"] == nil:
		return fmt.Sprintf(`{"customer":{"id":%q},"tokens":[{"id":%q,"masked_account":%q,"card":%s,"expiry":%s}]}`,
			asked["customer"]["id"], cardToken.value, card, card, q)
	case asked["order"] == nil:
		return `{"status":"DELETE SUCCESS","message":` + q + `}`
	}
	return fmt.Sprintf(`{"order":{"invoice_number":%q,"session_id":%s},"credit_card_payment_page":{"url":"https://pay.example/p?sign=%s"},"additional_info":{"x":%s}}`, number, q, signature.value, q)
}

func (g *gossip) refusedUnder200(asked map[string]map[string]any, text string) string {
	number, _ := asked["order"]["invoice_number"].(string)
	return fmt.Sprintf(`{"order":{"invoice_number":%q},"payment":{"status":"FAILED","response_code":%s,"response_message":%s},"refund":{"status":"FAILED","message":%s},"status":"DELETE FAILED"}`,
		number, quoted(text), quoted(text), quoted(text))
}

func (g *gossip) refusal(kinds []canary, text string) string {
	code := []string{"INVALID_PARAMETER", "invalid_signature", kinds[g.rand.IntN(len(kinds))].value,
		text}[g.rand.IntN(4)]
	switch g.rand.IntN(7) {
	case 0:
		return fmt.Sprintf(`{"error":{"code":%s,"message":%s}}`, quoted(code), quoted(text))
	case 5:
		return fmt.Sprintf(`{"status":"FAILED","request":{"text":%s}}`, escaped(quoted(text)))
	case 6:
		return fmt.Sprintf(`{"error":{"code":%s,"message":%s}}`, quoted(code),
			quoted("invalid: "+escaped(quoted(text))))
	case 1:
		return fmt.Sprintf(`{"errors":[{"code":%s,"message":%s},%s]}`, quoted(code), quoted(text), quoted(text))
	case 2:
		return fmt.Sprintf(`{"error":%s}`, quoted(text))
	case 3:
		return fmt.Sprintf(`{"code":%s,"message":[%s]}`, quoted(code), quoted(text))
	}
	return "<html>" + text
}

// escaped writes characters of a JSON text in another way, as PHP's json_encode does with some.
func escaped(text string) string {
	return strings.NewReplacer("@", `\u0040`, "/", `\/`, "a", `\u0061`, "4", `\u0034`).Replace(text)
}

// answer signs two in three.
func (g *gossip) answer(r *http.Request, status int, body string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}, "X-Note": {secretKey.value},
		"Location": {"https://doku.example/?" + card.value}}
	id, stamp, sum := r.Header.Get("Request-Id"), g.now().UTC().Format(time.RFC3339), sha256.Sum256([]byte(body))
	switch g.rand.IntN(30) {
	case 0:
		h.Set("Signature", signature.value)
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10:
	default:
		h.Set("Client-Id", merchant)
		h.Set("Request-Id", id)
		h.Set("Response-Timestamp", stamp)
		h.Set("Signature", mac(doku.Secret(secretKey.value), "Client-Id:"+merchant+"\nRequest-Id:"+id+
			"\nResponse-Timestamp:"+stamp+"\nRequest-Target:"+r.URL.Path+
			"\nDigest:"+base64.StdEncoding.EncodeToString(sum[:])))
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// awsFailure is an error like one of AWS's that quotes the item.
type awsFailure struct{ text string }

func (f awsFailure) ErrorMessage() string { return f.text }
func (f awsFailure) Error() string {
	return "operation error DynamoDB: PutItem, api error ValidationException: " + f.text
}

// oddStore is a store in memory that fails on request, with errors that hold canaries.
type oddStore struct {
	store.Memory
	fail func() error // nil: it works
}

func (s *oddStore) failing() error {
	if s.fail == nil {
		return nil
	}
	return s.fail()
}

func (s *oddStore) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	if err := s.failing(); err != nil {
		return order.Order{}, err
	}
	return s.Memory.Create(ctx, o, joined)
}

func (s *oddStore) Update(ctx context.Context, o order.Order) error {
	if err := s.failing(); err != nil {
		return err
	}
	return s.Memory.Update(ctx, o)
}

func (s *oddStore) Get(ctx context.Context, invoice string) (order.Order, error) {
	if err := s.failing(); err != nil {
		return order.Order{}, err
	}
	return s.Memory.Get(ctx, invoice)
}

func (s *oddStore) PutOrphan(ctx context.Context, o payment.Orphan) error {
	if err := s.failing(); err != nil {
		return err
	}
	return s.Memory.PutOrphan(ctx, o)
}

func (s *oddStore) Due(ctx context.Context, shard int, now time.Time, limit int) ([]string, error) {
	if err := s.failing(); err != nil {
		return nil, err
	}
	return s.Memory.Due(ctx, shard, now, limit)
}

// calm is a DOKU that makes every page and counts them.
type calm struct{ n int }

func (c *calm) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	var asked struct {
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	body := fmt.Sprintf(`{"order":{"invoice_number":%s},"credit_card_payment_page":{"url":"https://pay.example/1"}}`,
		quoted(asked.Order.InvoiceNumber))
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
