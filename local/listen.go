package local

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// listeners hold the ports before anything is started, so that a busy one costs no start.
type listeners struct {
	api, shop, doku net.Listener // doku is nil when another DOKU is used
	stack           *Stack
}

// PortInUse is a port that something else listens on.
type PortInUse struct {
	Port int
	What string // it is wanted for
}

func (e *PortInUse) Error() string {
	return fmt.Sprintf(`port %d, for the %s, is in use: end what uses it, or choose another with --port (make run ARGS="--port 9000")`, e.Port, e.What)
}

// listen takes the ports: first and the two after it, or free ones.
func (s *Stack) listen(first int, withSandbox bool) (*listeners, error) {
	l := &listeners{stack: s}
	wanted := []struct {
		to   *net.Listener
		what string
	}{{&l.api, "HTTP API"}, {&l.shop, "shop"}, {&l.doku, "DOKU sandbox"}}
	if !withSandbox {
		wanted = wanted[:2]
	}
	for i, w := range wanted {
		number := 0
		if first != 0 {
			number = first + i
		}
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(number))
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, &PortInUse{Port: number, What: w.what}
		}
		if err != nil {
			return nil, fmt.Errorf("listening for the %s: %w", w.what, err)
		}
		*w.to = listener
		s.closers = append(s.closers, func() { listener.Close() })
	}
	return l, nil
}

// serve answers on a listener until the stack is closed, and returns its base URL.
func (l *listeners) serve(on net.Listener, server *http.Server) string {
	l.stack.closers = append(l.stack.closers, func() { server.Close() })
	go server.Serve(on)
	return baseURL(on)
}

func server(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
}

func baseURL(l net.Listener) string { return "http://localhost:" + port(l) }

func port(l net.Listener) string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }
