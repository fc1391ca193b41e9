package probe

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/shared/doku"
)

// scene describes a DOKU and the extent of its probe.
type scene struct {
	faults  string            // the sandbox's, as JSON
	control map[string]string // control calls once a payment was made, by path
	twist   []twist           // further changes of the sandbox's answers
	target  string            // the path in the signatures of notifications; empty: the real path
	life    time.Duration     // of pages; 0: an hour
	set     environment       // kasir's settings
	change  func(*Config)
	ctx     context.Context // nil: the test's
	full    bool            // with a person, an hour and notifications
}

// environment holds settings.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// twist changes one answer of DOKU's API before it is sent.
type twist func(request *http.Request, a *reply)

// reply is an answer of the sandbox that can be changed. Sign makes its signature right again.
type reply struct {
	status int
	header http.Header
	body   string
	target string
}

func (a *reply) sign() {
	sum := sha256.Sum256([]byte(a.body))
	a.signOver("\nDigest:" + base64.StdEncoding.EncodeToString(sum[:]))
}

func (a *reply) signOver(digest string) {
	mac := hmac.New(sha256.New, []byte(sandbox.DefaultSecretKey))
	fmt.Fprintf(
		mac,
		"Client-Id:%s\nRequest-Id:%s\nResponse-Timestamp:%s\nRequest-Target:%s%s",
		a.header.Get("Client-Id"),
		a.header.Get("Request-Id"),
		a.header.Get("Response-Timestamp"),
		a.target,
		digest,
	)
	a.header.Set("Signature", "HMACSHA256="+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func (a *reply) become(status int, body string) {
	a.status, a.body = status, body
	if a.header.Get("Signature") != "" {
		a.sign()
	}
}

// noResource answers paths that do not exist as DOKU was observed to answer.
func noResource(_ *http.Request, a *reply) {
	if strings.Contains(a.body, "No such path") {
		a.become(http.StatusNotFound, `{"message":"No static resource of that name."}`)
	}
}

func through(next http.Handler, twists []twist) http.Handler {
	var mu sync.Mutex // guards the state of twists
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Client-Id") == "" {
			next.ServeHTTP(w, request)
			return
		}
		seen := httptest.NewRecorder()
		next.ServeHTTP(seen, request)
		a := &reply{seen.Code, seen.Header().Clone(), seen.Body.String(), request.URL.EscapedPath()}
		mu.Lock()
		for _, t := range twists {
			t(request, a)
		}
		mu.Unlock()
		a.header.Del("Content-Length")
		for name := range a.header {
			w.Header()[name] = a.header[name]
		}
		w.WriteHeader(a.status)
		fmt.Fprint(w, a.body)
	})
}

// person pays each page whose URL is printed.
type person struct {
	t    *testing.T
	mu   sync.Mutex
	said bytes.Buffer
	then func() // after a payment
}

var printed = regexp.MustCompile(`(?m)^  (https?://\S+/pay/\S+)$`)

func (p *person) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.Write(text)
	if page := printed.FindSubmatch(text); page != nil {
		if err := customer.Pay(p.t.Context(), http.DefaultClient, string(page[1]), customer.Visa); err != nil {
			p.t.Error(err)
		}
		p.then()
	}
	return len(text), nil
}

// ask probes the sandbox of a scene.
func ask(t *testing.T, s scene) (*Report, *person, error) {
	t.Helper()
	keys := doku.Keyring{ClientID: sandbox.DefaultClientID, Current: sandbox.DefaultSecretKey}
	inbox := NewInbox(keys, settings{s.set.get}.value("NOTIFICATION_TARGET"), time.Now)
	receiver := httptest.NewServer(inbox)
	t.Cleanup(receiver.Close)
	faults, err := sandbox.ParseFaults(orEmpty(s.faults))
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, Faults: faults,
		NotificationURL: receiver.URL + "/notifications", NotificationTarget: s.target,
		PageLifetime: s.life,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	server := httptest.NewServer(through(box, append([]twist{noResource}, s.twist...)))
	t.Cleanup(server.Close)

	control := func(path, body string) {
		response, err := http.Post(server.URL+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %d", path, body, response.StatusCode)
		}
	}
	p := &person{t: t, then: func() {
		for path, body := range s.control {
			control(path, body)
		}
	}}
	cfg := Config{
		BaseURL: server.URL, Keys: keys, Getenv: s.set.get, Amount: 20000, HTTP: HTTP(), Now: time.Now, Out: p,
		NewID: func() string { return strings.ToLower(rand.Text()) }, PayWithin: time.Hour,
		Wait: func(ctx context.Context, d time.Duration) error {
			control("/control/clock", fmt.Sprintf(`{"advance":%q}`, d))
			return ctx.Err()
		},
	}
	if s.full {
		cfg.Pay, cfg.Authorize, cfg.WaitFor, cfg.Inbox = true, true, time.Hour, inbox
	}
	if s.change != nil {
		s.change(&cfg)
	}
	if s.ctx == nil {
		s.ctx = t.Context()
	}
	report, err := Run(s.ctx, cfg)
	return report, p, err
}

func orEmpty(faults string) string {
	if faults == "" {
		return "{}"
	}
	return faults
}

func (report *Report) finding(id string) Finding {
	for _, f := range report.Findings {
		if f.ID == id {
			return f
		}
	}
	return Finding{}
}

func (report *Report) text() string {
	var b bytes.Buffer
	report.Print(&b)
	return b.String()
}

func (report *Report) json(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b); err != nil || !json.Valid(b.Bytes()) {
		t.Fatal(err)
	}
	return b.String()
}
