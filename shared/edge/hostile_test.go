package edge_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

const saleOfOne = `{"order":{"invoice_number":"INV-1","amount":90000},"transaction":{"type":"SALE","status":"SUCCESS","date":"2026-08-27T10:25:00Z"},"card_payment":{"masked_card_number":"557338******1101","approval_code":"448998"}}`

// untouched reports whether neither an order nor a notification without an order is stored.
func (b *bench) untouched(t *testing.T) bool {
	t.Helper()
	orphans, err := b.store.Orphans(t.Context(), "INV-1")
	_, missing := b.store.Memory.Get(t.Context(), "INV-1")
	return err == nil && len(orphans) == 0 && missing != nil
}

// A signed notification that is changed in one place after it was signed is refused by the whole edge. Body and headers
// are flipped, cut, lengthened and doubled, signature and body have other forms of base64, and header names other
// cases.
func TestMutatedNotificationsStopAtTheEdge(t *testing.T) {
	b := testBench()
	genuine := notified("SK-test", "N-1", b.now, saleOfOne)
	tried := 0
	refuse := func(what string, change func(*events.APIGatewayV2HTTPRequest)) {
		t.Helper()
		event := genuine
		event.Headers = maps.Clone(genuine.Headers)
		change(&event)
		tried++
		if answer := b.send(event); answer.StatusCode != 400 && answer.StatusCode != 401 && answer.StatusCode != 413 {
			t.Fatalf("%s: %d %s", what, answer.StatusCode, answer.Body)
		}
		b.log.Reset()
	}
	mutate := func(s string, each func(string)) {
		for i := range len(s) {
			for bit := range 8 {
				each(s[:i] + string([]byte{s[i] ^ 1<<bit}) + s[i+1:])
			}
			for _, extra := range []string{" ", "0", ",", "=", "\n", "\x00", "A", "\t", s[i : i+1]} {
				each(s[:i] + extra + s[i:])
			}
			for _, other := range []string{"0", "9", "}", "\"", "\u00e9"} {
				if other != s[i:i+1] {
					each(s[:i] + other + s[i+1:])
				}
			}
			each(s[:i] + s[i+1:])
			each(s[:i])
		}
	}
	mutate(saleOfOne, func(body string) {
		refuse("another body", func(e *events.APIGatewayV2HTTPRequest) { e.Body = body })
		refuse("another body in base64", func(e *events.APIGatewayV2HTTPRequest) {
			e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(body)), true
		})
	})
	for name, value := range genuine.Headers {
		mutate(value, func(v string) {
			refuse("another "+name, func(e *events.APIGatewayV2HTTPRequest) { e.Headers[name] = v })
		})
		refuse("two of "+name, func(e *events.APIGatewayV2HTTPRequest) { e.Headers[strings.ToUpper(name)] = value })
		refuse("joined "+name, func(e *events.APIGatewayV2HTTPRequest) { e.Headers[name] = value + "," + value })
		refuse("no "+name, func(e *events.APIGatewayV2HTTPRequest) { delete(e.Headers, name) })
	}
	signature := strings.TrimPrefix(genuine.Headers["signature"], "HMACSHA256=")
	raw, _ := base64.StdEncoding.DecodeString(signature)
	// The signature without its scheme is DOKU's too: it was seen.
	for _, form := range []string{base64.RawStdEncoding.EncodeToString(raw), "hmacsha256=" + signature, "HMACSHA256=" +
		strings.TrimRight(signature, "="), "HMACSHA256=" + fmt.Sprintf("%x", raw),
		"HMACSHA256= " + signature, "HMACSHA256=" + signature + "\n", "HMACSHA256=" +
			base64.StdEncoding.EncodeToString(append(raw, 0)), "HMACSHA256=", "HMACSHA1=" + signature} {
		refuse("signature "+form, func(e *events.APIGatewayV2HTTPRequest) { e.Headers["signature"] = form })
	}
	refuse("a body that only says it is base64", func(e *events.APIGatewayV2HTTPRequest) { e.IsBase64Encoded = true })
	refuse("a body in base64 that does not say so", func(e *events.APIGatewayV2HTTPRequest) {
		e.Body = base64.StdEncoding.EncodeToString([]byte(saleOfOne))
	})
	if !b.untouched(t) || tried < 10_000 {
		t.Errorf("%d mutations, or one of them left something", tried)
	}
	genuine.Headers = map[string]string{"SIGNATURE": genuine.Headers["signature"], "Client-ID": merchant,
		"Request-id": "N-1", "REQUEST-timestamp": genuine.Headers["request-timestamp"]}
	if answer := b.send(genuine); answer.StatusCode != 200 {
		t.Errorf("the genuine one, in other cases: %d %s", answer.StatusCode, answer.Body)
	}
	t.Logf("%d mutated notifications, 0 accepted", tried)
}

// fill repeats a piece inside a body until it is as large as a body may be.
func fill(before, piece, after string) string {
	const most = 32 << 10
	return before + strings.TrimSuffix(strings.Repeat(piece, (most-len(before)-len(after))/len(piece)), ",") + after
}

// A body that breaks very many rules gets an answer far below Lambda's limit. It has the number of violations, and
// making it takes little memory.
func TestAHostileBodyHasASmallAnswer(t *testing.T) {
	b := testBench()
	largest, hungriest := 0, uint64(0)
	for _, at := range [][2]string{
		{`{"additional_info":{"settlement":[`, `]}}`}, {`{"override_configuration":{"promo":[`, `]}}`},
		{`{"order":{"line_items":[`, `]}}`},
		{`{"override_configuration":{"allow_bin":[`, `]}}`}, {`{"`, `":0}`}, {`{"order":{`, `"amount":0}}`},
		{`{"customer":{"name":"`, `"}}`},
	} {
		for _, piece := range []string{"0,", "{},", "null,", `{"price":-1},`, `"amount":0,`, `\u0001`, `{"` +
			strings.Repeat("b", 26) + `":0},`, `"` + strings.Repeat("b", 26) + `":0,`} {
			body := fill(at[0], piece, at[1])
			event := as(events.APIGatewayV2HTTPRequest{RouteKey: "POST /payments", Body: body},
				map[string]string{"sub": "CUST-1", "scope": "payments:create"})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			answer := b.send(event)
			runtime.ReadMemStats(&after)
			b.log.Reset()
			hungriest = max(hungriest, after.TotalAlloc-before.TotalAlloc)
			if largest = max(largest, len(answer.Body)); answer.StatusCode != 422 && answer.StatusCode != 400 ||
				len(answer.Body) > 16<<10 {
				t.Errorf("%.60s of %d bytes: %d with %d bytes", body, len(body), answer.StatusCode, len(answer.Body))
			}
		}
	}
	if largest < 1<<10 || hungriest > 64<<20 {
		t.Errorf("the largest answer has %d bytes, the hungriest request takes %d", largest, hungriest)
	}
	t.Logf("the largest answer has %d bytes, the hungriest request takes %d", largest, hungriest)
}

// event is arbitrary JSON as an event, or, when that is none, an event with it as body.
func event(text string) events.APIGatewayV2HTTPRequest {
	var e events.APIGatewayV2HTTPRequest
	if json.Unmarshal([]byte(text), &e) != nil {
		e = events.APIGatewayV2HTTPRequest{Body: text}
	}
	return e
}

// FuzzNotify checks that no event at notify causes a panic or an error of ours, and that none is accepted without
// DOKU's signature. The same body with a signature causes no error of ours either.
func FuzzNotify(f *testing.F) {
	f.Add(saleOfOne)
	f.Add(`{"headers":{"signature":"HMACSHA256=AAAA","client-id":"MCH-1","request-id":"1","request-timestamp":"2026-08-27T10:00:00Z"},"body":"e30=","isBase64Encoded":true}`)
	f.Add(`{"order":{"invoice_number":"INV-1","amount":"90000.00"},"transaction":{"type":"AUTHORIZE","status":"PENDING"},"card_payment":{"authorize_id":"1"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		b := testBench()
		e := event(text)
		e.RouteKey = "POST /notifications"
		if answer := b.send(e); answer.StatusCode < 400 || answer.StatusCode >= 500 || !b.untouched(t) {
			t.Fatalf("without a signature: %d %s", answer.StatusCode, answer.Body)
		}
		if answer := b.send(notified("SK-test", "N-1", b.now, text)); answer.StatusCode != 200 &&
			answer.StatusCode != 400 && answer.StatusCode != 413 {
			t.Fatalf("signed: %d %s", answer.StatusCode, answer.Body)
		}
		if strings.Contains(b.log.String(), `"error":"panic"`) {
			t.Fatal(b.log.String())
		}
	})
}

// FuzzCreatePage checks that no event at createpage causes a panic or an error of ours, and that nothing is stored or
// sent without a verified token.
func FuzzCreatePage(f *testing.F) {
	f.Add(`{"order":{"invoice_number":"INV-1","amount":90000},"customer":{"email":"budi@example.com"}}`, true)
	f.Add(`{"order":{"invoice_number":"INV-1","amount":90000,"line_items":[{"name":"a","price":1e3}]},"quote":"a.b.c"}`,
		false)
	f.Add(`{"headers":{"idempotency-key":"1234567890abcdef"},"requestContext":{"authorizer":{"jwt":{"claims":{"scope":"payments:create"}}}},"body":"{}"}`, true)
	f.Fuzz(func(t *testing.T, text string, prices bool) {
		calls := &calm{}
		b := newBench("SK-test", "a quote key of at least 32 characters", calls)
		e := event(text)
		e.RouteKey = "POST /payments"
		if jwt := e.RequestContext.Authorizer; jwt != nil && jwt.JWT != nil {
			delete(jwt.JWT.Claims, "sub") // no token that was verified is without
		}
		if answer := b.send(e); answer.StatusCode != 401 && answer.StatusCode != 413 || calls.n > 0 || !b.untouched(t) {
			t.Fatalf("without a token: %d %s", answer.StatusCode, answer.Body)
		}
		scope := map[bool]string{true: "payments:create payments:price", false: "payments:create"}[prices]
		answer := b.send(as(e, map[string]string{"sub": "CUST-1", "scope": scope}))
		if answer.StatusCode >= 500 || strings.Contains(b.log.String(), `"error":"panic"`) ||
			!json.Valid([]byte(answer.Body)) {
			t.Fatalf("%d %s\n%s", answer.StatusCode, answer.Body, b.log.String())
		}
		if !prices && (calls.n > 0 || !b.untouched(t)) {
			t.Fatalf("a price without a quote: %d %s", answer.StatusCode, answer.Body)
		}
	})
}
