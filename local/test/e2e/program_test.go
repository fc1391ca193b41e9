package e2e

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// program is a running program of a merchant, with its output.
type program struct {
	mu      sync.Mutex
	printed []string
	ended   bool
	more    chan struct{} // closed and replaced when something was printed
	process *os.Process
	waited  chan struct{} // closed after its end
}

// freePort returns a port that nothing uses. A program takes it that cannot choose one itself. It is below the ports
// that the system gives to connections, because one of them could get it before the program.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(10000 + rand.IntN(20000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("every port is taken")
	return ""
}

// start runs a program until the test ends.
func start(t *testing.T, folder string, env []string, arguments ...string) *program {
	t.Helper()
	run := exec.CommandContext(t.Context(), arguments[0], arguments[1:]...)
	run.Dir, run.Env = folder, append(os.Environ(), env...)
	out, in := io.Pipe()
	run.Stdout, run.Stderr = in, in
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{more: make(chan struct{}), process: run.Process, waited: make(chan struct{})}
	go p.read(out)
	go func() { defer close(p.waited); _ = run.Wait(); in.Close() }()
	t.Cleanup(func() { <-p.waited }) // the test's context has killed it
	return p
}

// stop kills the program and returns after its end.
func (p *program) stop(t *testing.T) {
	t.Helper()
	if err := p.process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.waited
}

func (p *program) read(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.add(lines.Text(), false)
	}
	p.add("", true)
}

func (p *program) add(line string, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed, p.ended = append(p.printed, line), ended
	close(p.more)
	p.more = make(chan struct{})
}

// text returns what the program has printed.
func (p *program) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.printed, "\n")
}

// awaits waits until the program has printed a text.
func (p *program) awaits(t *testing.T, text string) {
	t.Helper()
	for {
		p.mu.Lock()
		more, ended := p.more, p.ended
		p.mu.Unlock()
		if strings.Contains(p.text(), text) {
			return
		}
		if ended {
			t.Fatalf("the program ended and did not print %q: %s", text, p.text())
		}
		select {
		case <-more:
		case <-t.Context().Done():
			t.Fatalf("the program did not print %q: %s", text, p.text())
		}
	}
}
