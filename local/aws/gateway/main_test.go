package gateway

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kasir/local/aws/lambda"
	"kasir/shared/route"
)

// function is the bootstrap of testdata/api, built once as functions are built for AWS.
var function string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kasir-gateway")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	function = filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", function, "./testdata/api")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the function: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// clock is the time of the example in AWS's documentation, read in Jakarta.
func clock() time.Time {
	return time.UnixMilli(1583348638390).In(time.FixedZone("WIB", 7*60*60))
}

// routes lead to one function, with every kind of path.
var routes = []route.Route{
	{Function: "api", Method: "POST", Path: "/do/{do}"},
	{Function: "api", Method: "GET", Path: "/do/{do}"},
	{Function: "api", Method: "GET", Path: "/do/{do}/to/{whom}"},
	{Function: "api", Method: "GET", Path: "/do/it"},
}

// deploy starts the gateway with the real function, run by the real runtime.
func deploy(t *testing.T, f lambda.Function) *httptest.Server {
	t.Helper()
	f.Name, f.Binary = "api", function
	log := &bytes.Buffer{}
	rt, err := lambda.New(lambda.Config{Functions: []lambda.Function{f}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, Config{Invoke: rt.Invoke})
	t.Cleanup(func() {
		rt.Close()
		if t.Failed() {
			t.Logf("the function said:\n%s", log)
		}
	})
	return server
}

// serve fills in the missing fields of the configuration and serves the API.
func serve(t *testing.T, c Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config = Server(api(t, c))
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func api(t *testing.T, c Config) http.Handler {
	t.Helper()
	if c.Routes == nil {
		c.Routes = routes
	}
	if c.Now == nil {
		c.Now = clock
	}
	if c.NewID == nil {
		c.NewID = func() string { return "JKJaXmPLvHcESHA=" }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	handler, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// answering returns a function that always gives the same answer.
func answering(payload string) Invoker {
	return func(context.Context, string, []byte) ([]byte, error) { return []byte(payload), nil }
}

// failing returns a function that always fails with the same error.
func failing(err error) Invoker {
	return func(context.Context, string, []byte) ([]byte, error) { return nil, err }
}

// response is the part of a response that a client sees.
type response struct {
	status int
	header http.Header
	body   string
}

// raw sends a request byte for byte, so that a test controls every header, and reads the response.
func raw(t *testing.T, server *httptest.Server, request string) response {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

// send sends an ordinary request.
func send(t *testing.T, server *httptest.Server, method, path, body string) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

func read(t *testing.T, resp *http.Response) response {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{resp.StatusCode, resp.Header, string(body)}
}

// expectOwn checks a response that the gateway itself makes.
func expectOwn(t *testing.T, got response, status int, message string) {
	t.Helper()
	if want := `{"message":"` + message + `"}`; got.status != status || got.body != want {
		t.Errorf("got %d %s, want %d %s", got.status, got.body, status, want)
	}
	if got.header.Get("Content-Type") != "application/json" || got.header.Get("Apigw-Requestid") == "" {
		t.Errorf("headers %v of the gateway's own answer", got.header)
	}
}
