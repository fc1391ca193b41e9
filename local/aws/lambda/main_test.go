package lambda

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// probe is the bootstrap of testdata/probe, built once as functions are built for AWS.
var probe string

// safety ends a test that would hang. No test depends on the time that anything takes.
const safety = 30 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv("BE_PARENT") != "" {
		beParent()
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kasir-lambda")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	probe = filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", probe, "./testdata/probe")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the probe: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// start runs one function named "probe", whose log goes to the test's log.
func start(t *testing.T, f Function) (*Runtime, *logbook) {
	t.Helper()
	f.Name, f.Binary = "probe", probe
	log := &logbook{}
	r, err := New(Config{Functions: []Function{f}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		if t.Failed() {
			t.Logf("functions said:\n%s", log)
		}
	})
	return r, log
}

// said is the probe's answer to most events.
type said struct {
	Text string `json:"text"`
	PID  int    `json:"pid"`
}

// invoke sends an event that must succeed.
func invoke(t *testing.T, r *Runtime, event string) said {
	t.Helper()
	payload, err := r.Invoke(t.Context(), "probe", []byte(event))
	if err != nil {
		t.Fatalf("invoke %s: %v", event, err)
	}
	var s said
	if err := json.Unmarshal(payload, &s); err != nil {
		t.Fatalf("invoke %s: answer %s: %v", event, payload, err)
	}
	return s
}

// fail sends an event that must fail with an error of the given kind.
func fail(t *testing.T, r *Runtime, kind Kind, event string) *Error {
	t.Helper()
	payload, err := r.Invoke(t.Context(), "probe", []byte(event))
	return want(t, kind, payload, err)
}

func want(t *testing.T, kind Kind, payload []byte, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("answer %q, error %v; want an *Error of kind %d", payload, err, kind)
	}
	return e
}

// rendezvous is the address where functions report that they are running, and wait for permission to go on.
type rendezvous struct {
	net.Listener
}

// arrived is a process that came to the rendezvous.
type arrived struct {
	net.Conn
	PID int
}

func openRendezvous(t *testing.T) rendezvous {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.(*net.TCPListener).SetDeadline(time.Now().Add(safety))
	return rendezvous{l}
}

// event returns an event that sends a function to the rendezvous.
func (d rendezvous) event(text string) string {
	return fmt.Sprintf(`{"do":"wait","addr":%q,"text":%q}`, d.Addr(), text)
}

func (d rendezvous) welcome(t *testing.T) arrived {
	t.Helper()
	conn, err := d.Accept()
	if err != nil {
		t.Fatalf("no function came: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(safety))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatalf("the function said nothing: %v", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return arrived{conn, pid}
}

// let lets the function go on.
func (v arrived) let(t *testing.T) {
	t.Helper()
	if _, err := v.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
}

// awaitEnd returns when the process has exited. Its connection, which it never closes itself, is then closed.
func (v arrived) awaitEnd(t *testing.T) {
	t.Helper()
	if n, err := io.Copy(io.Discard, v); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("process %d did not end: %d bytes, %v", v.PID, n, err)
	}
}

// logbook is a log that can be read while it is written, and that keeps single writes apart.
type logbook struct {
	mu     sync.Mutex
	all    bytes.Buffer
	writes []string
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes = append(l.writes, string(p))
	return l.all.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
