package stack

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"kasir/local/loopback"
)

// listeners hold the ports before anything is started, so that a busy port is found early.
type listeners struct {
	api, shop, doku *loopback.Listener // doku is nil when another DOKU is used
}

// PortInUse is the error of a port that something else listens on.
type PortInUse struct {
	Port int
	What string // the purpose of the port
}

func (e *PortInUse) Error() string {
	return fmt.Sprintf("port %d, for the %s, is in use: stop the program that uses it, or choose another port "+
		`with --port (make run ARGS="--port 9000")`, e.Port, e.What)
}

// listen listens on the ports: first and the two after it, or free ones.
func (s *Stack) listen(first int, withSandbox bool) (*listeners, error) {
	l := &listeners{}
	wanted := []struct {
		to   **loopback.Listener
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
		listener, err := s.listenOn(number, w.what)
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, &PortInUse{Port: number, What: w.what}
		}
		if err != nil {
			return nil, err
		}
		*w.to = listener
	}
	return l, nil
}

// listenOn listens on a port until the stack is closed; 0 chooses a free one.
func (s *Stack) listenOn(number int, what string) (*loopback.Listener, error) {
	listener, err := loopback.Listen(number)
	if err != nil {
		return nil, fmt.Errorf("listening for the %s: %w", what, err)
	}
	s.closers = append(s.closers, func() { listener.Close() })
	return listener, nil
}

// serve runs the server on a listener until the stack is closed, and returns its base URL.
func (s *Stack) serve(on *loopback.Listener, server *http.Server, guard loopback.Guard) string {
	s.closers = append(s.closers, func() { server.Close() })
	go on.Serve(server, guard)
	return on.URL()
}

// standIn serves a stand-in for an AWS service on a free port, and returns its base URL. The name is for errors.
func (s *Stack) standIn(name string, handler http.Handler) (url string, err error) {
	listener, err := s.listenOn(0, name)
	if err != nil {
		return "", err
	}
	return s.serve(listener, server(handler), loopback.Guard{}), nil
}

func server(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
}
