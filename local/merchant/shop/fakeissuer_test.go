package shop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeIssuer replaces the issuer of access tokens. Its tokens contain nothing; the fake API looks them up here.
type fakeIssuer struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []url.Values      // the form of every request
	good   map[string]holder // by token
	expiry int64             // expires_in of its answers
	down   bool              // it answers 503
	deaf   bool              // the API accepts none of its tokens
}

// holder is the owner of a token.
type holder struct {
	subject string
	scopes  []string
}

func newFakeIssuer(t *testing.T) *fakeIssuer {
	i := &fakeIssuer{good: map[string]holder{}, expiry: 900}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", i.issue)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *fakeIssuer) issue(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := r.ParseForm(); err != nil || r.URL.RawQuery != "" || i.down {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	i.asked = append(i.asked, r.PostForm)
	token := fmt.Sprintf("token.%d", len(i.asked))
	i.good[token] = holder{r.PostForm.Get("sub"), strings.Fields(r.PostForm.Get("scope"))}
	reply(w, http.StatusOK, map[string]any{"access_token": token, "expires_in": i.expiry,
		"scope": r.PostForm.Get("scope")})
}

// revoke revokes all tokens.
func (i *fakeIssuer) revoke() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.good = map[string]holder{}
}

// set changes the fake under its lock.
func (i *fakeIssuer) set(how func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	how()
}

func (i *fakeIssuer) issued() []url.Values {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.asked)
}

// of returns the holder of the request's bearer token.
func (i *fakeIssuer) of(r *http.Request) (holder, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	h, found := i.good[token]
	return h, bearer && found && !i.deaf
}

// allow passes a request whose token has the scope, and answers others with 401 and 403 as API Gateway does.
func (f *fakeAPI) allow(scope string, next func(http.ResponseWriter, *http.Request, holder)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h, known := f.issuer.of(r)
		if !known {
			f.set(func() { f.strangers++ })
			reply(w, http.StatusUnauthorized, map[string]any{"message": "Unauthorized"})
			return
		}
		if !slices.Contains(h.scopes, scope) {
			reply(w, http.StatusForbidden, map[string]any{"message": "Forbidden"})
			return
		}
		next(w, r, h)
	}
}
