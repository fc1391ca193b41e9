package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnInstanceIsReused(t *testing.T) {
	r, _ := start(t, Function{})
	first := invoke(t, r, `{"do":"echo","text":"one"}`)
	for range 20 {
		if again := invoke(t, r, `{"do":"echo","text":"one"}`); again != first {
			t.Fatalf("got %+v after %+v: want the same process again", again, first)
		}
	}
}

func TestWarmStartsAnInstance(t *testing.T) {
	lifeline := openRendezvous(t)
	r, _ := start(t, Function{Env: map[string]string{"LIFELINE": lifeline.Addr().String()}})
	if err := r.Warm(t.Context(), "probe"); err != nil {
		t.Fatal(err)
	}
	warmed := lifeline.welcome(t)
	if got := invoke(t, r, `{"do":"echo"}`); got.PID != warmed.PID {
		t.Errorf("process %d answered, want the warmed %d", got.PID, warmed.PID)
	}
}

func TestContextOfAnInvocation(t *testing.T) {
	r, err := New(Config{
		Functions: []Function{{Name: "probe", Binary: probe, Timeout: time.Minute}},
		Now:       func() time.Time { return time.Date(2126, 11, 22, 9, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	payload, err := r.Invoke(t.Context(), "probe", []byte(`{"do":"context"}`))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID, ARN, Trace, Dir string
		Deadline            int64
	}
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatal(err)
	}
	if got.Deadline != time.Date(2126, 11, 22, 9, 1, 0, 0, time.UTC).UnixMilli() {
		t.Errorf("deadline %d, want a minute after the clock", got.Deadline)
	}
	if want := "arn:aws:lambda:ap-southeast-3:123456789012:function:probe"; got.ARN != want {
		t.Errorf("arn %q, want %q", got.ARN, want)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(
		got.ID) {
		t.Errorf("request id %q is no UUID", got.ID)
	}
	if !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`).MatchString(got.Trace) {
		t.Errorf("trace id %q is not X-Ray's", got.Trace)
	}
	if dir, _ := filepath.EvalSymlinks(filepath.Dir(probe)); got.Dir != dir {
		t.Errorf("ran in %q, want the folder of its binary, %q", got.Dir, dir)
	}
}

func TestAReturnedErrorIsTheFunctions(t *testing.T) {
	r, _ := start(t, Function{})
	before := invoke(t, r, `{"do":"echo"}`)
	e := fail(t, r, Failed, `{"do":"error"}`)
	if e.Type != "errorString" || e.Message != "the table is gone" || e.Exited {
		t.Errorf("got %+v, want the error as the function returned it", e)
	}
	if want := `{"errorMessage":"the table is gone","errorType":"errorString"}`; string(e.Payload) != want {
		t.Errorf("payload %s, want %s", e.Payload, want)
	}
	if after := invoke(t, r, `{"do":"echo"}`); after != before {
		t.Errorf("an error cost the instance: %+v, then %+v", before, after)
	}
}

func TestAPanicIsReportedAndTheInstanceReplaced(t *testing.T) {
	r, _ := start(t, Function{MaxInstances: 1})
	before := invoke(t, r, `{"do":"echo"}`)
	e := fail(t, r, Failed, `{"do":"panic"}`)
	if !e.Exited || e.Message != "a bug" {
		t.Errorf("got %+v, want the panic and the process's exit", e)
	}
	var payload struct{ StackTrace []struct{ Label string } }
	if err := json.Unmarshal(e.Payload, &payload); err != nil || len(payload.StackTrace) == 0 {
		t.Errorf("payload %s has no stack (%v)", e.Payload, err)
	}
	if after := invoke(t, r, `{"do":"echo"}`); after.PID == before.PID {
		t.Error("the process that panicked answered again")
	}
}

func TestACrashIsTheCallersErrorAndTheInstanceReplaced(t *testing.T) {
	r, log := start(t, Function{MaxInstances: 1})
	before := invoke(t, r, `{"do":"echo"}`)
	e := fail(t, r, Crashed, `{"do":"exit"}`)
	want := "RequestId: " + e.RequestID + " Error: Runtime exited with error: exit status 3"
	if e.Type != "Runtime.ExitError" || e.Message != want || e.RequestID == "" {
		t.Errorf("got %+v, want AWS's words: %s", e, want)
	}
	if !strings.HasSuffix(log.String(), "probe | leaving\nprobe | "+want+"\n") {
		t.Errorf("log %q does not end with the crash", log)
	}
	if after := invoke(t, r, `{"do":"echo"}`); after.PID == before.PID {
		t.Error("the process that crashed answered again")
	}
}

func TestATimeoutKillsTheInstance(t *testing.T) {
	d, lifeline := openRendezvous(t), openRendezvous(t)
	r, _ := start(t, Function{
		Timeout: 300 * time.Millisecond, MaxInstances: 1,
		Env: map[string]string{"LIFELINE": lifeline.Addr().String()},
	})
	e := fail(t, r, TimedOut, d.event("too long"))
	want := "RequestId: " + e.RequestID + " Error: Task timed out after 0.30 seconds"
	if e.Type != "Sandbox.Timedout" || e.Message != want {
		t.Errorf("got %+v, want %s", e, want)
	}
	slow := lifeline.welcome(t)
	slow.awaitEnd(t)
	r.pools["probe"].fn.Timeout = safety
	if after := invoke(t, r, `{"do":"echo"}`); after.PID == slow.PID {
		t.Error("the process that was too slow answered again")
	}
}

func TestAnAnswerOver6MBIsTheFunctionsError(t *testing.T) {
	r, _ := start(t, Function{})
	e := fail(t, r, Failed, `{"do":"big","size":7000000}`)
	if e.Type != "Function.ResponseSizeTooLarge" ||
		e.Message != "Response payload size exceeded maximum allowed payload size (6291556 bytes)." {
		t.Errorf("got %+v, want Lambda's own error", e)
	}
	payload, err := r.Invoke(t.Context(), "probe", []byte(`{"do":"big","size":6291000}`))
	if err != nil || len(payload) != 6291000+2 {
		t.Errorf("just under the limit: %d bytes, %v", len(payload), err)
	}
}

func TestEventsThatReachNobody(t *testing.T) {
	r, _ := start(t, Function{})
	payload, err := r.Invoke(t.Context(), "nobody", []byte(`{}`))
	want(t, Unknown, payload, err)
	want(t, Unknown, nil, r.Warm(t.Context(), "nobody"))
	fail(t, r, TooLarge, `"`+strings.Repeat("x", maxPayload)+`"`)
}

func TestACallerWhoLeavesDoesNotEndTheInvocation(t *testing.T) {
	d := openRendezvous(t)
	r, _ := start(t, Function{MaxInstances: 1})
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := r.Invoke(ctx, "probe", []byte(d.event("on its own")))
		left <- err
	}()
	busy := d.welcome(t)
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Fatalf("the caller got %v, want its own cancellation", err)
	}
	fail(t, r, Throttled, `{"do":"echo"}`) // still at work
	busy.let(t)
	busy.awaitEnd(t) // its handler closed the connection and returned
	after := until(t, r, `{"do":"echo"}`)
	if after.PID != busy.PID {
		t.Errorf("process %d answered; %d should have lived on", after.PID, busy.PID)
	}
}

func TestACallerWhoHasLeftAlreadyIsNotServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := await(ctx, "probe", func() ([]byte, error) {
			t.Error("the event was delivered")
			return nil, nil
		})
		synctest.Wait()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// until repeats an event while the one instance is busy with another.
func until(t *testing.T, r *Runtime, event string) said {
	t.Helper()
	for {
		payload, err := r.Invoke(t.Context(), "probe", []byte(event))
		var e *Error
		if errors.As(err, &e) && e.Kind == Throttled {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var s said
		if err := json.Unmarshal(payload, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
}
