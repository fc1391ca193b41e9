package sandbox

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"kasir/local/sandbox/faults"
)

// Server is a running stand-in for DOKU. It is safe for concurrent use.
type Server struct {
	cfg     Config
	handler http.Handler
	courier *courier
	key     atomic.Pointer[string] // the current secret key, see rotate

	mu       sync.Mutex // guards the fields below; a request that reads or changes money holds it throughout
	book     *book
	injector *faults.Injector
	ahead    time.Duration // how far the sandbox's own clock is ahead of Config.Now; 0 with a shared clock
}

// New returns a Server that delivers notifications in the background until Close. Errors name the field of cfg.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, book: newBook(), injector: faults.NewInjector(cfg.Faults)}
	s.key.Store(&cfg.SecretKey)
	s.courier = newCourier(s)
	s.handler = logRequests(cfg.Log, limitBody(s.injectFaults(s.routes())))
	s.courier.start()
	return s, nil
}

// ServeHTTP answers DOKU's API, the hosted pages and the control API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close stops the delivery of notifications. It cuts short those under way and waits for them.
func (s *Server) Close() { s.courier.stop() }

// wall returns the time in signatures and headers. The merchant's clock must agree with it within an hour.
func (s *Server) wall() time.Time { return s.cfg.Now().UTC() }

// now returns the time of pages, authorisations and retries: wall, plus the advance by the control API. s.mu must be
// held.
func (s *Server) now() time.Time { return s.wall().Add(s.ahead) }
