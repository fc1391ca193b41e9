package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// start is when every test begins, before DOKU's first test card expires.
var start = time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)

// bench is a sandbox, a merchant that receives its notifications, and a wall clock that stands still.
type bench struct {
	t        *testing.T
	s        *Server
	url      string
	merchant *merchant
	requests int
}

func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	m := newMerchant(t)
	cfg := Config{
		ClientID:        DefaultClientID,
		SecretKey:       DefaultSecretKey,
		NotificationURL: m.url + "/payments/notifications",
		Now:             func() time.Time { return start },
	}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return &bench{t: t, s: s, url: server.URL, merchant: m}
}

// hmacOver returns a signature written from DOKU's text alone. It shares nothing with the package.
func hmacOver(component string) string {
	h := hmac.New(sha256.New, []byte(DefaultSecretKey))
	io.WriteString(h, component)
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func sha(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// answer is an answer of the card API.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code() string {
	var e errorBody
	json.Unmarshal(a.body, &e)
	if e.Error == nil {
		return ""
	}
	return e.Error.Code
}

func (a answer) message() string {
	var e errorBody
	json.Unmarshal(a.body, &e)
	if e.Error == nil {
		return ""
	}
	return e.Error.Message
}

// post signs and sends a call, and checks that the answer is signed.
func (b *bench) post(target, requestID, body string) answer {
	b.t.Helper()
	req, _ := http.NewRequest("POST", b.url+target, strings.NewReader(body))
	at := start.Format("2006-01-02T15:04:05Z")
	req.Header.Set("Client-Id", DefaultClientID)
	req.Header.Set("Request-Id", requestID)
	req.Header.Set("Request-Timestamp", at)
	req.Header.Set("Signature", hmacOver("Client-Id:"+DefaultClientID+"\nRequest-Id:"+requestID+
		"\nRequest-Timestamp:"+at+"\nRequest-Target:"+target+"\nDigest:"+sha([]byte(body))))
	a := b.do(req)
	want := hmacOver(fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nResponse-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		a.header.Get("Client-Id"), requestID, a.header.Get("Response-Timestamp"), target, sha(a.body)))
	if got := a.header.Get("Signature"); got != want {
		b.t.Errorf("POST %s: answer signed %q, want %q", target, got, want)
	}
	return a
}

func (b *bench) do(req *http.Request) answer {
	b.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, body}
}

func (b *bench) get(address string) answer {
	b.t.Helper()
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// control calls the control API and decodes its answer into out.
func (b *bench) control(method, path, body string, out any) int {
	b.t.Helper()
	req, _ := http.NewRequest(method, b.url+path, strings.NewReader(body))
	a := b.do(req)
	if out != nil {
		if err := json.Unmarshal(a.body, out); err != nil {
			b.t.Fatalf("%s %s: %v in %s", method, path, err, a.body)
		}
	}
	return a.status
}

// advance moves the sandbox's clock. It returns after the attempts at notifications that fell due.
func (b *bench) advance(by time.Duration) {
	b.t.Helper()
	if status := b.control("POST", "/control/clock", `{"advance":"`+by.String()+`"}`, nil); status != 200 {
		b.t.Fatalf("advancing the clock: %d", status)
	}
}

func (b *bench) payment(invoice string) controlPayment {
	b.t.Helper()
	var list struct{ Payments []controlPayment }
	b.control("GET", "/control/payments?invoice_number="+url.QueryEscape(invoice), "", &list)
	if len(list.Payments) == 0 {
		b.t.Fatalf("no payment %s", invoice)
	}
	return list.Payments[len(list.Payments)-1]
}

// create opens a page for a body and returns its address.
func (b *bench) create(body string) string {
	b.t.Helper()
	b.requests++
	a := b.post("/credit-card/v1/payment-page", fmt.Sprintf("create-%d", b.requests), body)
	if a.status != 200 {
		b.t.Fatalf("create page: %d %s", a.status, a.body)
	}
	var created createAnswer
	if err := json.Unmarshal(a.body, &created); err != nil {
		b.t.Fatal(err)
	}
	return created.Page.URL
}

// simple returns a body with only the mandatory fields, and more.
func simple(invoice string, amount int, more string) string {
	return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"a@example.com"}%s}`,
		invoice, amount, more)
}

// submit posts a form and follows the redirect, like a browser.
func (b *bench) submit(address string, form url.Values) answer {
	b.t.Helper()
	req, _ := http.NewRequest("POST", address, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := b.do(req)
	if a.status == http.StatusSeeOther {
		next, err := req.URL.Parse(a.header.Get("Location"))
		if err != nil {
			b.t.Fatal(err)
		}
		return b.get(next.String())
	}
	return a
}

func cardValues(number string) url.Values {
	return url.Values{"card_number": {number}, "expiry": {"12/30"}, "cvv": {"123"}, "name": {"Anton"}}
}

// pay goes through a page with a card and the right one-time password.
func (b *bench) pay(page, number string) answer {
	b.t.Helper()
	if a := b.submit(page, cardValues(number)); a.status != 200 {
		b.t.Fatalf("card form: %d %s", a.status, a.body)
	}
	return b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
}

// stepOf returns the address of another step of a page.
func stepOf(page, step string) string {
	base, _, _ := strings.Cut(page, "?")
	return base + step
}

// merchant receives notifications, checks each one's signature from DOKU's text alone, and answers with a status.
type merchant struct {
	url    string
	got    chan received
	mu     sync.Mutex
	answer int

	lenient bool // bodies need not have the types of DOKU's
}

type received struct {
	requestID, timestamp string
	raw                  []byte
	body                 notificationBody
}

func newMerchant(t *testing.T) *merchant {
	m := &merchant{got: make(chan received, 100), answer: 200}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		component := strings.Join([]string{
			"Client-Id:" + r.Header.Get("Client-Id"), "Request-Id:" + r.Header.Get("Request-Id"),
			"Request-Timestamp:" + r.Header.Get("Request-Timestamp"), "Request-Target:" + r.URL.Path,
			"Digest:" + sha(raw),
		}, "\n")
		if r.Header.Get("Signature") != hmacOver(component) {
			t.Errorf("notification with a wrong signature: %v", r.Header)
		}
		n := received{requestID: r.Header.Get("Request-Id"), timestamp: r.Header.Get("Request-Timestamp"), raw: raw}
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&n.body); err != nil && !m.lenient {
			t.Errorf("notification: %v", err)
		}
		m.mu.Lock()
		w.WriteHeader(m.answer)
		m.mu.Unlock()
		m.got <- n
	}))
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *merchant) answers(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = status
}

// next waits for a notification.
func (b *bench) next() received {
	b.t.Helper()
	select {
	case n := <-b.merchant.got:
		return n
	case <-time.After(10 * time.Second):
		b.t.Fatal("no notification came")
		return received{}
	}
}
