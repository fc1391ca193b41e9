package doku

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const saleBody = `{"order":{"invoice_number":"INV-1672986414","amount":90000},
 "customer":{"id":"CUST-1","name":"Anton Budiman","email":"anton@example.com"},
 "transaction":{"type":"SALE","status":"SUCCESS","date":"2023-01-06T06:27:14Z","original_request_id":"a438194b-ed79-421a-adb6-062496b08c7b"},
 "service":{"id":"CREDIT_CARD"},"acquirer":{"id":"BANK_MANDIRI"},"channel":{"id":"CREDIT_CARD"},"future":[{"x":1}],
 "card_payment":{"masked_card_number":"557338******1101","approval_code":"448998","response_code":"00","response_message":"PAYMENT APPROVED"}}`

func receiver() Receiver {
	return Receiver{Keys: Keyring{ClientID: testClient, Current: testSecret}, Target: "/notifications",
		Now: func() time.Time { return testNow }}
}

// posted are the headers of a notification, signed without this package's code.
func posted(secret, target, timestamp, body string) http.Header {
	id := "CREDIT_CARD" + strings.Repeat("7", 64)
	h := http.Header{}
	h.Set("Client-Id", testClient)
	h.Set("Request-Id", id)
	h.Set("Request-Timestamp", timestamp)
	h.Set("Signature", signed(secret, "Client-Id:"+testClient+"\nRequest-Id:"+id+"\nRequest-Timestamp:"+timestamp+
		"\nRequest-Target:"+target+"\nDigest:"+digest(body)))
	return h
}

func TestAGenuineNotificationIsRead(t *testing.T) {
	n, err := receiver().ParseNotification(t.Context(),
		posted(testSecret, "/notifications", "2023-01-06T06:27:15Z", saleBody), []byte(saleBody))
	if err != nil {
		t.Fatal(err)
	}
	want := Notification{
		RequestID: "CREDIT_CARD" + strings.Repeat("7", 64), SentAt: time.Date(2023, 1, 6, 6, 27, 15, 0, time.UTC),
		InvoiceNumber: "INV-1672986414", Amount: Amount{Rupiah: 90000, Valid: true},
		Type: "SALE", Status: "SUCCESS", Date: time.Date(2023, 1, 6, 6, 27, 14, 0, time.UTC),
		OriginalRequestID: "a438194b-ed79-421a-adb6-062496b08c7b", Channel: "CREDIT_CARD",
		ApprovalCode: "448998", ResponseCode: "00", ResponseMessage: "PAYMENT APPROVED",
		Acquirer: "BANK_MANDIRI", Card: Card{Masked: "557338******1101"},
	}
	if n != want {
		t.Errorf("got  %+v\nwant %+v", n, want)
	}
}

func TestNotificationsThatAreNotGenuine(t *testing.T) {
	const now = "2026-08-27T10:23:47Z"
	good := func() http.Header { return posted(testSecret, "/notifications", now, saleBody) }
	with := func(name string, values ...string) http.Header {
		h := good()
		h[http.CanonicalHeaderKey(name)] = values
		return h
	}
	for _, test := range []struct {
		name   string
		header http.Header
		body   string
		want   error
	}{
		{"forged: signed with another key", posted("SK-forger", "/notifications", now, saleBody), saleBody,
			ErrSignature},
		{"signed with an empty key", posted("", "/notifications", now, saleBody), saleBody, ErrSignature},
		{"signed for another path", posted(testSecret, "/prod/notifications", now, saleBody), saleBody, ErrSignature},
		{"body altered by one byte", good(), strings.Replace(saleBody, "90000", "90001", 1), ErrSignature},
		{"body with one space more", good(), saleBody + " ", ErrSignature},
		{"other client", with("Client-Id", "MCH-2"), saleBody, ErrSignature},
		{"no signature", with("Signature"), saleBody, ErrSignature},
		{"from the future", posted(testSecret, "/notifications", "2026-08-27T10:28:48Z", saleBody), saleBody,
			ErrSignature},
		{"signature joined by a comma", with("Signature", good().Get("Signature")+","+good().Get("Signature")),
			saleBody, ErrMalformed},
		{"two signatures", with("Signature", good().Get("Signature"), good().Get("Signature")), saleBody, ErrMalformed},
		{"request id with a comma", with("Request-Id", "a,b"), saleBody, ErrMalformed},
		{"request id with a line feed", with("Request-Id", "a\nb"), saleBody, ErrMalformed},
		{"no request id", with("Request-Id"), saleBody, ErrMalformed},
		{"timestamp with offset", with("Request-Timestamp", "2026-08-27T10:23:47+07:00"), saleBody, ErrMalformed},
		{"timestamp with a fraction", with("Request-Timestamp", "2026-08-27T10:23:47.5Z"), saleBody, ErrMalformed},
		{"genuine, but not JSON", posted(testSecret, "/notifications", now, "hello"), "hello", ErrMalformed},
		{"genuine, but a list", posted(testSecret, "/notifications", now, "[]"), "[]", ErrMalformed},
		{"genuine, but followed by garbage", posted(testSecret, "/notifications", now, saleBody+" x"), saleBody + " x",
			ErrMalformed},
		{"genuine, but followed by another", posted(testSecret, "/notifications", now, saleBody+saleBody), saleBody +
			saleBody, ErrMalformed},
		{"genuine, but cut", posted(testSecret, "/notifications", now, saleBody[:len(saleBody)-1]),
			saleBody[:len(saleBody)-1], ErrMalformed},
		{"genuine, but null", posted(testSecret, "/notifications", now, "null"), "null", ErrMalformed},
		{"genuine, without invoice", posted(testSecret, "/notifications", now, `{"order":{}}`), `{"order":{}}`,
			ErrMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			if n, err := receiver().ParseNotification(t.Context(), test.header, []byte(test.body)); !errors.Is(err,
				test.want) {
				t.Errorf("%v (%+v), want %v", err, n, test.want)
			}
		})
	}
}

func TestOldNotificationsAreAcceptedUnlessAMaximumAgeIsSet(t *testing.T) {
	old := posted(testSecret, "/notifications", "2025-08-27T10:23:47Z", saleBody)
	if _, err := receiver().ParseNotification(t.Context(), old, []byte(saleBody)); err != nil {
		t.Errorf("a year old, no maximum: %v", err)
	}
	r := receiver()
	r.MaxAge = 24 * time.Hour
	if _, err := r.ParseNotification(t.Context(), old, []byte(saleBody)); !errors.Is(err, ErrSignature) {
		t.Errorf("a year old, maximum a day: %v", err)
	}
}

func TestLenientReading(t *testing.T) {
	for _, test := range []struct {
		name, body string
		check      func(Notification) bool
	}{
		{"authorize_id in card_payment first",
			`{"order":{"invoice_number":"A"},"authorize_id":"2","payment":{"authorize_id":"3"},"card_payment":{"authorize_id":"1"}}`,
			func(n Notification) bool { return n.AuthorizeID == "1" }},
		{"authorize_id at the top", `{"order":{"invoice_number":"A"},"authorize_id":2,"payment":{"authorize_id":"3"}}`,
			func(n Notification) bool { return n.AuthorizeID == "2" }},
		{"authorize_id in payment",
			`{"order":{"invoice_number":"A"},"payment":{"authorize_id":"3"},"card_payment":null}`,
			func(n Notification) bool { return n.AuthorizeID == "3" }},
		{"amount as text with decimals", `{"order":{"invoice_number":"A","amount":"39000.00"}}`,
			func(n Notification) bool { return n.Amount == Amount{39000, true} }},
		{"amount as number with decimals", `{"order":{"invoice_number":"A","amount":39000.0}}`,
			func(n Notification) bool { return n.Amount == Amount{39000, true} }},
		{"amount of half a rupiah", `{"order":{"invoice_number":"A","amount":39000.50}}`,
			func(n Notification) bool { return !n.Amount.Valid }},
		{"amount with exponent", `{"order":{"invoice_number":"A","amount":1e999999999}}`,
			func(n Notification) bool { return !n.Amount.Valid }},
		{"amount negative", `{"order":{"invoice_number":"A","amount":-1}}`,
			func(n Notification) bool { return !n.Amount.Valid }},
		{"amount missing", `{"order":{"invoice_number":"A"}}`,
			func(n Notification) bool { return !n.Amount.Valid }},
		{"objects of another shape",
			`{"order":{"invoice_number":"A","amount":[1]},"card_payment":"","transaction":[],"acquirer":{"id":{"x":1}}}`,
			func(n Notification) bool { return n.InvoiceNumber == "A" && n.Status == "" && n.Acquirer == "" }},
		{"names of check status",
			`{"order":{"invoice_number":"A"},"card_payment":{"card_masked":"444000******0010","response_code":0}}`,
			func(n Notification) bool { return n.Card.Masked == "444000******0010" && n.ResponseCode == "0" }},
	} {
		n, err := receiver().ParseNotification(t.Context(),
			posted(testSecret, "/notifications", "2026-08-27T10:23:47Z", test.body), []byte(test.body))
		if err != nil || !test.check(n) {
			t.Errorf("%s: %v %+v", test.name, err, n)
		}
	}
}

// FuzzParseHeader checks that ParseHeader accepts only one plain value for each header, and that it never panics.
func FuzzParseHeader(f *testing.F) {
	good := posted(testSecret, "/notifications", "2026-08-27T10:23:47Z", saleBody)
	f.Add(good.Get("Client-Id"), good.Get("Request-Id"), good.Get("Request-Timestamp"), good.Get("Signature"), "")
	f.Add("a,b", "", "2026-08-27T10:23:47Z", "HMACSHA256=", "x")
	f.Fuzz(func(t *testing.T, client, id, timestamp, signature, second string) {
		h := http.Header{"Client-Id": {client}, "Request-Id": {id}, "Request-Timestamp": {timestamp},
			"Signature": {signature}}
		if second != "" {
			h.Add("Signature", second)
		}
		got, err := ParseHeader(h)
		if err != nil {
			return
		}
		if second != "" || strings.ContainsAny(client+id+timestamp+signature, ", \r\n\x00") {
			t.Fatalf("accepted %q", h)
		}
		if got.ClientID != client || got.RequestID != id || got.Signature != signature ||
			got.Time.Format(TimestampLayout) != timestamp {
			t.Fatalf("read %+v from %q", got, h)
		}
	})
}

// FuzzParseNotification: a genuinely signed body of any bytes is read or malformed, never a panic, and the same
// bytes with a wrong signature are never read.
func FuzzParseNotification(f *testing.F) {
	samples, err := filepath.Glob("testdata/notifications/*.json")
	if err != nil || len(samples) == 0 {
		f.Fatalf("no sample notifications: %v", err)
	}
	for _, name := range samples {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	f.Add(saleBody)
	f.Fuzz(func(t *testing.T, body string) {
		genuine := posted(testSecret, "/notifications", "2026-08-27T10:23:47Z", body)
		n, err := receiver().ParseNotification(t.Context(), genuine, []byte(body))
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatalf("a genuine notification: %v", err)
		}
		if err == nil && n.InvoiceNumber == "" {
			t.Fatal("read without invoice number")
		}
		forged := posted("SK-forger", "/notifications", "2026-08-27T10:23:47Z", body)
		if _, err := receiver().ParseNotification(t.Context(), forged, []byte(body)); !errors.Is(err, ErrSignature) {
			t.Fatalf("a forged notification: %v", err)
		}
	})
}
