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
	key     atomic.Pointer[string] // the secret key of now, see rotate

	mu       sync.Mutex // guards the fields below; every request that reads or changes money holds it throughout
	book     *book
	injector *faults.Injector
	ahead    time.Duration // how far the sandbox's own clock runs ahead of Config.Now; 0 with a shared clock
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

// Close stops delivering notifications and waits for those under way, which are cut short.
func (s *Server) Close() { s.courier.stop() }

// wall is the time that signatures and headers carry. The merchant's clock must agree with it within an hour.
func (s *Server) wall() time.Time { return s.cfg.Now().UTC() }

// now is the time pages, authorisations and retries live by: the wall's, plus what the control API added.
// s.mu must be held.
func (s *Server) now() time.Time { return s.wall().Add(s.ahead) }
