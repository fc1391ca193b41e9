package lambda

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestCloseLeavesNoProcess(t *testing.T) {
	d, lifeline := openRendezvous(t), openRendezvous(t)
	r, _ := start(t, Function{Env: map[string]string{
		"LIFELINE": lifeline.Addr().String(),
		"INIT":     "stubborn", // SIGTERM is not enough
	}})
	busy := make(chan error, 1)
	go func() {
		_, err := r.Invoke(t.Context(), "probe", []byte(d.event("never let go")))
		busy <- err
	}()
	d.welcome(t)
	if err := r.Warm(t.Context(), "probe"); err != nil {
		t.Fatal(err)
	}
	r.Close()
	for range 2 {
		v := lifeline.welcome(t)
		v.awaitEnd(t)
		if err := syscall.Kill(v.PID, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d after Close: %v, want none", v.PID, err)
		}
	}
	if err := <-busy; !errors.Is(err, ErrClosed) {
		t.Errorf("the waiting caller got %v, want ErrClosed", err)
	}
	if _, err := r.Invoke(t.Context(), "probe", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a late caller got %v, want ErrClosed", err)
	}
	if err := r.Warm(t.Context(), "probe"); !errors.Is(err, ErrClosed) {
		t.Errorf("a late Warm got %v, want ErrClosed", err)
	}
}

func TestAnInstanceThatDiesIdleIsReplaced(t *testing.T) {
	r, _ := start(t, Function{MaxInstances: 1})
	before := invoke(t, r, `{"do":"echo"}`)
	idle := r.pools["probe"].idle[0]
	if err := syscall.Kill(before.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-idle.exited
	if after := invoke(t, r, `{"do":"echo"}`); after.PID == before.PID {
		t.Error("a dead process answered")
	}
}

func TestIdleInstancesAreEnded(t *testing.T) {
	lifeline := openRendezvous(t)
	r, _ := start(t, Function{MaxInstances: 1, Env: map[string]string{"LIFELINE": lifeline.Addr().String()}})
	r.pools["probe"].idleLimit = time.Millisecond
	if err := r.Warm(t.Context(), "probe"); err != nil {
		t.Fatal(err)
	}
	idle := lifeline.welcome(t)
	idle.awaitEnd(t)
	r.pools["probe"].idleLimit = time.Hour
	if after := invoke(t, r, `{"do":"echo"}`); after.PID == idle.PID {
		t.Error("an ended process answered")
	}
}

// TestChildrenEndWithTheirParent kills a process that runs functions, with SIGKILL so that it cannot clean up. An idle
// function exits because its wait for an event fails, a busy one because it cannot send its answer.
func TestChildrenEndWithTheirParent(t *testing.T) {
	d, lifeline := openRendezvous(t), openRendezvous(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "BE_PARENT="+probe, "LIFELINE="+lifeline.Addr().String(),
		"EVENT="+d.event("busy"))
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	busy := d.welcome(t)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "warm\n" {
		t.Fatalf("the parent said %q, %v", line, err)
	}
	children := []arrived{lifeline.welcome(t), lifeline.welcome(t)}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait()
	busy.let(t)
	for _, child := range children {
		child.awaitEnd(t)
	}
}

// beParent is the process that the test above kills, with one busy and one idle function.
func beParent() {
	r, err := New(Config{Functions: []Function{{
		Name: "probe", Binary: os.Getenv("BE_PARENT"), Timeout: time.Hour,
		Env: map[string]string{"LIFELINE": os.Getenv("LIFELINE")},
	}}, Log: os.Stderr})
	if err != nil {
		panic(err)
	}
	go r.Invoke(context.Background(), "probe", []byte(os.Getenv("EVENT")))
	if err := r.Warm(context.Background(), "probe"); err != nil {
		panic(err)
	}
	fmt.Println("warm")
	time.Sleep(time.Hour)
}
