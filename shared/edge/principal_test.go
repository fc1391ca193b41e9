package edge

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/function"
	"kasir/shared/route"
)

// as makes an event one for a function's first route, by a caller whose token has the scopes.
func as(event events.APIGatewayV2HTTPRequest, function, scopes string) events.APIGatewayV2HTTPRequest {
	i := slices.IndexFunc(route.All, func(r route.Route) bool { return r.Function == function })
	event.RouteKey = route.All[i].Key()
	event.RequestContext.Authorizer = authorizer(map[string]string{"sub": "CUST-1", "scope": scopes})
	return event
}

func authorizer(claims map[string]string) *events.APIGatewayV2HTTPRequestContextAuthorizerDescription {
	return &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: claims},
	}
}

func everyScope() string {
	var all []string
	for _, g := range route.Grants {
		all = append(all, string(g.Scope))
	}
	return strings.Join(all, " ")
}

// admitted runs a function's edge on an event. It returns the status and the caller that the handler saw.
func admitted(t *testing.T, name, prefix string, event events.APIGatewayV2HTTPRequest) (int, map[string]string,
	*Principal) {
	t.Helper()
	f, ok := function.Find(name)
	if !ok {
		t.Fatal(name)
	}
	var who *Principal
	e := Edge{Log: slog.New(slog.NewJSONHandler(&bytes.Buffer{}, nil)), Now: time.Now, Function: f, ScopePrefix: prefix}
	answer, err := e.Serve(func(_ context.Context, r Request) (Response, error) {
		who = &r.Who
		return Response{Status: 200}, nil
	})(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Headers, who
}

// Every route of every function: without authorizer (as under `sam local start-api`), with each single scope, and as
// another function.
func TestOnlyWhoMayIsLetIn(t *testing.T) {
	for _, r := range route.All {
		for _, f := range function.All {
			event := as(events.APIGatewayV2HTTPRequest{}, "createpage", everyScope())
			event.RouteKey = r.Key()
			want := 404
			if f.Name == r.Function {
				want = 200
			}
			if status, _, _ := admitted(t, f.Name, "", event); status != want {
				t.Errorf("%s given to %s: %d, want %d", r.Key(), f.Name, status, want)
			}
		}
		for name, a := range map[string]*events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			"no authorizer": nil, "no JWT": {}, "no claims": authorizer(nil),
			"no subject": authorizer(map[string]string{"scope": everyScope()}),
			"no scope":   authorizer(map[string]string{"sub": "CUST-1"}),
		} {
			event := events.APIGatewayV2HTTPRequest{RouteKey: r.Key()}
			event.RequestContext.Authorizer = a
			want := 401
			if name == "no scope" {
				want = 403
			}
			status, header, who := admitted(t, r.Function, "", event)
			if r.Scope == "" {
				if status != 200 {
					t.Errorf("%s, %s: %d, though DOKU brings no token", r.Key(), name, status)
				}
			} else if status != want || who != nil || !strings.HasPrefix(header["www-authenticate"], "Bearer") {
				t.Errorf("%s, %s: %d %v, want %d", r.Key(), name, status, header, want)
			}
		}
		for _, g := range route.Grants {
			event := events.APIGatewayV2HTTPRequest{RouteKey: r.Key()}
			event.RequestContext.Authorizer = authorizer(map[string]string{"sub": "CUST-1", "scope": string(g.Scope)})
			want := 403
			if r.Scope == "" || r.Scope == g.Scope {
				want = 200
			}
			if status, _, _ := admitted(t, r.Function, "", event); status != want {
				t.Errorf("%s with %s: %d, want %d", r.Key(), g.Scope, status, want)
			}
		}
	}
}

func TestScopesAreReadAsIssuersWriteThem(t *testing.T) {
	for name, c := range map[string]struct {
		claims map[string]string
		prefix string
		want   bool
	}{
		"scope":                               {map[string]string{"scope": "openid payments:read"}, "", true},
		"a list in scp, as API Gateway shows": {map[string]string{"scp": "[openid payments:read]"}, "", true},
		"scp, one text":                       {map[string]string{"scp": "payments:read"}, "", true},
		"Cognito's prefix":                    {map[string]string{"scope": "kasir/payments:read"}, "kasir/", true},
		"another resource server's": {map[string]string{"scope": "other/payments:read payments:read"},
			"kasir/", false},
		"a prefix that nobody set": {map[string]string{"scope": "kasir/payments:read"}, "", false},
		"a longer one":             {map[string]string{"scope": "payments:read:all"}, "", false},
		"other case":               {map[string]string{"scope": "Payments:Read"}, "", false},
		"a comma":                  {map[string]string{"scope": "payments:read,payments:create"}, "", false},
	} {
		c.claims["sub"] = "CUST-1"
		if got := principal(events.APIGatewayV2HTTPRequest{}, c.claims,
			c.prefix).May(route.PaymentsRead); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A list of scopes reaches the function as [a b]. Words of one item, and items of inner lists, are not scopes.
func TestAListOfScopesIsReadFromTheToken(t *testing.T) {
	for token, c := range map[string]struct {
		flattened string // by API Gateway
		read, all bool   // may read own payments, and all
	}{
		`{"scope":["payments:read"]}`: {"[payments:read]", true, false},
		`{"scope":["openid","payments:read","payments:read:all"]}`: {"[openid payments:read payments:read:all]", true,
			true},
		`{"scope":["payments:read","x payments:read:all"]}`:  {"[payments:read x payments:read:all]", true, false},
		`{"scope":["payments:read","x\tpayments:read:all"]}`: {"[payments:read x\tpayments:read:all]", true, false},
		`{"scope":["payments:read",["payments:read:all"]]}`:  {"[payments:read [payments:read:all]]", true, false},
		`{"scope":[["payments:read:all"]]}`:                  {"[[payments:read:all]]", false, false},
		`{"scope":[{"a":"x payments:read:all y"}]}`:          {`[{"a":"x payments:read:all y"}]`, false, false},
		`{"scope":"[payments:read payments:read:all]"}`:      {"[payments:read payments:read:all]", false, false},
		`{"scope":"[ payments:read ]"}`:                      {"[ payments:read ]", true, false},
	} {
		for _, name := range []string{"scope", "scp"} {
			for _, scheme := range []string{"Bearer ", "bearer  ", ""} {
				payload := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(token, "scope", name, 1)))
				event := events.APIGatewayV2HTTPRequest{Headers: map[string]string{"authorization": scheme + "e30." +
					payload + ".c2ln"}}
				p := principal(event, map[string]string{"sub": "CUST-1", name: c.flattened}, "")
				if p.May(route.PaymentsRead) != c.read || p.May(route.PaymentsReadAll) != c.all {
					t.Errorf("%s in %s: %q", token, name, p.scopes)
				}
			}
		}
	}
}

// A username is for people to read. One with control characters, or that was not a text, is left out.
func TestTheUsernameIsReadAsIssuersWriteIt(t *testing.T) {
	long := strings.Repeat("a", 127) + "é"
	for name, c := range map[string]struct {
		claims map[string]string
		want   string
	}{
		"Cognito's":            {map[string]string{"username": "sari", "preferred_username": "other"}, "sari"},
		"OpenID Connect's":     {map[string]string{"preferred_username": "sari@toko.example"}, "sari@toko.example"},
		"null":                 {map[string]string{"username": "<nil>", "preferred_username": "sari"}, "sari"},
		"an object":            {map[string]string{"username": "map[a:1]"}, ""},
		"with an escape":       {map[string]string{"username": "sari\x1b[2J"}, ""},
		"too long, cut":        {map[string]string{"username": long}, strings.Repeat("a", 127)},
		"none":                 {map[string]string{}, ""},
		"another's, cognito's": {map[string]string{"cognito:username": "sari"}, ""},
	} {
		c.claims["sub"] = "CUST-1"
		p := principal(events.APIGatewayV2HTTPRequest{}, c.claims, "")
		if act := p.Act("why"); p.Caller().Username != c.want || act.Username != c.want || act.By != "CUST-1" ||
			act.Note != "why" {
			t.Errorf("%s: %+v, want %q", name, act, c.want)
		}
	}
}

// A subject that is no text in the token is nobody, in all the ways in which it may arrive.
func TestASubjectIsAText(t *testing.T) {
	for subject, want := range map[string]int{
		"CUST-1": 200, "auth0|5fe4": 200, "a{b": 200, "": 401, "<nil>": 401, "null": 401, "map[a:1]": 401,
		`{"a":1}`: 401, "[CUST-1]": 401, "CUST-\ufffd": 401, "CUST-\xff": 401,
	} {
		event := events.APIGatewayV2HTTPRequest{RouteKey: "GET /payments/{invoice_number}"}
		event.RequestContext.Authorizer = authorizer(map[string]string{"sub": subject, "scope": everyScope()})
		if status, _, _ := admitted(t, "getpayment", "", event); status != want {
			t.Errorf("%q: %d, want %d", subject, status, want)
		}
	}
	nobody := principal(events.APIGatewayV2HTTPRequest{},
		map[string]string{"sub": "CUST-1", "scope": "<nil>", "scp": "payments:read", "client_id": "map[a:1]",
			"azp": "shop"}, "")
	if !nobody.May(route.PaymentsRead) || nobody.ClientID != "shop" {
		t.Errorf("claims that are no text stand in the way of others: %+v", nobody)
	}
}
