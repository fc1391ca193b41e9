package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Each case changes one thing of a genuine call. The last cases show the order of DOKU's own checks.
func TestHeaderErrors(t *testing.T) {
	b := newBench(t)
	body := simple("INV-1", 90000, "")
	cases := []struct {
		name   string
		spoil  func(h http.Header)
		code   string
		signed bool
	}{
		{"genuine", func(http.Header) {}, "", true},
		{"no Client-Id", func(h http.Header) { h.Del("Client-Id") }, "invalid_header_request", false},
		{"no Request-Id", func(h http.Header) { h.Del("Request-Id") }, "invalid_header_request", false},
		{"no Request-Timestamp", func(h http.Header) { h.Del("Request-Timestamp") }, "invalid_header_request", true},
		{"no Signature", func(h http.Header) { h.Del("Signature") }, "invalid_header_request", true},
		{"Request-Id of 129", func(h http.Header) { h.Set("Request-Id", strings.Repeat("a", 129)) },
			"invalid_header_request", false},
		{"time with a zone", func(h http.Header) { h.Set("Request-Timestamp", "2026-08-27T17:00:00+07:00") },
			"invalid_header_request", true},
		{"time with fractions", func(h http.Header) { h.Set("Request-Timestamp", "2026-08-27T10:00:00.5Z") },
			"invalid_header_request", true},
		{"an hour and a second early", at(-3601), "request_time_out_of_range", true},
		{"an hour and a second late", at(3601), "request_time_out_of_range", true},
		{"an hour early, signed for another time", at(-3600), "invalid_signature", true},
		{"another client", func(h http.Header) { h.Set("Client-Id", "MCH-0001") }, "invalid_client_id", false},
		{"another Request-Id", func(h http.Header) { h.Set("Request-Id", "other") }, "invalid_signature", true},
		{"signature without its prefix", func(h http.Header) {
			h.Set("Signature", strings.TrimPrefix(h.Get("Signature"), "HMACSHA256="))
		}, "invalid_signature", true},
		{"time before client", func(h http.Header) { at(-9999)(h); h.Set("Client-Id", "x") },
			"request_time_out_of_range", false},
		{"client before signature", func(h http.Header) { h.Set("Client-Id", "x"); h.Set("Signature", "x") },
			"invalid_client_id", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := b.postWith(t, "/credit-card/v1/payment-page", body, c.spoil)
			if a.code() != c.code {
				t.Errorf("code %q, want %q: %s", a.code(), c.code, a.body)
			}
			if want := map[bool]int{true: 400, false: 200}[c.code != ""]; a.status != want {
				t.Errorf("status %d, want %d", a.status, want)
			}
			if got := a.header.Get("Signature") != ""; got != c.signed {
				t.Errorf("answer signed: %v, want %v", got, c.signed)
			}
		})
	}
}

func at(seconds int) func(http.Header) {
	return func(h http.Header) {
		h.Set("Request-Timestamp", start.Add(time.Duration(seconds)*time.Second).Format("2006-01-02T15:04:05Z"))
	}
}

// postWith sends a genuine call after a change to its headers.
func (b *bench) postWith(t *testing.T, target, body string, spoil func(http.Header)) answer {
	t.Helper()
	req, _ := http.NewRequest("POST", b.url+target, strings.NewReader(body))
	now := start.Format("2006-01-02T15:04:05Z")
	req.Header.Set("Client-Id", DefaultClientID)
	req.Header.Set("Request-Id", t.Name())
	req.Header.Set("Request-Timestamp", now)
	req.Header.Set("Signature", hmacOver("Client-Id:"+DefaultClientID+"\nRequest-Id:"+t.Name()+
		"\nRequest-Timestamp:"+now+"\nRequest-Target:"+target+"\nDigest:"+sha([]byte(body))))
	spoil(req.Header)
	return b.do(req)
}

func TestBodyAlteredByOneByte(t *testing.T) {
	b := newBench(t)
	body := simple("INV-1", 90000, "")
	req, _ := http.NewRequest("POST", b.url+"/credit-card/v1/payment-page", strings.NewReader(body+" "))
	now := start.Format("2006-01-02T15:04:05Z")
	req.Header.Set("Client-Id", DefaultClientID)
	req.Header.Set("Request-Id", "r")
	req.Header.Set("Request-Timestamp", now)
	req.Header.Set("Signature", hmacOver("Client-Id:"+DefaultClientID+"\nRequest-Id:r\nRequest-Timestamp:"+now+
		"\nRequest-Target:/credit-card/v1/payment-page\nDigest:"+sha([]byte(body))))
	if a := b.do(req); a.code() != "invalid_signature" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOtherPathsAndMethods(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nowhere", 404}, {"POST", "/", 405}, {"GET", "/credit-card/v1/payment-page", 405},
		{"DELETE", "/control/payments", 405}, {"GET", "/healthz", 200}, {"GET", "/", 200},
		{"GET", "/pay/nobody", 404}, {"POST", "/pay/nobody/otp", 404}, {"POST", "/control/notifications/9/resend", 404},
	} {
		req, _ := http.NewRequest(c.method, b.url+c.path, nil)
		a := b.do(req)
		if a.status != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, a.status, c.status)
		}
		if c.status >= 400 && !strings.HasPrefix(c.path, "/pay/") && a.code() == "" {
			t.Errorf("%s %s: no error body: %s", c.method, c.path, a.body)
		}
	}
}

func TestConfigNamesWhatIsMissing(t *testing.T) {
	for field, cfg := range map[string]Config{
		"ClientID":        {SecretKey: "SK-x"},
		"SecretKey":       {ClientID: "MCH-x"},
		"NotificationURL": {ClientID: "MCH-x", SecretKey: "SK-x", NotificationURL: "localhost:8080"},
		"PageLifetime":    {ClientID: "MCH-x", SecretKey: "SK-x", PageLifetime: -1},
		"RetryDelays":     {ClientID: "MCH-x", SecretKey: "SK-x", RetryDelays: []time.Duration{2, 1}},
		"PublicURL":       {ClientID: "MCH-x", SecretKey: "SK-x", PublicURL: "ftp://x"},
	} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
