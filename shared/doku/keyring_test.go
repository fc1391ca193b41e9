package doku

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// rotating holds the newest keyring there is, and hands it out only to who complains.
type rotating struct {
	mu      sync.Mutex
	known   Keyring
	newest  Keyring
	renewed int
}

func (r *rotating) Keyring(context.Context) Keyring {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known
}

func (r *rotating) Renew(_ context.Context, failed Keyring) (Keyring, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.renewed++
	r.known = r.newest
	return r.known, r.known != failed
}

// rotatingDOKU accepts one key and signs with it; what it turns away it has not looked at.
type rotatingDOKU struct {
	key      string
	unsigned bool // its errors
	wrongly  bool // signs with a key that nobody knows
	requests []string
	done     int
}

func (d *rotatingDOKU) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	component := fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:%s",
		r.Header.Get("Client-Id"), r.Header.Get("Request-Id"), r.Header.Get("Request-Timestamp"), r.URL.Path)
	if r.Method != http.MethodGet {
		component += "\nDigest:" + digest(string(raw))
	}
	d.requests = append(d.requests, r.Header.Get("Request-Id")+" "+string(raw))
	out := answer{status: 200, body: pageAnswer}
	if r.Header.Get("Signature") != signed(d.key, component) {
		out = answer{status: 400, body: `{"error":{"code":"invalid_signature","message":"Invalid Header Signature"}}`}
	} else {
		d.done++
	}
	signer := d.key
	if d.wrongly {
		signer = "SK-nobody-knows"
	}
	out.signature = signed(signer, fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nResponse-Timestamp:2026-08-27T10:23:48Z\nRequest-Target:%s\nDigest:%s",
		testClient, testID, r.URL.Path, digest(out.body)))
	if d.unsigned && out.status != 200 {
		out.signature = "none"
	}
	out.send(w, r.URL.Path)
}

func TestAKeyThatIsRotatedCostsNoCall(t *testing.T) {
	ring := func(current, previous Secret) Keyring {
		return Keyring{ClientID: testClient, Current: current, Previous: previous}
	}
	const done, refused, unknown = "done", "refused", "unknown"
	for _, test := range []struct {
		name          string
		doku          rotatingDOKU
		known, newest Keyring
		want          string
		sent, renewed int
	}{
		{"nothing is rotated", rotatingDOKU{key: "SK-1"}, ring("SK-1", ""), ring("SK-1", ""), done, 1, 0},
		{"DOKU switched, a newer key is known", rotatingDOKU{key: "SK-2"}, ring("SK-1", ""), ring("SK-2", "SK-1"), done, 2, 1},
		{"the same, errors unsigned", rotatingDOKU{key: "SK-2", unsigned: true}, ring("SK-1", ""), ring("SK-2", "SK-1"), done, 2, 1},
		{"DOKU switched, no newer key, answers cannot be trusted", rotatingDOKU{key: "SK-2"}, ring("SK-1", ""), ring("SK-1", ""), unknown, 1, 1},
		{"the same, errors unsigned", rotatingDOKU{key: "SK-2", unsigned: true}, ring("SK-1", ""), ring("SK-1", ""), refused, 1, 1},
		{"DOKU has not switched yet", rotatingDOKU{key: "SK-1"}, ring("SK-2", "SK-1"), ring("SK-2", "SK-1"), done, 2, 1},
		{"neither key is right", rotatingDOKU{key: "SK-3", unsigned: true}, ring("SK-2", "SK-1"), ring("SK-2", "SK-1"), refused, 2, 1},
		{"an answer signed with a key learned only now", rotatingDOKU{key: "SK-1", wrongly: true}, ring("SK-1", ""), ring("SK-nobody-knows", "SK-1"), done, 1, 1},
		{"an answer nobody can verify", rotatingDOKU{key: "SK-1", wrongly: true}, ring("SK-1", ""), ring("SK-2", "SK-1"), unknown, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(&test.doku)
			defer server.Close()
			keys := &rotating{known: test.known, newest: test.newest}
			_, err := newClient(t, server.URL, func(c *Config) { c.Keys = keys }).CreatePage(t.Context(), testID, request())
			got := done
			var refusal *Error
			switch {
			case errors.Is(err, ErrUnknown):
				got = unknown
			case errors.As(err, &refusal):
				got = refused
				if !refusal.BadSignature() || !refusal.Unprocessed {
					t.Errorf("refused as %+v", refusal)
				}
			case err != nil:
				t.Fatal(err)
			}
			if got != test.want || len(test.doku.requests) != test.sent || keys.renewed != test.renewed {
				t.Errorf("%s after %d requests and %d renewals (%v), want %s, %d, %d", got, len(test.doku.requests), keys.renewed, err, test.want, test.sent, test.renewed)
			}
			for _, request := range test.doku.requests {
				if request != test.doku.requests[0] {
					t.Errorf("sent again as %q, first as %q", request, test.doku.requests[0])
				}
			}
		})
	}
}

// A call that DOKU looked at is never sent again by itself, however it ended.
func TestOnlyARefusedSignatureIsSignedAgain(t *testing.T) {
	for _, body := range []string{
		`{"error":{"code":"INVALID_PARAMETER"}}`, `{"error":{"code":"request_time_out_of_range"}}`, `{"error":{"code":"invalid_client_id"}}`,
	} {
		calls := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			answer{status: 400, body: body}.send(w, r.URL.Path)
		}))
		defer server.Close()
		keys := &rotating{known: Keyring{testClient, testSecret, ""}, newest: Keyring{testClient, "SK-2", testSecret}}
		newClient(t, server.URL, func(c *Config) { c.Keys = keys }).CreatePage(t.Context(), testID, request())
		if calls != 1 || keys.renewed != 0 {
			t.Errorf("%s: %d calls, %d renewals", body, calls, keys.renewed)
		}
	}
}

func TestANotificationUnderANewerKey(t *testing.T) {
	for name, test := range map[string]struct {
		signer, client string
		newest         Keyring
		want           error
		renewed        int
	}{
		"known key":           {testSecret, testClient, Keyring{testClient, testSecret, ""}, nil, 0},
		"newer key":           {"SK-2", testClient, Keyring{testClient, "SK-2", testSecret}, nil, 1},
		"forged":              {"SK-forger", testClient, Keyring{testClient, "SK-2", testSecret}, ErrSignature, 1},
		"of another merchant": {"SK-2", "MCH-9", Keyring{testClient, "SK-2", testSecret}, ErrSignature, 0},
	} {
		keys := &rotating{known: Keyring{testClient, testSecret, ""}, newest: test.newest}
		r := receiver()
		r.Keys = keys
		header := posted(test.signer, "/notifications", "2026-08-27T10:23:47Z", saleBody)
		header.Set("Client-Id", test.client)
		if _, err := r.ParseNotification(t.Context(), header, []byte(saleBody)); !errors.Is(err, test.want) || keys.renewed != test.renewed {
			t.Errorf("%s: %v after %d renewals, want %v, %d", name, err, keys.renewed, test.want, test.renewed)
		}
	}
}

// Macs are kept for reuse: they must not carry anything over, not even between keys and goroutines.
func TestSigningFromManyGoroutines(t *testing.T) {
	_, _, all := vectors(t)
	c := all[0].component("MCH-1")
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			key := Secret(fmt.Sprint("SK-", i%3))
			want := signed(string(key), string(c.append(nil)))
			for range 500 {
				if got := Sign(key, c); got != want || !Verify(want, c, "SK-other", key) {
					t.Errorf("%s, want %s", got, want)
					return
				}
			}
		})
	}
	work.Wait()
}
