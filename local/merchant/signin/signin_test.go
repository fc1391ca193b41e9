package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kasir/local/merchant/issuer"
)

const verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789"

// desk is a sign-in behind a server, with a browser that keeps cookies and follows no redirect.
type desk struct {
	*httptest.Server
	browser http.Client
	now     time.Time
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: time.Now().Truncate(time.Second)}
	tokens, err := issuer.New(issuer.Config{URL: "http://127.0.0.1:1/dev", Audience: "kasir", ScopePrefix: "kasir/",
		Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	d.Server = httptest.NewServer(New(Config{
		Tokens: tokens, Clients: []string{"kasir-staff"}, Roles: []string{"viewer", "support"}, Return: "/console",
		Now: func() time.Time { return d.now },
	}))
	t.Cleanup(d.Close)
	d.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return d
}

// asked returns the console's request for a sign-in, with changes. An empty change removes a parameter.
func (d *desk) asked(changes url.Values) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"client_id": {"kasir-staff"}, "redirect_uri": {d.URL + "/console"}, "response_type": {"code"},
		"scope": {"openid kasir/payments:read kasir/payments:refund"}, "state": {"st&te"}, "nonce": {"n-1"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
		"login_hint": {"support"},
	}
	for name, values := range changes {
		if q[name] = values; len(values) == 0 {
			delete(q, name)
		}
	}
	return q
}

// authorize sends the request, and returns the answer, its page and the parameters with which it sends the browser
// back.
func (d *desk) authorize(t *testing.T, q url.Values, cookies ...*http.Cookie) (*http.Response, string, url.Values) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+AuthorizePath+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		request.AddCookie(c)
	}
	answer, err := d.browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	to, query, _ := strings.Cut(answer.Header.Get("Location"), "?")
	back, err := url.ParseQuery(query)
	if err != nil || to != "" && to != d.URL+"/console" {
		t.Errorf("the browser is sent to %s, %v", to, err)
	}
	return answer, string(content), back
}

// exchange sends a code to the token endpoint, with changes to the form.
func (d *desk) exchange(t *testing.T, code string, changes url.Values) (int, map[string]any) {
	t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "client_id": {"kasir-staff"},
		"redirect_uri": {d.URL + "/console"}, "code_verifier": {verifier}}
	for name, values := range changes {
		form[name] = values
	}
	answer, err := d.browser.PostForm(d.URL+TokenPath, form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if answer.Header.Get("Cache-Control") != "no-store" {
		t.Error("a cache may keep a token")
	}
	return answer.StatusCode, body
}

func claims(t *testing.T, token any) jwt.MapClaims {
	t.Helper()
	all := jwt.MapClaims{}
	text, _ := token.(string)
	if _, _, err := jwt.NewParser().ParseUnverified(text, all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAPersonSignsIn(t *testing.T) {
	d := open(t)
	_, _, back := d.authorize(t, d.asked(nil))
	if back.Get("state") != "st&te" {
		t.Errorf("the state comes back as %q", back.Get("state"))
	}
	status, tokens := d.exchange(t, back.Get("code"), nil)
	if status != 200 || tokens["token_type"] != "Bearer" || tokens["expires_in"] != 600.0 ||
		tokens["scope"] != "openid kasir/payments:read kasir/payments:refund" {
		t.Fatalf("%d %v", status, tokens)
	}
	access, about := claims(t, tokens["access_token"]), claims(t, tokens["id_token"])
	for name, want := range map[string]any{"client_id": "kasir-staff", "aud": "kasir", "username": "support",
		"scope": "kasir/payments:read kasir/payments:refund", "exp": float64(d.now.Unix() + 600)} {
		if access[name] != want {
			t.Errorf("the token's %s is %v, want %v", name, access[name], want)
		}
	}
	for name, want := range map[string]any{"aud": "kasir-staff", "nonce": "n-1", "iss": "http://127.0.0.1:1/dev",
		"sub": access["sub"]} {
		if about[name] != want {
			t.Errorf("the ID token's %s is %v, want %v", name, about[name], want)
		}
	}
	if roles, _ := access[issuer.RolesClaim].([]any); len(roles) != 1 || roles[0] != "support" {
		t.Errorf("roles %v", access[issuer.RolesClaim])
	}
	_, _, back = d.authorize(t, d.asked(url.Values{"login_hint": {Nobody}}))
	if _, tokens = d.exchange(t, back.Get("code"), nil); claims(t, tokens["access_token"])[issuer.RolesClaim] != nil {
		t.Errorf("a person without a role has one: %v", tokens)
	}
}

// A code is good once, for a minute, and only with everything that belongs to it.
func TestCodes(t *testing.T) {
	for name, c := range map[string]struct {
		form  url.Values
		later time.Duration
		code  string // of the error
	}{
		"good":                 {nil, 59 * time.Second, ""},
		"too late":             {nil, time.Minute, "invalid_grant"},
		"the clock went back":  {nil, -time.Second, "invalid_grant"},
		"another verifier":     {url.Values{"code_verifier": {verifier + "x"}}, 0, "invalid_grant"},
		"no verifier":          {url.Values{"code_verifier": {}}, 0, "invalid_grant"},
		"another client":       {url.Values{"client_id": {"kasir-local"}}, 0, "invalid_grant"},
		"another redirect URI": {url.Values{"redirect_uri": {"http://evil.example/console"}}, 0, "invalid_grant"},
		"an unknown code":      {url.Values{"code": {"GUESSED"}}, 0, "invalid_grant"},
		"another grant": {url.Values{"grant_type": {"client_credentials"}}, 0,
			"unsupported_grant_type"},
	} {
		d := open(t)
		_, _, back := d.authorize(t, d.asked(nil))
		d.now = d.now.Add(c.later)
		status, body := d.exchange(t, back.Get("code"), c.form)
		if want := map[bool]int{true: 200, false: 400}[c.code == ""]; status != want || c.code != "" &&
			(body["error"] != c.code || body["access_token"] != nil) {
			t.Errorf("%s: %d %v", name, status, body)
		}
		if c.code == "unsupported_grant_type" || name == "an unknown code" {
			continue // the code was not looked at
		}
		if status, body := d.exchange(t, back.Get("code"), nil); status != 400 || body["error"] != "invalid_grant" {
			t.Errorf("%s: the code is good twice: %d %v", name, status, body)
		}
	}
}

// A mistake of the console comes back to it, with the state. A request that may not be the console's is answered here.
func TestRequestsThatAreRefused(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		change url.Values
		code   string // of the error that the browser brings back; empty: it is not sent back
	}{
		"another client":   {url.Values{"client_id": {"merchant-back-end"}}, ""},
		"a foreign host":   {url.Values{"redirect_uri": {"http://evil.example/console"}}, ""},
		"a longer path":    {url.Values{"redirect_uri": {d.URL + "/console/"}}, ""},
		"another path":     {url.Values{"redirect_uri": {d.URL + "/payments"}}, ""},
		"a query":          {url.Values{"redirect_uri": {d.URL + "/console?x=1"}}, ""},
		"a user":           {url.Values{"redirect_uri": {strings.Replace(d.URL, "//", "//x@", 1) + "/console"}}, ""},
		"no redirect URI":  {url.Values{"redirect_uri": {}}, ""},
		"a token":          {url.Values{"response_type": {"token"}}, "unsupported_response_type"},
		"no PKCE":          {url.Values{"code_challenge": {}, "code_challenge_method": {}}, "invalid_request"},
		"plain PKCE":       {url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"a short one":      {url.Values{"code_challenge": {"abc"}}, "invalid_request"},
		"no state":         {url.Values{"state": {}}, "invalid_request"},
		"no nonce":         {url.Values{"nonce": {}}, "invalid_request"},
		"no openid":        {url.Values{"scope": {"kasir/payments:read"}}, "invalid_scope"},
		"an unknown scope": {url.Values{"scope": {"openid kasir/payments:steal"}}, "invalid_scope"},
		"no prefix":        {url.Values{"scope": {"openid payments:read"}}, "invalid_scope"},
		"no session":       {url.Values{"prompt": {"none"}, "login_hint": {}}, "login_required"},
	} {
		answer, content, back := d.authorize(t, d.asked(c.change))
		if back.Get("error") != c.code || back.Get("code") != "" {
			t.Errorf("%s: %v, want %s", name, back, c.code)
		}
		if c.code == "" && (answer.StatusCode != 400 || !strings.Contains(content, "must be")) {
			t.Errorf("%s: %d %s", name, answer.StatusCode, content)
		}
		if c.code != "" && name != "no state" && back.Get("state") != "st&te" {
			t.Errorf("%s: the state is %q", name, back.Get("state"))
		}
	}
}

// Without a role in the request, the picker repeats the request with each. A session makes the next sign-in silent.
func TestThePickerAndTheSession(t *testing.T) {
	d := open(t)
	unnamed := url.Values{"login_hint": {}}
	answer, content, _ := d.authorize(t, d.asked(url.Values{"login_hint": {"owner"}, "state": {`"><script>`}}))
	if answer.StatusCode != 200 || strings.Contains(content, "<script>") || strings.Contains(content, "owner") ||
		!strings.Contains(content, `<button name="login_hint" value="support">`) {
		t.Errorf("%d %s", answer.StatusCode, content)
	}
	csp := answer.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'") {
		t.Errorf("%q", csp)
	}
	answer, _, _ = d.authorize(t, d.asked(nil))
	session := answer.Cookies()
	if len(session) != 1 || !session[0].HttpOnly || session[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("%+v", session)
	}
	_, _, back := d.authorize(t, d.asked(unnamed), session...)
	if _, tokens := d.exchange(t, back.Get("code"), nil); claims(t, tokens["access_token"])["username"] != "support" {
		t.Errorf("%v", tokens)
	}
	if _, content, back = d.authorize(t, d.asked(url.Values{"login_hint": {}, "prompt": {"login"}}), session...); back.
		Has("code") || !strings.Contains(content, "Your role") {
		t.Error("prompt=login is silent")
	}
	session[0].Value = "owner"
	if _, _, back = d.authorize(t, d.asked(unnamed), session...); back.Has("code") {
		t.Error("a session has a role that does not exist")
	}
	for to, status := range map[string]int{d.URL + "/console": 302, "http://evil.example/": 400} {
		answer, err := d.browser.Get(d.URL + LogoutPath + "?client_id=kasir-staff&post_logout_redirect_uri=" +
			url.QueryEscape(to))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		ended := slices.ContainsFunc(answer.Cookies(), func(c *http.Cookie) bool { return c.MaxAge < 0 })
		if answer.StatusCode != status || ended != (status == 302) {
			t.Errorf("signed out to %s: %d %v", to, answer.StatusCode, answer.Cookies())
		}
	}
}

// A tunnel for notifications forwards every request. The sign-in gives any role to anybody, so it is not for a tunnel.
func TestTheSignInIsForThisMachine(t *testing.T) {
	d := open(t)
	for name, change := range map[string]func(*http.Request){
		"a tunnel's name":  func(r *http.Request) { r.Host = "abc.tunnel.example" },
		"a tunnel's trace": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.7") },
	} {
		for _, path := range []string{AuthorizePath, TokenPath, LogoutPath} {
			request := httptest.NewRequest(http.MethodPost, d.URL+path, nil)
			change(request)
			w := httptest.NewRecorder()
			d.Config.Handler.ServeHTTP(w, request)
			if w.Code != http.StatusForbidden {
				t.Errorf("%s, %s: %d", name, path, w.Code)
			}
		}
	}
}

// A page of another site cannot choose the role with which the person at this machine signs in.
func TestALinkOfAnotherSiteChoosesNoRole(t *testing.T) {
	d := open(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		d.URL+AuthorizePath+"?"+d.asked(url.Values{"login_hint": {"admin"}}).Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := d.browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || len(answer.Cookies()) > 0 {
		t.Errorf("%d, location %s, cookies %v", answer.StatusCode, answer.Header.Get("Location"), answer.Cookies())
	}
}
