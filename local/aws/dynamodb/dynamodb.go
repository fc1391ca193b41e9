// Package dynamodb runs an embedded DynamoDB (dynalite, under Node) as a child process and creates kasir's table in it.
package dynamodb

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// The stream is a part of the server's script.
var (
	//go:embed stream.js
	streamScript string
	//go:embed server.js
	serverScript string
)

// Config locates dynalite and its data.
type Config struct {
	Root string // folder that holds node_modules
	Dir  string // data folder, created if missing; empty keeps the data in memory
}

// Server is a running dynalite.
type Server struct {
	URL string // http://127.0.0.1:port

	dir     string
	command *exec.Cmd
	stdin   io.Closer
	stderr  *tail
	exited  chan struct{}
}

const startTimeout = 30 * time.Second

// Start starts dynalite on a free port of the loopback interface and waits until it answers. It ends with this process,
// however that ends. The error reports the missing part: Node, npm's packages, or a data folder that is writable and
// not in use by another process.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, errors.New("node is not on PATH: install Node 20 or newer, which runs the embedded DynamoDB; " +
			"see https://nodejs.org")
	}
	module := filepath.Join(cfg.Root, "node_modules", "dynalite")
	if _, err := os.Stat(module); err != nil {
		return nil, fmt.Errorf("%s is missing: run make npm in a clone, or unpack the release again", module)
	}
	if cfg.Dir != "" {
		if err := prepare(cfg.Dir); err != nil {
			return nil, err
		}
	}
	s := &Server{dir: cfg.Dir, stderr: &tail{}, exited: make(chan struct{})}
	s.command = exec.Command(node, "-e", streamScript+serverScript, module, cfg.Dir)
	s.command.Stderr = s.stderr
	stdin, err := s.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	s.stdin = stdin
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("starting dynalite: %w", err)
	}
	port := make(chan string, 1)
	go s.watch(stdout, port)
	if err := s.waitFor(ctx, port); err != nil {
		return nil, err
	}
	return s, nil
}

// watch reads the port from dynalite's output and waits for its exit.
func (s *Server) watch(stdout io.Reader, port chan<- string) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if number, ok := strings.CutPrefix(lines.Text(), "port "); ok {
			port <- number
		}
	}
	s.command.Wait()
	close(s.exited)
}

func (s *Server) waitFor(ctx context.Context, port <-chan string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case number := <-port:
		s.URL = "http://127.0.0.1:" + number
		return nil
	case <-s.exited:
		return explain(s.dir, s.stderr.String())
	case <-ctx.Done():
		s.Close()
		return fmt.Errorf("dynalite did not start: %w", ctx.Err())
	}
}

// Exited returns a channel that is closed when dynalite has exited.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Err returns the reason why dynalite exited by itself, or nil while it runs.
func (s *Server) Err() error {
	select {
	case <-s.exited:
		return explain(s.dir, s.stderr.String())
	default:
		return nil
	}
}

// Close ends dynalite and waits for it.
func (s *Server) Close() {
	s.stdin.Close()
	select {
	case <-s.exited:
	case <-time.After(3 * time.Second):
		s.command.Process.Kill()
		<-s.exited
	}
}

// tail keeps the end of dynalite's standard error.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buf.Len() > 4096 {
		t.buf.Reset()
	}
	return t.buf.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.buf.String())
}
