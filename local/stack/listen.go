package stack

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"kasir/local/loopback"
)

// listeners hold the ports before anything is started, so that a busy port is found early.
type listeners struct {
	api, shop, doku, console *loopback.Listener // doku is nil when another DOKU is used
}

// PortInUse is the error of a port that something else listens on.
type PortInUse struct {
	Port int
	What string // the purpose of the port
}

func (e *PortInUse) Error() string {
	flag := "--port"
	if e.What == "console" {
		flag = "--console-port"
	}
	return fmt.Sprintf("port %d, for the %s, is in use: stop the program that uses it, or choose another port "+
		`with %s (make run ARGS="%s 9000")`, e.Port, e.What, flag, flag)
}

// listen listens on the ports: first and the three after it, or free ones. console is another port for the console.
func (s *Stack) listen(first, console int, withSandbox bool) (*listeners, error) {
	l := &listeners{}
	for i, w := range []struct {
		to   **loopback.Listener
		what string
	}{{&l.api, "HTTP API"}, {&l.shop, "shop"}, {&l.doku, "DOKU sandbox"}, {&l.console, "console"}} {
		if w.to == &l.doku && !withSandbox {
			continue
		}
		number := 0
		if first != 0 {
			number = first + i
		}
		if w.to == &l.console {
			number = cmp.Or(console, number)
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

// standIn serves a stand-in for an AWS service on a free port, and returns its base URL. The name is for errors. Pages
// of the origins may call it.
func (s *Stack) standIn(name string, handler http.Handler, origins ...string) (url string, err error) {
	listener, err := s.listenOn(0, name)
	if err != nil {
		return "", err
	}
	return s.serve(listener, server(handler), loopback.Guard{Origins: origins}), nil
}

func server(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
}
