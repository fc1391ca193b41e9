package promises

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox"
)

// An order with a promo is authorised for less. DOKU's answer to its capture may contain the order's amount.
func TestSeen8ACaptureAnswerMayNameTheOrdersAmount(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("PROMO")
	h.makeAuthorization(t, invoice, `,"override_configuration":{"promo":[{"bin":"557338","discount_amount":20000}]}`)
	h.doku.plan("capture", invoice, rewriteAnswer(`"amount":70000`, `"amount":90000`))
	got := h.capture(t, invoice, `{}`)
	if got.status != 200 || number(got.body, "captured") != 70000 {
		t.Errorf("answered %d %s, want 200 and 70000 captured; DOKU captured %d",
			got.status, got.text, h.ledger(t, invoice).Captured)
	}
}

// A void returns the whole charge, so it is not the answer to a partial refund.
func TestSeen8APartialRefundAnsweredVOIDIsNotBooked(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("VOID")
	h.makeSale(t, invoice)
	h.doku.plan("refund", invoice, rewriteAnswer("PARTIAL_REFUND", "VOID"))
	got := h.refund(t, invoice, rand.Text(), 30000)
	if got.status < 300 && got.status != 202 && !h.attention(t, invoice) {
		t.Errorf("answered %d; kasir: %s; nobody is called", got.status, brief(h.show(t, invoice)))
	}
}

// A page is passed on only if its answer names the order, no other amount, and an https address.
func TestSeen8AnAnswerThatIsNoPageIsNotHandedOn(t *testing.T) {
	t.Parallel()
	h := common(t)
	body := func(invoice, amount, url string) string {
		return fmt.Sprintf(`{"order":{"invoice_number":%q%s},"credit_card_payment_page":{"url":%q}}`, invoice,
			amount, url)
	}
	for name, c := range map[string]struct {
		amount, url string
		want        int
	}{
		"another amount":            {`,"amount":80000`, "https://pay.example/1", 202},
		"javascript":                {"", "javascript:alert(1)", 202},
		"data":                      {"", "data:text/html,hello", 202},
		"plain http":                {"", "http://pay.example/1", 202},
		"no host":                   {"", "https:///1", 202},
		"the amount":                {`,"amount":90000`, "https://pay.example/1", 201},
		"the amount in other words": {`,"amount":"90000.00"`, "https://pay.example/1", 201},
		"the amount as an exponent": {`,"amount":9E+4`, "https://pay.example/1", 201},
		"no amount":                 {"", "https://pay.example/1", 201},
	} {
		t.Run(name, func(t *testing.T) {
			invoice := freshInvoice("PAGE")
			h.doku.plan("createpage", invoice, answerSigned(200, body(invoice, c.amount, c.url)))
			if got := h.request(t, "POST", "/payments", "", createBody(invoice, "")); got.status != c.want {
				t.Errorf("answered %d %s, want %d", got.status, got.text, c.want)
			}
			if shown := h.show(t, invoice); (shown["page"] != nil) != (c.want == 201) {
				t.Errorf("kasir shows the page %v", shown["page"])
			}
		})
	}
}

// Amounts can be equal in different spellings.
func TestSeen8AnAmountIsEqualHoweverSpelled(t *testing.T) {
	t.Parallel()
	h := common(t)
	for _, spelled := range []string{`"30000"`, `"30000.00"`, `30000.0`, `3E+4`} {
		invoice := freshInvoice("SPELL")
		h.makeSale(t, invoice)
		h.doku.plan("refund", invoice, rewriteAnswer(`"amount":30000`, `"amount":`+spelled))
		if got := h.refund(t, invoice, rand.Text(), 30000); got.status != 201 {
			t.Errorf("%s: %d %s", spelled, got.status, got.text)
		}
	}
	invoice := freshInvoice("SPELL")
	h.makeSale(t, invoice)
	h.doku.plan("refund", invoice, rewriteAnswer(`"amount":30000`, `"amount":3.1E+4`))
	if got := h.refund(t, invoice, rand.Text(), 30000); got.status != 202 {
		t.Errorf("an answer about 31000: %d %s, want 202", got.status, got.text)
	}
}

// The caller is told to wait as long as DOKU, or a proxy in front of it, asks.
func TestSeen8DOKUsRetryAfterIsPassedOn(t *testing.T) {
	t.Parallel()
	h := common(t)
	slow := func(x exchange) answer {
		a := answerUnsigned(429, `{"message":"slow down"}`)(x)
		a.header.Set("Retry-After", "120")
		return a
	}
	page := freshInvoice("SLOW")
	h.doku.plan("createpage", page, slow)
	got := h.request(t, "POST", "/payments", "", createBody(page, ""))
	if after, _ := strconv.Atoi(got.header.Get("Retry-After")); got.status != 503 && got.status != 202 || after < 120 {
		t.Errorf("a page: %d, Retry-After %q, want 120", got.status, got.header.Get("Retry-After"))
	}
	sale := freshInvoice("SLOW")
	h.makeSale(t, sale)
	h.doku.plan("refund", sale, slow)
	got = h.refund(t, sale, rand.Text(), 30000)
	if after, _ := strconv.Atoi(got.header.Get("Retry-After")); got.status != 202 || after < 120 {
		t.Errorf("a refund: %d, Retry-After %q, want 202 and 120", got.status, got.header.Get("Retry-After"))
	}
}

// DOKU's reason reaches the merchant, in each of the forms that were seen.
func TestSeen8DOKUsReasonIsUnderstood(t *testing.T) {
	t.Parallel()
	h := common(t)
	const reason = "PAYMENT CHANNEL IS INACTIVE"
	for name, body := range map[string]string{
		"message as a list": `{"message":["` + reason + `"]}`,
		"error_messages":    `{"error_messages":["` + reason + `"]}`,
		"error":             `{"error":{"code":"INVALID_PARAMETER","message":"` + reason + `"}}`,
		"errors":            `{"errors":[{"code":"INVALID_PARAMETER","message":"` + reason + `"}]}`,
	} {
		t.Run("a page, "+name, func(t *testing.T) {
			invoice := freshInvoice("REASON")
			h.doku.plan("createpage", invoice, answerSigned(400, body))
			got := h.request(t, "POST", "/payments", "", createBody(invoice, ""))
			if said := saidByDOKU(got); got.status != 422 || said != reason {
				t.Errorf("%s: answered %d, DOKU's message %q, want 422 and %q", body, got.status, said, reason)
			}
		})
	}
	t.Run("refund.message as a list", func(t *testing.T) {
		invoice := freshInvoice("REASON")
		h.makeSale(t, invoice)
		h.doku.plan("refund", invoice, answerSigned(200, fmt.Sprintf(`{"order":{"invoice_number":%q},`+
			`"refund":{"amount":30000,"type":"PARTIAL_REFUND","status":"FAILED","message":[%q]}}`, invoice, reason)))
		got := h.refund(t, invoice, rand.Text(), 30000)
		if said := saidByDOKU(got); got.status != 422 || said != reason {
			t.Errorf("answered %d, DOKU's message %q, want 422 and %q", got.status, said, reason)
		}
	})
}

func saidByDOKU(r reply) string {
	doku, _ := r.body["doku"].(map[string]any)
	said, _ := doku["message"].(string)
	return said
}

// Some 4xx answers are not refusals: DOKU may have done it, or has never seen it.
func TestSeen8AnswersThatSayNothing(t *testing.T) {
	t.Parallel()
	h := common(t)
	for name, answers := range map[string]step{
		"idempotent_request": answerSigned(400,
			`{"error":{"code":"idempotent_request","message":"Request-Id was used before"}}`),
		"No static resource": answerUnsigned(404, `{"message":"No static resource cancellation/credit-card/refund."}`),
	} {
		t.Run(name, func(t *testing.T) {
			invoice := freshInvoice("NOTHING")
			h.makeSale(t, invoice)
			h.doku.plan("refund", invoice, answers)
			got := h.refund(t, invoice, rand.Text(), 30000)
			if shown := h.show(t, invoice); got.status != 202 || number(shown, "refundable") != 60000 {
				t.Errorf("answered %d %s, want 202; kasir: %s", got.status, got.text, brief(shown))
			}
		})
	}
}

// A Signature header without "HMACSHA256=" is a signature, right or wrong.
func TestSeen8ASignatureWithoutItsPrefix(t *testing.T) {
	t.Parallel()
	h := common(t)
	bare := func(x exchange) answer {
		a := x.forward()
		a.header.Set("Signature", strings.TrimPrefix(a.header.Get("Signature"), "HMACSHA256="))
		return a
	}
	invoice := freshInvoice("BARE")
	h.doku.plan("createpage", invoice, bare)
	got := h.request(t, "POST", "/payments", "", createBody(invoice, ""))
	if got.status != 201 {
		t.Fatalf("an answer: %d %s, want 201", got.status, got.text)
	}
	if code := h.notify(t, invoice, sandbox.DefaultSecretKey, ""); code != 200 ||
		h.show(t, invoice)["status"] != "PAID" {
		t.Errorf("a notification: %d, kasir: %s", code, brief(h.show(t, invoice)))
	}
	other := freshInvoice("BARE")
	if _, err := h.CreatePage(t.Context(), []byte(createBody(other, ""))); err != nil {
		t.Fatal(err)
	}
	if code := h.notify(t, other, "SK-another", ""); code != 401 || h.show(t, other)["status"] != "PENDING" {
		t.Errorf("a wrong one: %d, kasir: %s", code, brief(h.show(t, other)))
	}
	wrong := freshInvoice("BARE")
	h.makeSale(t, wrong)
	h.doku.plan("refund", wrong, func(x exchange) answer {
		a := x.forward()
		a.header.Set("Signature", base64.StdEncoding.EncodeToString(make([]byte, 32)))
		return a
	})
	if got := h.refund(t, wrong, rand.Text(), 30000); got.status != 202 {
		t.Errorf("a wrong one on an answer: %d %s, want 202", got.status, got.text)
	}
}

// notify posts a notification of a payment. prefix is put before its signature.
func (h *fixture) notify(t *testing.T, invoice, secret, prefix string) int {
	t.Helper()
	at := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"channel":{"id":"CREDIT_CARD"},`+
		`"transaction":{"type":"SALE","status":"SUCCESS","date":%q},`+
		`"card_payment":{"masked_card_number":"557338******1101","approval_code":"448998","response_code":"00"}}`,
		invoice, at)
	return h.report(t, "CREDIT"+invoice, secret, prefix, body)
}

// report posts a signed notification. prefix is put before the signature.
func (h *fixture) report(t *testing.T, id, secret, prefix, body string) int {
	t.Helper()
	at, sum := time.Now().UTC().Format("2006-01-02T15:04:05Z"), sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:/notifications\nDigest:%s",
		sandbox.DefaultClientID, id, at, base64.StdEncoding.EncodeToString(sum[:]))
	header := http.Header{"Client-Id": {sandbox.DefaultClientID}, "Request-Id": {id}, "Request-Timestamp": {at},
		"Signature": {prefix + base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	got, err := h.Do(t.Context(), http.MethodPost, "/notifications", header, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return got.Status
}
