package versions

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

// patience is the limit for polled conditions, long enough for a busy machine.
const patience = 6 * time.Minute

// settings shorten the waits.
var settings = map[string]string{
	"PAGE_LIFETIME": "1m", "TRUST_WINDOW": "10m", "DOKU_TIMEOUT": "2s", "RESEND_AFTER": "3s",
}

// version names the version of the functions for an invocation.
type version int

const (
	either version = iota
	older
	newer
)

// both is a stack with two versions of the functions.
type both struct {
	*stack.Stack
	merchant.API
	orders *store.DynamoDB

	suffered map[string]int // faults of DOKU's calls and of notifications, by endpoint

	mu   sync.Mutex
	only version
	runs map[string]map[version]int // by function
}

// start starts a stack of this version alone.
func start(t *testing.T, change func(*stack.Config)) *both {
	t.Helper()
	b := &both{suffered: map[string]int{}, runs: map[string]map[version]int{}}
	b.start(t, change)
	return b
}

// startBoth starts a stack of both versions.
func startBoth(t *testing.T) *both {
	t.Helper()
	b := &both{suffered: map[string]int{}, runs: map[string]map[version]int{}}
	folder := previous(t)
	b.start(t, func(c *stack.Config) { c.Other = stack.OtherVersion{Functions: folder, Takes: b.takes} })
	return b
}

func (b *both) start(t *testing.T, change func(*stack.Config)) {
	t.Helper()
	b.Stack = harness.Start(t, func(c *stack.Config) {
		c.Settings = settings
		c.RetryDelays = []time.Duration{time.Second, time.Second, time.Second}
		change(c)
	})
	b.API = harness.API(t, b.Stack)
	b.orders = &store.DynamoDB{Client: dynamodb.Client(b.DynamoDB), Table: stack.Table}
}

// takes reports whether the older version gets the next invocation.
func (b *both) takes(function string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := b.only
	if v == either {
		v = older + version(rand.IntN(2))
	}
	if b.runs[function] == nil {
		b.runs[function] = map[version]int{}
	}
	b.runs[function][v]++
	return v == older
}

// to sends all further invocations to one version, or to either.
func (b *both) to(v version) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.only = v
}

// logRuns logs how often each version ran. Each function must have run in both.
func (b *both) logRuns(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, function := range slices.Sorted(maps.Keys(b.runs)) {
		t.Logf("%-11s old %4d, new %4d", function, b.runs[function][older], b.runs[function][newer])
	}
	t.Logf("suffered: %v", b.suffered)
	for _, endpoint := range []string{"createpage", "capture", "refund", "notifications"} {
		if b.suffered[endpoint] == 0 {
			t.Errorf("no fault of %s", endpoint)
		}
	}
	for _, function := range besides {
		if b.runs[function][older] == 0 || b.runs[function][newer] == 0 {
			t.Errorf("%s did not run in both versions", function)
		}
	}
}

// control posts to the sandbox's control API.
func (b *both) control(t *testing.T, path, body string) {
	t.Helper()
	response, err := http.Post(b.DOKU+"/control/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("control %s: %s", path, response.Status)
	}
}

// look reads from the sandbox's control API.
func (b *both) look(t *testing.T, path string, into any) {
	t.Helper()
	response, err := http.Get(b.DOKU + "/control/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// until polls a condition.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("it never came to this: %s", what)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// reconcileUntil runs reconcile until a condition holds.
func (b *both) reconcileUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	until(t, what, func() bool {
		if _, err := b.Reconcile(t.Context()); err != nil {
			t.Errorf("reconcile: %v", err)
		}
		return done()
	})
}
