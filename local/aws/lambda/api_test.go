package lambda

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// conversation is a runtime that the test drives call by call, on an instance without a process.
type conversation struct {
	*instance
	url    string
	served chan string // paths of finished calls
}

func converse(t *testing.T) conversation {
	t.Helper()
	i := newInstance(Function{Name: "notify"}, &sink{w: io.Discard})
	api, served := i.api(), make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.ServeHTTP(w, r)
		served <- r.URL.Path
	}))
	t.Cleanup(server.Close)
	return conversation{i, server.URL, served}
}

// call sends a request and returns its status and body in one string.
func (s conversation) call(t *testing.T, method, path, body string) (string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status[:3] + " " + strings.TrimSpace(string(text)), resp.Header
}

func (s conversation) expect(t *testing.T, method, path, body, want string) {
	t.Helper()
	if got, _ := s.call(t, method, path, body); got != want {
		t.Errorf("%s %s: %s, want %s", method, path, got, want)
	}
}

// give sends the runtime an event, as an invocation would.
func (s conversation) give(t *testing.T, id string) http.Header {
	t.Helper()
	go func() {
		<-s.ready
		s.work <- &invocation{id: id, trace: "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700", event: []byte(`{"a":1}`),
			deadline: time.UnixMilli(1542409706888)}
	}()
	got, header := s.call(t, "GET", "/2018-06-01/runtime/invocation/next", "")
	if got != `200 {"a":1}` {
		t.Fatalf("next: %s", got)
	}
	return header
}

const (
	invocations = "/2018-06-01/runtime/invocation/"
	ok          = `202 {"status":"OK"}`
	wrongID     = `400 {"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}`
	noEvent     = `403 {"errorMessage":"no event is being served","errorType":"InvalidStateTransition"}`
)

func TestNextHasLambdasHeaders(t *testing.T) {
	header := converse(t).give(t, "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
	header.Del("Date")
	if diff := cmp.Diff(http.Header{
		"Content-Type":                        {"application/json"},
		"Content-Length":                      {"7"},
		"Lambda-Runtime-Aws-Request-Id":       {"8476a536-e9f4-11e8-9739-2dfe598c3fcd"},
		"Lambda-Runtime-Deadline-Ms":          {"1542409706888"},
		"Lambda-Runtime-Invoked-Function-Arn": {"arn:aws:lambda:ap-southeast-3:123456789012:function:notify"},
		"Lambda-Runtime-Trace-Id":             {"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"},
	}, header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestAnswersOutOfTurnAreRefused(t *testing.T) {
	s := converse(t)
	s.expect(t, "POST", invocations+"x/response", "{}", noEvent)
	s.expect(t, "POST", invocations+"x/error", "{}", noEvent)
	s.give(t, "1")
	s.expect(t, "GET", invocations+"next", "",
		`403 {"errorMessage":"an event is being served","errorType":"InvalidStateTransition"}`)
	s.expect(t, "POST", "/2018-06-01/runtime/init/error", "{}",
		`403 {"errorMessage":"init is over","errorType":"InvalidStateTransition"}`)
	s.expect(t, "POST", invocations+"x/response", "{}", wrongID)
	s.expect(t, "POST", invocations+"x/error", "{}", wrongID)
	s.expect(t, "POST", invocations+"1/response", `"done"`, ok)
	if a := <-s.answers; string(a.payload) != `"done"` || a.err != nil {
		t.Errorf("got %+v, want the answer", a)
	}
	s.expect(t, "POST", invocations+"1/response", `"again"`, noEvent)
	s.give(t, "2")
	s.expect(t, "POST", invocations+"1/response", `"late"`, wrongID)
	s.expect(t, "POST", invocations+"2/error", `{"errorType":"T","errorMessage":"m"}`, ok)
	if a := <-s.answers; a.err == nil || a.err.Kind != Failed || a.err.Type != "T" || a.err.Message != "m" ||
		a.err.RequestID != "2" {
		t.Errorf("got %+v, want the error", a.err)
	}
}

func TestErrorsNeedNotBeJSON(t *testing.T) {
	s := converse(t)
	s.give(t, "1")
	s.expect(t, "POST", invocations+"1/error", "out of memory", ok)
	if e := (<-s.answers).err; e.Type != "Runtime.Unknown" || e.Message != "out of memory" ||
		string(e.Payload) != "out of memory" {
		t.Errorf("got %+v", e)
	}
}

func TestAnOversizedAnswerIsRefusedAndCounts(t *testing.T) {
	s := converse(t)
	s.give(t, "1")
	huge := strings.Repeat("x", maxPayload+1)
	s.expect(t, "POST", invocations+"wrong/response", huge, wrongID)
	s.expect(t, "POST", invocations+"1/response", huge,
		`413 {"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).",`+
			`"errorType":"RequestEntityTooLarge"}`)
	if e := (<-s.answers).err; e == nil || e.Type != "Function.ResponseSizeTooLarge" {
		t.Errorf("got %+v", e)
	}
}

func TestATruncatedAnswerIsNone(t *testing.T) {
	s := converse(t)
	s.give(t, "1")
	half := io.MultiReader(strings.NewReader(`{"half":`), brokenReader{})
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+invocations+"1/response", half)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		t.Errorf("got %s, want no answer", resp.Status)
	}
	s.expect(t, "POST", invocations+"1/response", `"whole"`, ok)
	if a := <-s.answers; string(a.payload) != `"whole"` {
		t.Errorf("got %s, want the whole answer", a.payload)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestARuntimeMayGiveUpWaitingAndAskAgain(t *testing.T) {
	s := converse(t)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+invocations+"next", nil)
	if err != nil {
		t.Fatal(err)
	}
	go http.DefaultClient.Do(req)
	<-s.ready
	cancel()
	<-s.served
	s.ready <- struct{}{} // give waits for it; the second request does not send it
	s.give(t, "1")
	s.expect(t, "POST", invocations+"1/response", `1`, ok)
}

func TestOtherPathsAreNotThere(t *testing.T) {
	s := converse(t)
	for _, path := range []string{"/", "/2018-06-01/", "/2020-01-01/extension/register", invocations + "1"} {
		if got, _ := s.call(t, "POST", path, "{}"); !bytes.HasPrefix([]byte(got), []byte("404")) {
			t.Errorf("%s: %s, want 404", path, got)
		}
	}
	if got, _ := s.call(t, "POST", invocations+"next", "{}"); got[:3] != "405" {
		t.Errorf("POST next: %s, want 405", got)
	}
}
