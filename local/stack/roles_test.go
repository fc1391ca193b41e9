package stack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/merchant/issuer"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/route"
)

// The role matrix has every route and every kind of token, through the gateway and the built binaries. A cell is right
// if its status is 401, 403 or neither, as expected. Another customer's payment and cards must give 404.
func TestRoleMatrix(t *testing.T) {
	running := harness.Start(t, nil)
	back, err := running.BackEndToken()
	if err != nil {
		t.Fatal(err)
	}
	api := merchant.API{URL: running.API, Client: http.DefaultClient, Token: back}
	if _, err := api.CreatePage(t.Context(),
		[]byte(`{"order":{"invoice_number":"ROLE-1","amount":90000},"customer":{"id":"CUST-1",`+
			`"email":"budi@example.com"}}`)); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, g := range route.Grants {
		all = append(all, string(g.Scope))
	}
	sign := func(change jwt.MapClaims) string {
		claims := jwt.MapClaims{"iss": running.Issuer, "aud": "kasir", "sub": "CUST-1", "scope": strings.Join(all, " "),
			"iat": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(time.Hour).Unix()}
		for name, value := range change {
			claims[name] = value
		}
		token, err := running.Tokens.Sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	kinds := []struct{ name, token string }{
		{"none", ""}, {"garbage", "a.b.c"},
		{"expired", sign(jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()})},
		{"issuer", sign(jwt.MapClaims{"iss": "https://evil.example"})},
		{"audience", sign(jwt.MapClaims{"aud": "another"})}, {"all", sign(nil)},
	}
	for _, g := range route.Grants {
		kinds = append(kinds, struct{ name, token string }{string(g.Scope),
			sign(jwt.MapClaims{"scope": string(g.Scope)})})
	}
	foreign := sign(jwt.MapClaims{"sub": "CUST-2", "scope": "payments:read tokens:read tokens:unbind"})
	cells, unexpected := 0, 0
	judge := func(r route.Route, kind, token string, good func(int) bool) string {
		path := strings.NewReplacer("{invoice_number}", "ROLE-1", "{customer_id}", "CUST-1", "{token_id}",
			"tok-1").Replace(r.Path)
		header := http.Header{"Idempotency-Key": {"a-key-of-the-matrix"}}
		var body []byte
		if r.Method == http.MethodPost {
			body = []byte(`{}`)
		}
		answer, err := merchant.API{URL: running.API, Client: http.DefaultClient, Token: token}.Do(t.Context(),
			r.Method, path, header, body)
		if err != nil {
			t.Fatal(err)
		}
		cells++
		if !good(answer.Status) {
			unexpected++
			t.Errorf("%s with %s: %d %s", r.Key(), kind, answer.Status, answer.Body)
		}
		return fmt.Sprint(answer.Status)
	}
	for _, r := range route.API() {
		var row []string
		for _, kind := range kinds {
			row = append(row, kind.name+" "+judge(r, kind.name, kind.token, func(status int) bool {
				switch {
				case r.Scope == "":
					return status == 401 // DOKU's signature is missing; no token replaces it
				case kind.name == "all" || kind.name == string(r.Scope):
					return status != 401 && status != 403 && status < 500
				case strings.Contains(kind.name, ":"):
					return status == 403
				}
				return status == 401
			}))
		}
		if r.Scope == route.PaymentsRead || r.Scope == route.TokensRead || r.Scope == route.TokensUnbind {
			want := http.StatusNotFound
			if r.Key() == "GET /payments" { // a list of one's own payments; TestFieldMatrix judges its content
				want = http.StatusOK
			}
			row = append(row, "another's "+
				judge(r, "another's token", foreign, func(status int) bool { return status == want }))
		}
		t.Logf("%-55s %s", r.Key(), strings.Join(row, " · "))
	}
	t.Logf("%d cases, %d unexpected", cells, unexpected)
}

// The username of the token that closes an order is stored, and shown only to callers that may read every payment.
func TestAClosingIsKeptWithItsUsername(t *testing.T) {
	running := harness.Start(t, nil)
	api := harness.API(t, running)
	body := []byte(`{"order":{"invoice_number":"ACT-1","amount":90000},"customer":{"email":"budi@example.com"}}`)
	if _, err := api.CreatePage(t.Context(), body); err != nil {
		t.Fatal(err)
	}
	sari, err := running.Tokens.Sign(jwt.MapClaims{
		"iss": running.Issuer, "aud": "kasir", "sub": "9c1f", "preferred_username": "sari", "scope": "payments:close",
		"iat": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	staff := merchant.API{URL: running.API, Client: http.DefaultClient, Token: sari}
	const who = `"by":"9c1f","username":"sari","note":"card [digits] was declined"`
	note := []byte(`{"note":"card 4761349999000039 was declined"}`)
	for range 2 { // a repeat is the same
		answer, err := staff.Do(t.Context(), "POST", "/payments/ACT-1/close", nil, note)
		if text := string(answer.Body); err != nil || answer.Status != 200 ||
			!strings.Contains(text, `"closed":{"at":"`) ||
			strings.Contains(text, `"sari"`) || strings.Contains(text, `"page"`) {
			t.Fatalf("%d %s %v", answer.Status, text, err)
		}
	}
	answer, err := api.Do(t.Context(), "GET", "/payments/ACT-1", nil, nil)
	if err != nil || answer.Status != 200 || !strings.Contains(string(answer.Body), who) {
		t.Errorf("%d %s %v, want %s", answer.Status, answer.Body, err, who)
	}
	for path, c := range map[string]struct {
		body, want string
		status     int
	}{
		"/payments/ACT-1/resolve": {`{"operation":"capture","outcome":"done","note":"x"}`,
			`"pointer":"/operation"`, 422},
		"/payments/ACT-1/resolve?": {`{"conflict":"0123","decision":"none","note":"x"}`, `"pointer":"/conflict"`, 422},
		"/payments/ACT-1/close":    {`{"note":"` + strings.Repeat("x", 501) + `"}`, `"pointer":"/note"`, 422},
		"/payments/ACT-1/close?":   {`{"note":null}`, `"pointer":"/note"`, 422},
		"/payments/ACT-9/close":    {`{}`, "no payment", 404},
	} {
		answer, err := api.Do(t.Context(), "POST", path, nil, []byte(c.body))
		if err != nil || answer.Status != c.status || !strings.Contains(string(answer.Body), c.want) {
			t.Errorf("%s %s: %d %s %v", path, c.body, answer.Status, answer.Body, err)
		}
	}
}

// A person's token allows what the person's roles allow, through the gateway and the built binaries. The refunds of one
// order count together, and nothing is sent to DOKU for one above the limit.
func TestRolesOfStaff(t *testing.T) {
	s := openMerchantStackWith(t, map[string]string{"MAX_REFUND": "support=50000"})
	s.buy(t, "STAFF-1", "", customer.Visa)
	s.await(t, "STAFF-1", "PAID")
	s.control(t, "settle", `{}`)
	as := func(roles []string, key, body string) (int, string) {
		t.Helper()
		token, err := s.Tokens.Token(issuer.Request{Subject: "sari", Roles: roles, Scopes: issuer.Scopes(),
			Client: issuer.StaffClient})
		if err != nil {
			t.Fatal(err)
		}
		api := merchant.API{URL: s.URL, Client: http.DefaultClient, Token: token}
		answer, err := api.Do(t.Context(), "POST", "/payments/STAFF-1/refunds", http.Header{"Idempotency-Key": {key}},
			[]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return answer.Status, string(answer.Body)
	}
	for i, c := range []struct {
		roles  []string
		key    string
		amount int
		status int
		piece  string
	}{
		{nil, "none", 1000, 403, "which your roles or your token do not have"},
		{[]string{"viewer"}, "viewer", 1000, 403, "which your roles or your token do not have"},
		{[]string{"Support"}, "case", 1000, 403, "which your roles or your token do not have"},
		{[]string{"support"}, "over", 50001, 422, "must be at most 50000 for you"},
		{[]string{"viewer", "support"}, "first", 30000, 201, `"refunded":30000`},
		{[]string{"support"}, "first", 30000, 200, `"refunded":30000`},
		{[]string{"support"}, "second", 20001, 422, "must be at most 20000 for you"},
		{[]string{"support", "admin"}, "third", 40000, 201, `"refunded":70000`},
		{[]string{"support"}, "fourth", 1, 422, "is above the limit of your roles"},
	} {
		status, body := as(c.roles, "a-key-of-the-person-"+c.key, fmt.Sprintf(`{"refund":{"amount":%d}}`, c.amount))
		if status != c.status || !strings.Contains(body, c.piece) {
			t.Errorf("%d, %v refund %d: %d %s", i, c.roles, c.amount, status, body)
		}
	}
}

// Cognito adds the resource server's name before a scope. Gateway and functions must agree on it. With it a caller is
// let in; without it, which any pool can issue, the scope does not count.
func TestScopesBehindAPrefix(t *testing.T) {
	running := harness.Start(t, func(c *stack.Config) { c.Settings = map[string]string{"SCOPE_PREFIX": "kasir/"} })
	api := harness.API(t, running)
	page := []byte(`{"order":{"invoice_number":"PREFIX-1","amount":90000},"customer":{"email":"budi@example.com"}}`)
	if _, err := api.CreatePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	for scope, want := range map[string]int{"kasir/payments:read kasir/payments:read:all": 200,
		"payments:read payments:read:all": 403} {
		token, err := running.Tokens.Sign(
			jwt.MapClaims{"iss": running.Issuer, "aud": "kasir", "sub": "CUST-9", "scope": scope,
				"iat": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(time.Hour).Unix()})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := merchant.API{URL: running.API, Client: http.DefaultClient, Token: token}.Do(t.Context(), "GET",
			"/payments/PREFIX-1", nil, nil)
		if err != nil || answer.Status != want {
			t.Errorf("%s: %d %s %v, want %d", scope, answer.Status, answer.Body, err, want)
		}
	}
}

// A token that may only capture, or only refund, gets an answer without the fields that only readers of a payment may
// see.
func TestCaptureAndRefundShowNoHistory(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "ROLE-2", `,"payment":{"type":"AUTHORIZE"}`, customer.Visa)
	if _, err := s.Await(t.Context(), "ROLE-2", "AUTHORIZED"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		scope      route.Scope
		path, body string
		want       int
	}{
		{route.PaymentsCapture, "capture", `{}`, 200},
		{route.PaymentsRefund, "refunds", `{"refund":{"amount":90000}}`, 201},
	} {
		token, err := s.Stack.Token("BACK-2", step.scope)
		if err != nil {
			t.Fatal(err)
		}
		api := merchant.API{URL: s.URL, Client: http.DefaultClient, Token: token}
		answer, err := api.Do(t.Context(), "POST", "/payments/ROLE-2/"+step.path,
			http.Header{"Idempotency-Key": {"a-key-of-the-roles-test"}}, []byte(step.body))
		if err != nil || answer.Status != step.want || !strings.Contains(string(answer.Body), `"captured":90000`) {
			t.Fatalf("%s: %d %s %v", step.path, answer.Status, answer.Body, err)
		}
		for _, hidden := range []string{`"history"`, `"page"`} {
			if strings.Contains(string(answer.Body), hidden) {
				t.Errorf("%s shows %s: %s", step.path, hidden, answer.Body)
			}
		}
	}
}
