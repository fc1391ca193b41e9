package lambda

import (
	"fmt"
	"sync"
	"testing"
)

func TestParallelEventsGetInstancesOfTheirOwn(t *testing.T) {
	const n = 8
	d := openRendezvous(t)
	r, _ := start(t, Function{MaxInstances: n})
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() {
			text := fmt.Sprint("event ", k)
			if got := invoke(t, r, d.event(text)); got.Text != text {
				t.Errorf("asked with %q, answered with %q", text, got.Text)
			}
		})
	}
	visitors := make(map[int]arrived)
	for range n { // all wait at the rendezvous before the first goes on
		v := d.welcome(t)
		visitors[v.PID] = v
	}
	if len(visitors) != n {
		t.Errorf("%d processes served %d parallel events", len(visitors), n)
	}
	fail(t, r, Throttled, `{"do":"echo"}`)
	for _, v := range visitors {
		v.let(t)
	}
	wg.Wait()
	if got := invoke(t, r, `{"do":"echo"}`); visitors[got.PID].Conn == nil {
		t.Errorf("process %d is new; want one of the idle ones", got.PID)
	}
}

func TestBeyondMaxInstancesEventsAreRefused(t *testing.T) {
	d := openRendezvous(t)
	r, _ := start(t, Function{MaxInstances: 1})
	done := make(chan said)
	go func() { done <- invoke(t, r, d.event("busy")) }()
	busy := d.welcome(t)
	e := fail(t, r, Throttled, `{"do":"echo"}`)
	if e.Type != "TooManyRequestsException" || e.RequestID != "" {
		t.Errorf("got %+v, want Lambda's refusal", e)
	}
	want(t, Throttled, nil, r.Warm(t.Context(), "probe"))
	busy.let(t)
	if got := <-done; got.PID != busy.PID {
		t.Errorf("got %+v", got)
	}
	if got := invoke(t, r, `{"do":"echo"}`); got.PID != busy.PID {
		t.Error("the instance was not free when its caller had its answer")
	}
}

func TestTheMostRecentlyUsedIsReusedFirst(t *testing.T) {
	d := openRendezvous(t)
	r, _ := start(t, Function{})
	first, second := make(chan said), make(chan said)
	go func() { first <- invoke(t, r, d.event("first")) }()
	a := d.welcome(t)
	go func() { second <- invoke(t, r, d.event("second")) }()
	b := d.welcome(t)
	b.let(t)
	<-second
	a.let(t)
	<-first // a became idle last
	for range 3 {
		if got := invoke(t, r, `{"do":"echo"}`); got.PID != a.PID {
			t.Errorf("process %d answered, want %d", got.PID, a.PID)
		}
	}
}

func TestManyEventsManyCallers(t *testing.T) {
	r, _ := start(t, Function{MaxInstances: 6})
	var wg sync.WaitGroup
	for k := range 6 {
		wg.Go(func() {
			for n := range 100 {
				text := fmt.Sprintf("%d of %d", n, k)
				if got := invoke(t, r, fmt.Sprintf(`{"do":"echo","text":%q}`, text)); got.Text != text {
					t.Errorf("asked with %q, answered with %q", text, got.Text)
				}
			}
		})
	}
	wg.Wait()
}
