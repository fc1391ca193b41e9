package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kasir/local/aws/lambda"

	"github.com/google/go-cmp/cmp"
)

func TestWhatFailuresBecome(t *testing.T) {
	function := func(kind lambda.Kind, exited bool) error {
		return fmt.Errorf("wrapped: %w", &lambda.Error{Kind: kind, Exited: exited, Message: "secret-canary"})
	}
	for _, c := range []struct {
		err     error
		status  int
		message string
	}{
		{function(lambda.Unknown, false), 500, "Internal Server Error"},
		{function(lambda.TooLarge, false), 413, "Request Entity Too Large"},
		{function(lambda.Throttled, false), 503, "Service Unavailable"},
		{function(lambda.Init, false), 502, "Bad Gateway"},
		{function(lambda.Failed, false), 500, "Internal Server Error"},
		{function(lambda.Failed, true), 502, "Bad Gateway"},
		{function(lambda.Crashed, false), 502, "Bad Gateway"},
		{function(lambda.TimedOut, false), 500, "Internal Server Error"},
		{lambda.ErrClosed, 503, "Service Unavailable"},
		{errors.New("secret-canary"), 500, "Internal Server Error"},
	} {
		server := serve(t, Config{Invoke: failing(c.err)})
		got := send(t, server, "GET", "/do/it", "")
		expectOwn(t, got, c.status, c.message)
		if wait := got.header.Get("Retry-After"); (wait == "1") != (c.status == 503) {
			t.Errorf("%v: %d with Retry-After %q", c.err, c.status, wait)
		}
	}
}

// The clock of this test is virtual and jumps to the 30 s.
func TestAFunctionHas30Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, waited time.Duration
		handler := api(t, Config{Invoke: func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
			began := time.Now()
			deadline, _ := ctx.Deadline()
			asked = deadline.Sub(began)
			<-ctx.Done()
			waited = time.Since(began)
			return nil, fmt.Errorf("invoke: %w", ctx.Err())
		}})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/do/it", nil))
		if asked != 30*time.Second || waited != asked {
			t.Errorf("the function had %s and waited %s", asked, waited)
		}
		expectOwn(t, response{w.Code, w.Header(), w.Body.String()}, 503, "Service Unavailable")
	})
}

func TestBodiesOver10MB(t *testing.T) {
	invoked := 0
	server := serve(t, Config{Invoke: func(_ context.Context, _ string, event []byte) ([]byte, error) {
		invoked++
		return []byte(`"read"`), nil
	}})
	exact := strings.Repeat("x", 10<<20)
	if got := send(t, server, "POST", "/do/it", exact); got.status != http.StatusOK {
		t.Errorf("10 MB: got %d %s", got.status, got.body)
	}
	expectOwn(t, send(t, server, "POST", "/do/it", exact+"x"), 413, "Request Entity Too Large")
	// Its length is unknown, so the gateway must read to find out.
	req := httptest.NewRequest("POST", "/do/it", io.MultiReader(strings.NewReader(exact), strings.NewReader("x")))
	w := httptest.NewRecorder()
	server.Config.Handler.ServeHTTP(w, req)
	expectOwn(t, response{w.Code, w.Header(), w.Body.String()}, 413, "Request Entity Too Large")
	if invoked != 1 {
		t.Errorf("%d invocations, want the one of 10 MB", invoked)
	}
}

func TestBodiesThatDoNotArrive(t *testing.T) {
	for _, c := range []struct {
		err     error
		status  int
		message string
	}{
		{io.ErrUnexpectedEOF, 400, "Bad Request"},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, 408, "Request Timeout"},
	} {
		handler := api(t, Config{Invoke: failing(errors.New("invoked"))})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("POST", "/do/it",
			io.MultiReader(strings.NewReader("{"), broken{c.err})))
		expectOwn(t, response{w.Code, w.Header(), w.Body.String()}, c.status, c.message)
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestAClientThatLeavesEndsTheWait(t *testing.T) {
	invoked, left := make(chan struct{}), make(chan error)
	server := serve(t, Config{Invoke: func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
		close(invoked)
		<-ctx.Done()
		left <- ctx.Err()
		return nil, ctx.Err()
	}})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "POST /do/it HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	<-invoked
	conn.Close()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the invocation saw %v", err)
	}
}

func TestOneConnectionManyRequests(t *testing.T) {
	server := serve(t, Config{Invoke: answering(`"ok"`)})
	for _, target := range []string{"POST /do/it", "GET /nothing", "OPTIONS /do/it", "GET /do/it", "POST /nothing",
		"POST /do/it"} {
		method, path, _ := strings.Cut(target, " ")
		want := http.StatusOK
		if path == "/nothing" || method == "OPTIONS" {
			want = http.StatusNotFound
		}
		if got := send(t, server, method, path, "{}"); got.status != want {
			t.Errorf("%s: got %d, want %d", target, got.status, want)
		}
	}
}

func TestGarbage(t *testing.T) {
	server := serve(t, Config{Invoke: answering(`"ok"`)})
	for request, status := range map[string]int{
		"GET /do/%ff%00%3F%23 HTTP/1.1\nHost: x\n\n":                                                     200,
		"GET /do/it?%00=%ff&&=&;&%gg HTTP/1.1\nHost: x\n\n":                                              200,
		"GET /do/it HTTP/1.1\nHost: \nCookie: ;;=;\x80\nX-\x7fY: 1\n\n":                                  400,
		"GET /do/it HTTP/1.1\nHost: [::1\nCookie: ;; = ;\x80\xff\nUser-Agent: \xff\n\n":                  200,
		"GET /do/it HTTP/1.1\nHost: x\nCookie: ;; = ;\x80\xff\nUser-Agent: \xff\n\n":                     200,
		"GET /do/it HTTP/1.0\n\n":                                                                        200,
		"GET http://elsewhere/do/it HTTP/1.1\nHost: x\n\n":                                               200,
		"OPTIONS * HTTP/1.1\nHost: x\n\n":                                                                404,
		"CONNECT do:443 HTTP/1.1\nHost: do\n\n":                                                          404,
		"POST /do/it HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\nzz\n":                              400,
		"POST /do/it HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n":                      200,
		"GET /do/it HTTP/1.1\nHost: x\nX-Long: " + strings.Repeat("x", 32<<10) + "\n\n":                  431,
		"GET /do/it HTTP/1.1\nHost: x\nAccess-Control-Request-Method: %\nOrigin: \xff\nRange: -\n\n\n\n": 200,
	} {
		if got := raw(t, server, request); got.status != status {
			t.Errorf("%.60q: got %d %s, want %d", request, got.status, got.body, status)
		}
	}
}

func TestTheAccessLog(t *testing.T) {
	var log bytes.Buffer
	now := clock()
	server := api(t, Config{
		CORS: shop,
		Log:  slog.New(slog.NewJSONHandler(&log, nil)),
		Now:  func() time.Time { now = now.Add(12 * time.Millisecond); return now },
		Invoke: func(_ context.Context, _ string, event []byte) ([]byte, error) {
			if bytes.Contains(event, []byte("exit")) {
				return nil, &lambda.Error{Kind: lambda.Crashed, Function: "api", Type: "Runtime.ExitError",
					Message: "exit status 3"}
			}
			return []byte(`"four"`), nil
		},
	})
	for _, target := range []string{
		"GET /do/secret-canary?q=secret-canary", "GET /do/exit", "GET /customers/secret-canary/tokens", "GET /typo",
		"OPTIONS /do/secret-canary",
	} {
		method, path, _ := strings.Cut(target, " ")
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Authorization", "Bearer secret-canary")
		r.Header.Set("Access-Control-Request-Method", "GET")
		server.ServeHTTP(httptest.NewRecorder(), r)
	}
	const id = "JKJaXmPLvHcESHA="
	want := []map[string]any{
		{"level": "INFO", "msg": "request", "requestId": id, "method": "GET", "route": "/do/{do}", "function": "api",
			"status": 200., "bytes": 4., "ms": 12.},
		{"level": "ERROR", "msg": "request", "requestId": id, "method": "GET", "route": "/do/{do}", "function": "api",
			"status": 502., "bytes": 25., "ms": 12.,
			"error": "function api: Runtime.ExitError: exit status 3"},
		{"level": "INFO", "msg": "request", "requestId": id, "method": "GET", "path": "/customers/…", "status": 404.,
			"bytes": 23., "ms": 12.},
		{"level": "INFO", "msg": "request", "requestId": id, "method": "GET", "path": "/typo", "status": 404.,
			"bytes": 23., "ms": 12.},
		{"level": "INFO", "msg": "request", "requestId": id, "method": "OPTIONS", "route": "/do/{do}",
			"function": "api", "status": 204., "bytes": 0., "ms": 12.},
	}
	var got []map[string]any
	for line := range strings.Lines(log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		delete(entry, "time")
		got = append(got, entry)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestRequestIDsLookLikeAWSs(t *testing.T) {
	seen := make(map[string]bool)
	for range 100 {
		id := newID()
		if len(id) != 16 || !strings.HasSuffix(id, "=") || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

func TestNewNeedsAnInvoker(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("a gateway without functions was accepted")
	}
}
