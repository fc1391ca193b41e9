package sandbox

import (
	"crypto/rand"
	"net/http"

	"kasir/local/sandbox/validate"
)

// maxRecent is the number of payments on the index.
const maxRecent = 20

type indexView struct {
	T                   *texts
	Language, Nonce     string
	Clock               string
	Theme               theme
	Night               *theme // for people who prefer dark pages
	Refresh             string // always empty: the page leads nowhere by itself
	Base                string
	ClientID, SecretKey string
	NotificationURL     string
	OTP                 string
	Cards               []TestCard
	Payments            []controlPayment
	Total               int
}

// showIndex shows people the sandbox, its credentials and its payments.
func (s *Server) showIndex(w http.ResponseWriter, r *http.Request) {
	v := indexView{
		T: english, Language: "en", Nonce: rand.Text(), Clock: s.clockLine(english),
		Theme: themeOf(validate.Body{}), Night: nightTheme(), Base: s.base(r),
		ClientID: s.cfg.ClientID, SecretKey: s.secretKey(), NotificationURL: s.cfg.NotificationURL,
		OTP: OTP, Cards: TestCards,
	}
	// Any other secret may be in use elsewhere, therefore the page does not show it.
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
