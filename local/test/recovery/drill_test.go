// Package recovery rehearses the loss of the table of orders with the built functions: docs/recovery.md.
package recovery

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

var kasir string // the built command

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "kasir-recovery-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	kasir = filepath.Join(dir, "kasir")
	harness.Main(m, func() { os.RemoveAll(dir) })
}

// command builds kasir once.
func command(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(kasir); err == nil {
		return kasir
	}
	build := exec.Command("go", "build", "-o", kasir, "./cmd/kasir")
	build.Dir = harness.Root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building kasir: %v\n%s", err, out)
	}
	return kasir
}

// course is the course of a drill. The drill itself holds captures and refunds and recovers; the others show that
// without either the drill finds a fault.
type course struct {
	hold, recover bool
	empty         bool // the table is restored to a time before any order
	again         bool // the shops send the requests of orders that are gone again, some of them during the hold
	stopped       bool // recover is stopped at a random moment, runs beside reconcile, and once more after its end
}

var seed = flag.Uint64("seed", 0, "of one drill, instead of the three that always run")

// The table is lost at a random moment and comes back as it was five minutes before, or before any order. After the
// recovery each order equals DOKU's ledger, or a person is called, or it is on the printed list; no money moved twice.
func TestDrill(t *testing.T) {
	for _, c := range []struct {
		name string
		course
		seeds []uint64
	}{
		{"five minutes", course{hold: true, recover: true}, []uint64{1, 2, 3}},
		{"stopped and repeated", course{hold: true, recover: true, again: true, stopped: true}, []uint64{4}},
		{"before any order", course{hold: true, recover: true, empty: true}, []uint64{5}},
		{"before any order, made again", course{hold: true, recover: true, empty: true, again: true}, []uint64{6}},
	} {
		if *seed != 0 {
			c.seeds = []uint64{*seed}
		}
		for _, seed := range c.seeds {
			t.Run(fmt.Sprintf("%s, seed %d", c.name, seed), func(t *testing.T) { drill(t, seed, c.course).check() })
		}
	}
}

// mostDrills is a number of drills of which one surely meets a person who refunds again. A single one may meet none.
const mostDrills = 8

// Without the hold, or with its end before the comparison, the merchant's people refund a second time what is not in
// the restored table.
func TestTheDrillFindsAMissingHoldAndAMissingRecovery(t *testing.T) {
	for name, without := range map[string]course{
		"without the hold": {hold: false, recover: true}, "without the recovery": {hold: true, recover: false},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(1); seed <= mostDrills; seed++ {
				if found := drill(t, seed, without).faults(); len(found) > 0 {
					t.Log(found[0])
					return
				}
			}
			t.Errorf("%d drills found nothing", mostDrills)
		})
	}
}

// start starts the stack of a drill. DOKU carries out some captures and refunds and loses the answer.
func start(t *testing.T, seed uint64) *stack.Stack {
	t.Helper()
	lost, err := sandbox.ParseFaults(fmt.Sprintf(
		`{"seed":%d,"calls":{"capture":{"lose_after":0.2},"refund":{"lose_after":0.2}}}`, seed))
	if err != nil {
		t.Fatal(err)
	}
	return harness.Start(t, func(c *stack.Config) {
		c.Faults = lost
		c.RetryDelays = []time.Duration{10 * time.Minute, time.Hour}
		c.Settings = map[string]string{"RESEND_AFTER": "90s", "DOKU_TIMEOUT": "5s"}
	})
}

// runRecover runs kasir recover against the running stack, and returns its JSON. It ends with 1 if a person is needed.
// If stopped is not 0, it is killed after that time, unless it has ended, and nothing is returned.
func runRecover(ctx context.Context, t *testing.T, data string, stopped time.Duration) []byte {
	t.Helper()
	binary := command(t)
	if stopped > 0 {
		killed, cancel := context.WithTimeout(ctx, stopped)
		defer cancel()
		ctx = killed
	}
	c := exec.CommandContext(ctx, binary, "recover", "--data", data, "--functions", harness.Functions(), "--json",
		"--rate", "1000", "--patience", "20s")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if stopped > 0 {
		t.Logf("stopped after %v: %v", stopped, err)
		return nil
	}
	if exit := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1 && len(out) > 0) {
		t.Fatalf("kasir recover: %v\n%s", err, out)
	}
	return out
}
