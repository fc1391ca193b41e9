package app

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/golang-jwt/jwt/v5"

	"kasir/shared/function"
)

// here is the environment of a function on one machine.
func here(changes map[string]string) func(string) string {
	env := map[string]string{
		"KASIR_LOCAL": "1", "AWS_REGION": "ap-southeast-3", "TABLE_NAME": "kasir", "EVENT_BUS": "kasir",
		"DOKU_ENVIRONMENT":                 "http://127.0.0.1:8082",
		"DOKU_SECRET_ARN":                  "arn:aws:secretsmanager:us-east-1:000000000000:secret:kasir-local",
		"AWS_ENDPOINT_URL_DYNAMODB":        "http://127.0.0.1:8000",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://localhost:8001",
		"AWS_ENDPOINT_URL_EVENTBRIDGE":     "http://host.docker.internal:8002",
		"AWS_ENDPOINT_URL_SQS":             "http://127.0.0.1:8003",
		"AWS_ENDPOINT_URL_S3":              "http://127.0.0.1:8004", "REPORTS_BUCKET": "kasir-reports",
		"KASIR_LOCAL_ISSUER": "http://host.docker.internal:8080/dev", "SIGN_IN_ISSUER": "http://127.0.0.1:8080/dev",
		"STAFF_CLIENTS": "kasir-staff", "SIGN_IN_URL": "/oauth2/authorize", "SIGN_IN_TOKEN_URL": "/oauth2/token",
	}
	maps.Copy(env, changes)
	return func(name string) string { return env[name] }
}

// With KASIR_LOCAL=1 no function starts that could reach a real service, since it trusts every caller on this machine.
func TestNoFunctionOfThisMachineReachesAnythingReal(t *testing.T) {
	real := map[string][]string{
		"AWS_ENDPOINT_URL_DYNAMODB": {
			"", "https://dynamodb.ap-southeast-3.amazonaws.com", "https://127.0.0.1:8000", "http://10.0.0.1:8000",
			"http://127.0.0.1.evil.example",
			"http://localhost.evil.example", "http://user@evil.example", "http://user:word@localhost:8000",
			"localhost:8000", " http://127.0.0.1:8000", "dynamodb",
		},
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": {"", "https://secretsmanager.ap-southeast-3.amazonaws.com",
			"https://localhost:8001", "http://169.254.169.254"},
		"AWS_ENDPOINT_URL_EVENTBRIDGE": {"", "https://events.ap-southeast-3.amazonaws.com", "http://192.168.1.7:8002"},
		"AWS_ENDPOINT_URL_SQS":         {"", "https://sqs.ap-southeast-3.amazonaws.com", "http://10.0.0.1:8003"},
		"AWS_ENDPOINT_URL_S3":          {"", "https://s3.ap-southeast-3.amazonaws.com", "http://10.0.0.1:8004"},
		"WEBHOOKS_SECRET_ARN":          {"arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:kasir-AbCdEf"},
		"DOKU_ENVIRONMENT": {"", "sandbox", "production", "https://api-sandbox.doku.com",
			"https://127.0.0.1:8082", "http://api.doku.com"},
		"KASIR_LOCAL_ISSUER": {"https://cognito-idp.ap-southeast-3.amazonaws.com/x", "https://localhost:8080/dev",
			"http://issuer.example"},
		"DOKU_SECRET_ARN": {"arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:kasir-AbCdEf",
			"arn:aws:secretsmanager"},
		"TABLE_NAME": {
			"arn:aws:dynamodb:ap-southeast-3:123456789012:table/kasir",
			" arn:aws:dynamodb:ap-southeast-3:123456789012:table/kasir",
		},
		"EVENT_BUS": {
			"arn:aws:events:ap-southeast-3:123456789012:event-bus/kasir",
			"\tarn:aws:events:ap-southeast-3:123456789012:event-bus/kasir",
		},
		"KASIR_LOCAL":       {"0", "true", "yes", "11"},
		"KASIR_CLOCK_AHEAD": {"-1h", "7d", "soon"},
	}
	for _, f := range append(function.All, everything) {
		if _, err := Load(here(nil), f); err != nil {
			t.Errorf("%s does not start on one machine: %v", f.Name, err)
		}
		for name, values := range real {
			for _, value := range values {
				_, err := Load(here(map[string]string{name: value}), f)
				if needless := value == "" && !needs(f, name); needless == (err != nil) || err != nil &&
					!strings.Contains(err.Error(), "setting "+name) {
					t.Errorf("%s starts with KASIR_LOCAL=1 and %s=%q: %v", f.Name, name, value, err)
				}
			}
		}
		for _, name := range []string{"KASIR_CLOCK_AHEAD", "KASIR_LOCAL_ISSUER"} {
			value := here(map[string]string{"KASIR_CLOCK_AHEAD": "1h"})(name)
			for _, off := range []string{"", " "} {
				_, err := Load(environment(map[string]string{name: value, "KASIR_LOCAL": off}), f)
				if err == nil || !strings.Contains(err.Error(), "setting "+name+" is set without KASIR_LOCAL=1") {
					t.Errorf("%s starts on AWS with KASIR_LOCAL=%q and %s: %v", f.Name, off, name, err)
				}
			}
		}
	}
}

// The function of the queues sends events to this machine or over https. It reaches a queue and a secret on this
// machine alone.
func TestDeliverOnOneMachine(t *testing.T) {
	deliver, _ := function.Find("deliver")
	endpoint := func(url string) string {
		return `[{"name":"local","url":"` + url + `","queue":"http://127.0.0.1/0/a","letters":"http://127.0.0.1/0/b"}]`
	}
	good := map[string]string{"WEBHOOKS": endpoint("http://localhost:3000/hooks"),
		"WEBHOOKS_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:kasir-local-webhooks"}
	s, err := Load(here(good), deliver)
	if err != nil || len(s.Webhooks) != 1 || len(s.WebhookDelays) != 8 || s.WebhookTimeout != 15*time.Second {
		t.Errorf("%+v, %v", s, err)
	}
	for name, value := range map[string]string{
		"WEBHOOKS": endpoint("http://192.168.1.7/hooks"), "WEBHOOKS_SECRET_ARN": "", "AWS_ENDPOINT_URL_SQS": "",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": "", "WEBHOOK_TIMEOUT": "16s", "WEBHOOK_DELAYS": "5s,13h",
	} {
		bad := maps.Clone(good)
		bad[name] = value
		if _, err := Load(here(bad), deliver); err == nil || !strings.Contains(err.Error(), "setting "+name) {
			t.Errorf("%s=%q: %v", name, value, err)
		}
	}
	good["KASIR_LOCAL"] = ""
	delete(good, "WEBHOOKS_SECRET_ARN")
	if _, err := Load(environment(good), deliver); err == nil ||
		!strings.Contains(err.Error(), "setting WEBHOOKS has the endpoint local with a url that must be https") ||
		!strings.Contains(err.Error(), "WEBHOOKS_SECRET_ARN") {
		t.Errorf("on AWS, with an address of this machine and no secret: %v", err)
	}
}

// needs reports whether a function needs an address.
func needs(f function.Function, name string) bool {
	switch name {
	case "AWS_ENDPOINT_URL_DYNAMODB":
		return len(f.TableActions) > 0
	case "AWS_ENDPOINT_URL_EVENTBRIDGE":
		return f.Stream
	case "AWS_ENDPOINT_URL_S3":
		return f.Reports
	case "AWS_ENDPOINT_URL_SQS":
		return false // only with WEBHOOKS
	case "DOKU_ENVIRONMENT":
		return f.Secret || f.Console
	}
	return f.Secret
}

// A function in a container reaches DOKU's sandbox by another name, and derives the same Request-Ids as kasir local.
func TestTheSandboxIsOneByAnyOfItsNames(t *testing.T) {
	for written, want := range map[string]string{
		"http://host.docker.internal:8082": "http://127.0.0.1:8082", "http://localhost:8082": "http://127.0.0.1:8082",
		"http://[::1]:8082": "http://127.0.0.1:8082", "http://localhost": "http://127.0.0.1",
		"http://127.0.0.1:8082": "http://127.0.0.1:8082",
	} {
		s, err := Load(here(map[string]string{"DOKU_ENVIRONMENT": written}), everything)
		if got := s.merchantEnvironment(); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", written, got, err, want)
		}
	}
	s, _ := Load(environment(map[string]string{"DOKU_ENVIRONMENT": "http://localhost:8082"}), everything)
	if got := s.merchantEnvironment(); got != "http://localhost:8082" {
		t.Errorf("without KASIR_LOCAL: %q", got)
	}
}

// The clock and the deadlines that are compared with it are ahead by the same time. The function still ends at the real
// deadline.
func TestTheClockAndTheDeadlineAreAheadTogether(t *testing.T) {
	s, err := Load(here(map[string]string{"KASIR_CLOCK_AHEAD": "168h"}), everything)
	if err != nil {
		t.Fatal(err)
	}
	real, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	end, ok := s.Local.context(real).Deadline()
	if left := end.Sub(s.Local.Clock()()); !ok || left > time.Minute || left < 50*time.Second ||
		time.Until(end) < 167*time.Hour {
		t.Errorf("%s left, until %s", left, end)
	}
	cancel()
	if s.Local.context(real).Err() == nil {
		t.Error("the context outlives its parent")
	}
}

// Where no authorizer stands before the function, it lets in whom the issuer's token names, and nobody else.
func TestAFunctionVerifiesTheTokenItself(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var issuer *httptest.Server
	issuer = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, issuer.URL+"/dev", issuer.URL+"/dev/keys")
			return
		}
		n, e := base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())
		io.WriteString(w, `{"keys":[{"kid":"k","kty":"RSA","n":"`+n+`","e":"`+e+`"}]}`)
	}))
	defer issuer.Close()
	token := func(change func(jwt.MapClaims)) string {
		claims := jwt.MapClaims{"iss": issuer.URL + "/dev", "aud": LocalAudience, "sub": "CUST-1",
			"scope": "payments:read", "exp": time.Now().Add(169 * time.Hour).Unix()}
		change(claims)
		unsigned := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
		unsigned.Header["kid"] = "k"
		signed, err := unsigned.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	good := token(func(jwt.MapClaims) {})
	seen := &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{}
	for name, c := range map[string]struct {
		header, token string
		authorizer    *events.APIGatewayV2HTTPRequestContextAuthorizerDescription
		ahead, sub    string
	}{
		"a token":                        {header: "authorization", token: "Bearer " + good, sub: "CUST-1"},
		"as sam local spells the header": {header: "Authorization", token: "Bearer " + good, sub: "CUST-1"},
		"a week ahead": {header: "Authorization", token: "Bearer " + good, ahead: "168h",
			sub: "CUST-1"},
		"it has ended by then": {header: "Authorization", token: "Bearer " + good, ahead: "170h"},
		"no token":             {header: "Accept", token: "*/*"},
		"another audience": {header: "authorization",
			token: token(func(c jwt.MapClaims) { c["aud"] = "other" })},
		"another issuer": {header: "authorization",
			token: token(func(c jwt.MapClaims) { c["iss"] = "http://evil.example" })},
		"another key":               {header: "authorization", token: good[:len(good)-8] + "AAAAAAAA"},
		"an authorizer has seen it": {header: "authorization", token: good, authorizer: seen},
	} {
		s, err := Load(here(map[string]string{"KASIR_LOCAL_ISSUER": strings.Replace(issuer.URL, "127.0.0.1",
			"localhost", 1) + "/dev", "KASIR_CLOCK_AHEAD": c.ahead}), everything)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		serve := s.Local.serve(func(_ context.Context,
			e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			if a := e.RequestContext.Authorizer; a != nil && a.JWT != nil {
				got = a.JWT.Claims["sub"]
			}
			return events.APIGatewayV2HTTPResponse{}, nil
		})
		event := events.APIGatewayV2HTTPRequest{Headers: map[string]string{c.header: c.token}}
		event.RequestContext.Authorizer = c.authorizer
		if serve(t.Context(), event); got != c.sub {
			t.Errorf("%s: %q is let in, want %q", name, got, c.sub)
		}
	}
	on, _ := Load(environment(nil), everything)
	on.Local.serve(func(_ context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if e.RequestContext.Authorizer != nil {
			t.Error("a function on AWS verifies tokens by itself")
		}
		return events.APIGatewayV2HTTPResponse{}, nil
	})(t.Context(), events.APIGatewayV2HTTPRequest{Headers: map[string]string{"authorization": good}})
}
