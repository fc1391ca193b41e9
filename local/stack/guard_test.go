package stack_test

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"kasir/local/aws/lambda"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// send sends a request with a Host and an Origin. An empty one leaves the header unchanged.
func send(t *testing.T, method, to, host, origin string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, to, strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	request.Header.Set("Content-Type", "text/plain") // a page may send this anywhere without a preflight
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// A page on the internet that finds the ports can do nothing with them. It cannot read the keys or make an order PAID.
func TestNoPartAnswersForeignPages(t *testing.T) {
	running := harness.Start(t, nil)
	parts := map[string]string{
		"HTTP API": running.API + "/payments", "token issuer": running.Issuer + "/token",
		"shop": running.Shop + "/quote", "DOKU's sandbox": running.DOKU + "/control/settle",
		"DOKU's ledger": running.DOKU + "/control/ledger", "hosted page": running.DOKU + "/pay/x",
		"DynamoDB":        running.DynamoDB,
		"Secrets Manager": running.Environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"],
		"EventBridge":     running.Environment["AWS_ENDPOINT_URL_EVENTBRIDGE"],
	}
	for name, to := range parts {
		for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodOptions} {
			for what, response := range map[string]*http.Response{
				"another site's page":         send(t, method, to, "", "https://evil.example"),
				"another port's page":         send(t, method, to, "", "http://127.0.0.1:1"),
				"a page without an origin":    send(t, method, to, "", "null"),
				"a name that leads here":      send(t, method, to, "evil.example:80", ""),
				"its own page, but that name": send(t, method, to, "evil.example:80", "http://evil.example:80"),
			} {
				if response.StatusCode != http.StatusForbidden ||
					response.Header.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s: %s of %s: %s %v", name, method, what, response.Status, response.Header)
				}
			}
		}
		if response := send(t, http.MethodGet, to, "localhost:80", ""); response.StatusCode == http.StatusForbidden &&
			name != "DynamoDB" {
			t.Errorf("%s: a program that asks at localhost: %s", name, response.Status)
		}
	}
}

// The shop's page still calls the API, under either name of this machine, and DOKU's own sandbox still posts
// notifications through a tunnel.
func TestTheShopsPagesAndATunnelReachTheAPI(t *testing.T) {
	running := harness.Start(t, nil)
	shop, err := url.Parse(running.Shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, origin := range []string{"http://127.0.0.1:" + shop.Port(), "http://localhost:" + shop.Port()} {
		response := send(t, http.MethodGet, running.API+"/payments/NONE-1", "", origin)
		if response.StatusCode != http.StatusUnauthorized ||
			response.Header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("%s: %s %v", origin, response.Status, response.Header)
		}
		if exposed := response.Header.Get(
			"Access-Control-Expose-Headers"); exposed != "idempotent-replayed,retry-after,www-authenticate" {
			t.Errorf("a page may read %q", exposed)
		}
	}
	if response := send(t, http.MethodPost, running.API+stack.NotificationTarget, "abc.tunnel.example",
		""); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("a notification through a tunnel: %s", response.Status)
	}
	if response := send(t, http.MethodPost, running.API+"/payments", "abc.tunnel.example",
		""); response.StatusCode != http.StatusForbidden {
		t.Errorf("a payment through that tunnel: %s", response.Status)
	}
}

// A configured page may call the API, and no other part. Pages of other ports still may not.
func TestANamedOriginReachesTheAPIAlone(t *testing.T) {
	const named, other = "http://127.0.0.1:3000", "http://127.0.0.1:3001"
	running := harness.Start(t, func(c *stack.Config) { c.Origins = []string{named} })
	for origin, want := range map[string]int{named: http.StatusUnauthorized, other: http.StatusForbidden} {
		response := send(t, http.MethodGet, running.API+"/payments/NONE-1", "", origin)
		allowed := response.Header.Get("Access-Control-Allow-Origin")
		if response.StatusCode != want || (allowed == origin) != (origin == named) {
			t.Errorf("%s: %s, allowed %q", origin, response.Status, allowed)
		}
	}
	others := []string{
		running.Shop + "/quote", running.DOKU + "/control/ledger", running.DynamoDB, running.API + "/dev/clock",
		running.Issuer + "/token",
	}
	for _, to := range others {
		if response := send(t, http.MethodPost, to, "", named); response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", to, response.Status)
		}
	}
	response := send(t, http.MethodPost, running.API+"/dev/clock", "", running.Shop)
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("the shop's pages may move the clock: %s", response.Status)
	}
}

// A tunnel that forwards under a name of this machine, and a name that is not always this machine's, move no clock.
func TestTheClockIsMovedFromNearOnly(t *testing.T) {
	running := harness.Start(t, nil)
	for _, c := range []struct {
		what   string
		change func(*http.Request)
		want   int
	}{
		{"a tunnel", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.7") }, http.StatusForbidden},
		{"another name", func(r *http.Request) { r.Host = "host.docker.internal:8080" }, http.StatusForbidden},
		{"localhost", func(r *http.Request) { r.Host = "localhost:8080" }, http.StatusOK},
		{"a page of the API", func(r *http.Request) { r.Header.Set("Origin", running.API) }, http.StatusOK},
	} {
		body := strings.NewReader(`{"advance":"1s"}`)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, running.API+"/dev/clock", body)
		if err != nil {
			t.Fatal(err)
		}
		c.change(request)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s: %s", c.what, response.Status)
		}
	}
}

// The parts find each other on a machine where localhost has no address: every address that is passed on is 127.0.0.1.
func TestEveryAddressIsWrittenOut(t *testing.T) {
	running := harness.Start(t, nil)
	addresses := []string{running.API, running.Shop, running.DOKU, running.DynamoDB, running.Issuer}
	for name, value := range running.Environment {
		if strings.HasPrefix(value, "http") {
			addresses = append(addresses, value)
			t.Logf("%s=%s", name, value)
		}
	}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || net.ParseIP(u.Hostname()) == nil {
			t.Errorf("%s has no address, but a name: %v", address, err)
		}
	}
	response, err := http.Get(running.Issuer + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil || strings.Contains(body.String(), "localhost") {
		t.Errorf("%s %v", &body, err)
	}
}

// A request that the gateway could not carry out is printed with its cause, which appears nowhere else.
func TestAnAnswerOf5xxIsPrintedWithItsCause(t *testing.T) {
	var printed bytes.Buffer
	running := harness.Start(t, func(c *stack.Config) { c.Failures = &printed })
	api := harness.API(t, running)
	if err := running.Lambda.KillNext("getpayment", lambda.BeforeEvent); err != nil {
		t.Fatal(err)
	}
	answer, err := api.Do(t.Context(), http.MethodGet, "/payments/NONE-1", nil, nil)
	if err != nil || answer.Status != http.StatusBadGateway {
		t.Fatalf("%d %s %v", answer.Status, answer.Body, err)
	}
	if text := printed.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "status=502") ||
		!strings.Contains(text, "function=getpayment") || !strings.Contains(text, "error=") {
		t.Errorf("printed %q", text)
	}
}

// The file that the stack leaves for other commands contains keys. Only the owner may read it, even if an old file had
// other rights.
func TestWhatIsAnnouncedIsForItsOwnerAlone(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(data+"/running.json", []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	running := harness.Start(t, nil)
	withdraw, err := running.Announce(data)
	if err != nil {
		t.Fatal(err)
	}
	defer withdraw()
	if info, err := os.Stat(data + "/running.json"); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
