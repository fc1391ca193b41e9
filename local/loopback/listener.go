package loopback

import (
	"net"
	"net/http"
	"strconv"
)

// address is where everything listens. It is written out: the name localhost may be another address, or none.
const address = "127.0.0.1"

// Listener is a port of the loopback interface. What is served on it is guarded.
type Listener struct {
	listener net.Listener
}

// Listen takes a port; 0 takes a free one. The error of a busy port wraps syscall.EADDRINUSE.
func Listen(port int) (*Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	return &Listener{listener}, nil
}

// Port is its number.
func (l *Listener) Port() int { return l.listener.Addr().(*net.TCPAddr).Port }

// Addr is its address, 127.0.0.1:8080.
func (l *Listener) Addr() string { return l.listener.Addr().String() }

// URL is its base URL, http://127.0.0.1:8080.
func (l *Listener) URL() string { return "http://" + l.Addr() }

// Origins are the origins of the pages that it serves, by either name of this machine.
func (l *Listener) Origins() []string {
	return []string{l.URL(), "http://" + net.JoinHostPort(names[0], strconv.Itoa(l.Port()))}
}

// Serve has the server answer whom the guard lets in, until the server is closed. It returns the server's error.
func (l *Listener) Serve(server *http.Server, guard Guard) error {
	server.Handler = guard.Wrap(server.Handler)
	return server.Serve(l.listener)
}

// Close gives the port back.
func (l *Listener) Close() error { return l.listener.Close() }
