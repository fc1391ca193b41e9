package sandbox

import (
	"crypto/rand"
	"net/http"

	"kasir/local/sandbox/validate"
)

// recent is how many payments the index shows.
const maxRecent = 20

type indexView struct {
	T                   *texts
	Language, Nonce     string
	Clock               string
	Theme               theme
	Refresh             string // none: people read here
	Base                string
	ClientID, SecretKey string
	NotificationURL     string
	OTP                 string
	Cards               []TestCard
	Payments            []controlPayment
	Total               int
}

// showIndex is for people who open the sandbox's address: what it is, its credentials, what was paid.
func (s *Server) showIndex(w http.ResponseWriter, r *http.Request) {
	v := indexView{
		T: english, Language: "en", Nonce: rand.Text(), Clock: s.clockLine(english), Theme: themeOf(validate.Body{}), Base: s.base(r),
		ClientID: s.cfg.ClientID, SecretKey: s.secretKey(), NotificationURL: s.cfg.NotificationURL,
		OTP: OTP, Cards: TestCards,
	}
	// A secret that is not the invented one may be somebody's: the sandbox can run with any.
	if v.SecretKey != DefaultSecretKey {
		v.SecretKey = ""
	}
	s.mu.Lock()
	v.Total = len(s.book.pages)
	for i := v.Total - 1; i >= 0 && len(v.Payments) < maxRecent; i-- {
		v.Payments = append(v.Payments, s.book.pages[i].forControl(s.now()))
	}
	s.mu.Unlock()
	s.render(w, http.StatusOK, "index", v, v.Nonce)
}
