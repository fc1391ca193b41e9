package sandbox

import (
	"net/http"
	"strings"

	"kasir/local/sandbox/validate"
)

// screen is the outcome of a page handler: a template with its data, or another address.
type screen struct {
	status   int // default 200
	template string
	view     view
	location string // if not "", redirect there (303) instead
}

// pageHandler decides which screen a customer sees next. Server.mu is held.
type pageHandler func(s *Server, p *page, r *http.Request) screen

// onPage finds the page in the path and shows the screen of h. Card data is only read from the body of a form, never
// from a URL.
func (s *Server) onPage(h pageHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			s.show(w, r, screen{status: http.StatusBadRequest, template: "message",
				view: messageView(r, textsFor(r, nil).BadForm)})
			return
		}
		s.show(w, r, s.nextScreen(h, r))
	}
}

func (s *Server) nextScreen(h pageHandler, r *http.Request) screen {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.book.pageByID[r.PathValue("page")]
	if p == nil {
		return screen{status: http.StatusNotFound, template: "message", view: messageView(r, textsFor(r, nil).NoPage)}
	}
	return h(s, p, r)
}

// closedScreen returns the screen of a page that can no longer be paid. ok is false while the page can be paid.
func (s *Server) closedScreen(p *page, r *http.Request) (_ screen, ok bool) {
	v := s.viewOf(p, r)
	switch paid := s.book.paidPage(p.body.Order.InvoiceNumber); {
	case paid == p:
		v.Attempt = v.T.attemptView(p.paidAttempt())
		return screen{template: "success", view: v}, true
	case paid != nil:
		v.Message = v.T.PaidElsewhere
		return screen{template: "message", view: v}, true
	case !s.now().Before(p.expiresAt):
		v.Message = v.T.PageExpired
		return screen{status: http.StatusGone, template: "message", view: v}, true
	}
	return screen{}, false
}

// redirectTo leads to another step of the same page, in the language that the customer chose.
func (s *Server) redirectTo(p *page, step string, r *http.Request) screen {
	location := s.pagePath(p) + step
	if chosen := chosenLanguage(r); chosen != "" {
		location += "?language=" + chosen
	}
	return screen{location: location}
}

// pagePath returns the path of a page, below the path of PublicURL, for a sandbox behind a proxy.
func (s *Server) pagePath(p *page) string {
	prefix := ""
	if s.cfg.PublicURL != "" {
		prefix = strings.TrimRight(validate.URLPath(s.cfg.PublicURL), "/")
	}
	return prefix + "/pay/" + p.id
}
