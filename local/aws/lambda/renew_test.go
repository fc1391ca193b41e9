package lambda

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// environment asks an instance for its environment.
func environment(t *testing.T, r *Runtime) []string {
	t.Helper()
	payload, err := r.Invoke(t.Context(), "probe", []byte(`{"do":"env"}`))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	if err := json.Unmarshal(payload, &lines); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestRenewedFunctionsHaveTheNewEnvironment(t *testing.T) {
	d, lifeline := openRendezvous(t), openRendezvous(t)
	first := map[string]string{"AHEAD": "0s", "OLD": "yes", "LIFELINE": lifeline.Addr().String()}
	r, _ := start(t, Function{Env: first})
	done := make(chan error, 1)
	go func() {
		_, err := r.Invoke(t.Context(), "probe", []byte(d.event("under way")))
		done <- err
	}()
	busy := d.welcome(t)
	if env := environment(t, r); !slices.Contains(env, "AHEAD=0s") {
		t.Fatalf("before: %v", env)
	}
	if err := r.Renew(map[string]string{"AHEAD": "1h", "LIFELINE": lifeline.Addr().String()}); err != nil {
		t.Fatal(err)
	}
	ended := []arrived{lifeline.welcome(t), lifeline.welcome(t)}
	if env := environment(t, r); !slices.Contains(env, "AHEAD=1h") || slices.Contains(env, "OLD=yes") {
		t.Errorf("after: %v", env)
	}
	busy.let(t)
	if err := <-done; err != nil {
		t.Errorf("the event that was under way: %v", err)
	}
	for _, v := range ended {
		v.awaitEnd(t)
	}
	if env := environment(t, r); !slices.Contains(env, "AHEAD=1h") {
		t.Errorf("an instance of the old environment was used again: %v", env)
	}
}

func TestRenewLeavesLambdasOwnVariables(t *testing.T) {
	r, _ := start(t, Function{})
	err := r.Renew(map[string]string{"TZ": ":Asia/Jakarta"})
	if err == nil || !strings.Contains(err.Error(), "TZ is set by Lambda") {
		t.Errorf("Renew: %v", err)
	}
}
