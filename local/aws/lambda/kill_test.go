package lambda

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// expectKill sends an event whose instance must be killed. The caller sees an ordinary crash.
func expectKill(t *testing.T, r *Runtime, event string) {
	t.Helper()
	e := fail(t, r, Crashed, event)
	if want := "RequestId: " + e.RequestID + " Error: Runtime exited with error: signal: killed"; e.Message != want ||
		e.RequestID == "" {
		t.Errorf("got %+v, want %s", e, want)
	}
}

// killNext sets the moment of the next kill.
func killNext(t *testing.T, r *Runtime, at Moment) {
	t.Helper()
	if err := r.KillNext("probe", at); err != nil {
		t.Fatal(err)
	}
}

func expectCounts(t *testing.T, r *Runtime, want KillCounts) {
	t.Helper()
	if diff := cmp.Diff(want, r.Kills()["probe"]); diff != "" {
		t.Errorf("toll (-want +got):\n%s", diff)
	}
}

// expectNewInstance checks that the dead instance is gone, that another serves the next event, and that no kill is
// left.
func expectNewInstance(t *testing.T, r *Runtime, lifeline rendezvous, dead arrived) {
	t.Helper()
	dead.awaitEnd(t)
	if after := invoke(t, r, `{"do":"echo"}`); after.PID == dead.PID {
		t.Error("a dead process answered")
	}
	lifeline.welcome(t)
}

func startWithDoor(t *testing.T) (*Runtime, rendezvous, *logbook) {
	t.Helper()
	lifeline := openRendezvous(t)
	r, log := start(t, Function{MaxInstances: 1, Env: map[string]string{"LIFELINE": lifeline.Addr().String()}})
	return r, lifeline, log
}

func TestKilledBeforeTheEvent(t *testing.T) {
	d := openRendezvous(t)
	r, lifeline, _ := startWithDoor(t)
	killNext(t, r, BeforeEvent)
	expectKill(t, r, d.event("never"))
	expectNewInstance(t, r, lifeline, lifeline.welcome(t))
	expectNobody(t, d)
	expectCounts(t, r, KillCounts{Invocations: 2, BeforeEvent: 1})
}

// expectNobody fails if a function came to the rendezvous. It is called after all its processes have exited.
func expectNobody(t *testing.T, d rendezvous) {
	t.Helper()
	d.Listener.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Now())
	if conn, err := d.Accept(); err == nil {
		conn.Close()
		t.Error("the function got the event")
	}
}

func TestKilledWhileItRuns(t *testing.T) {
	d := openRendezvous(t)
	r, lifeline, log := startWithDoor(t)
	if err := r.SetKill(Kill{Within: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	killNext(t, r, WhileRunning)
	expectKill(t, r, d.event("never let go"))
	expectNewInstance(t, r, lifeline, lifeline.welcome(t))
	expectCounts(t, r, KillCounts{Invocations: 2, WhileRunning: 1})
	if !strings.Contains(log.String(), "probe | killed on purpose, while running\n") {
		t.Errorf("log %q does not say so", log)
	}
}

// A planned kill always happens. A function that would finish before it is killed when it answers.
func TestKilledWhileItRunsThoughItIsQuick(t *testing.T) {
	r, lifeline, _ := startWithDoor(t)
	if err := r.SetKill(Kill{Within: time.Hour, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	killNext(t, r, WhileRunning)
	expectKill(t, r, `{"do":"echo"}`)
	expectNewInstance(t, r, lifeline, lifeline.welcome(t))
	expectCounts(t, r, KillCounts{Invocations: 2, BeforeAnswer: 1})
}

// The function did all of its work, to the last line.
func TestKilledAsItAnswers(t *testing.T) {
	for _, c := range []struct {
		at   Moment
		want KillCounts
	}{{BeforeAnswer, KillCounts{Invocations: 2, BeforeAnswer: 1}},
		{AfterAnswer, KillCounts{Invocations: 2, AfterAnswer: 1}}} {
		t.Run(c.at.String(), func(t *testing.T) {
			d := openRendezvous(t)
			r, lifeline, _ := startWithDoor(t)
			killNext(t, r, c.at)
			over := make(chan error, 1)
			go func() {
				_, err := r.Invoke(t.Context(), "probe", []byte(d.event("done")))
				over <- err
			}()
			working := d.welcome(t)
			working.let(t)
			working.awaitEnd(t) // the handler closed the connection, and returns
			want(t, Crashed, nil, <-over)
			expectNewInstance(t, r, lifeline, lifeline.welcome(t))
			expectCounts(t, r, c.want)
		})
	}
}

// An error that the function reports is lost like an answer.
func TestKilledAsItFails(t *testing.T) {
	for _, at := range []Moment{BeforeAnswer, AfterAnswer} {
		r, lifeline, _ := startWithDoor(t)
		killNext(t, r, at)
		expectKill(t, r, `{"do":"error"}`)
		expectNewInstance(t, r, lifeline, lifeline.welcome(t))
	}
}

// A kill before the answer is accepted leaves the runtime without a reply; a kill after it comes after the reply.
func TestWhatTheRuntimeHears(t *testing.T) {
	s := converse(t)
	close(s.exited) // there is no process to wait for
	s.give(t, "1")
	s.current.plan.at = AfterAnswer
	s.expect(t, "POST", invocations+"1/response", `1`, ok)
	if a := <-s.answers; string(a.payload) != "1" {
		t.Errorf("got %+v", a)
	}
	s.give(t, "2")
	s.current.plan.at = BeforeAnswer
	doomed := s.current
	s.expect(t, "POST", invocations+"1/response", `"late"`, wrongID) // another id than that of the kill
	s.call(t, "POST", invocations+"2/response", `2`)
	select {
	case a := <-s.answers:
		t.Errorf("the answer was taken: %s", a.payload)
	default:
	}
	if doomed.killed != BeforeAnswer {
		t.Errorf("killed %s", doomed.killed)
	}
}

func TestKillsWaitForTheirTurn(t *testing.T) {
	r, _ := start(t, Function{MaxInstances: 1})
	killNext(t, r, AfterAnswer)
	killNext(t, r, BeforeEvent)
	for range 2 {
		expectKill(t, r, `{"do":"echo"}`)
	}
	invoke(t, r, `{"do":"echo"}`)
	expectCounts(t, r, KillCounts{Invocations: 3, BeforeEvent: 1, AfterAnswer: 1})
	if got := r.Kills()["probe"].Killed(); got != 2 {
		t.Errorf("%d killed", got)
	}
}

func TestKillsAtRandom(t *testing.T) {
	const n = 8
	log := &logbook{}
	r, err := New(Config{
		Functions: []Function{{Name: "probe", Binary: probe, MaxInstances: n},
			{Name: "spared", Binary: probe, MaxInstances: n}},
		Log: log, Kill: Kill{Probability: 0.3, Seed: 5, Within: time.Millisecond, Functions: []string{"probe"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var mu sync.Mutex
	crashes := 0
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for range 10 {
				_, err := r.Invoke(t.Context(), "probe", []byte(`{"do":"echo"}`))
				var e *Error
				switch {
				case errors.As(err, &e) && e.Kind == Crashed:
					mu.Lock()
					crashes++
					mu.Unlock()
				case err != nil:
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for range 30 {
		if _, err := r.Invoke(t.Context(), "spared", []byte(`{"do":"echo"}`)); err != nil {
			t.Error(err)
		}
	}
	got := r.Kills()["probe"]
	if got.Invocations != 10*n || got.Killed() != crashes || got.BeforeEvent == 0 || got.AfterAnswer == 0 ||
		got.WhileRunning+got.BeforeAnswer == 0 {
		t.Errorf("%d crashes, %+v", crashes, got)
	}
	// The same seed makes the same number of kills in any order of the callers.
	want := 0
	again := newKiller(Kill{Probability: 0.3, Seed: 5, Within: time.Millisecond, Moments: moments})
	for range 10 * n {
		if again.decide("probe").at != 0 {
			want++
		}
	}
	if crashes != want {
		t.Errorf("%d crashes, the seed says %d", crashes, want)
	}
	if spared := r.Kills()["spared"]; spared != (KillCounts{Invocations: 30}) {
		t.Errorf("spared: %+v", spared)
	}
}

func TestASeedDecidesWhoDies(t *testing.T) {
	draw := func(seed uint64) (all []plannedKill) {
		r := newKiller(Kill{Probability: 0.2, Seed: seed, Within: time.Second, Moments: moments})
		for range 2000 {
			all = append(all, *r.decide("capture"))
		}
		return all
	}
	first := draw(1)
	if !slices.Equal(first, draw(1)) || slices.Equal(first, draw(2)) {
		t.Error("a seed does not decide")
	}
	die := map[Moment]int{}
	for _, d := range first {
		die[d.at]++
	}
	for _, m := range moments {
		if die[m] < 70 || die[m] > 130 {
			t.Errorf("%d of 2000 die %s; want about 100", die[m], m)
		}
	}
}

func TestKillsAreJudged(t *testing.T) {
	functions := []Function{{Name: "probe", Binary: probe}}
	for _, c := range []struct {
		kill    Kill
		message string
	}{
		{Kill{Probability: 1.1}, "lambda: Kill.Probability must be between 0 and 1"},
		{Kill{Probability: -1}, "lambda: Kill.Probability must be between 0 and 1"},
		{Kill{Within: -1}, "lambda: Kill.Within must not be negative"},
		{Kill{Moments: []Moment{9}}, "lambda: Kill.Moments: 9 is not a moment"},
		{Kill{Functions: []string{"other"}}, `lambda: Kill.Functions: there is no function "other"`},
	} {
		if _, err := New(Config{Functions: functions, Kill: c.kill}); err == nil || err.Error() != c.message {
			t.Errorf("New: %v, want %s", err, c.message)
		}
		r, err := New(Config{Functions: functions, Log: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.SetKill(c.kill); err == nil || err.Error() != c.message {
			t.Errorf("SetKill: %v, want %s", err, c.message)
		}
		want(t, Unknown, nil, r.KillNext("other", BeforeEvent))
		if err := r.KillNext("probe", 0); err == nil {
			t.Error("KillNext took 0 for a moment")
		}
	}
}
