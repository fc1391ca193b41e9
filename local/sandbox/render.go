package sandbox

import (
	"bytes"
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
)

//go:embed assets
var assets embed.FS

// templates are parsed once. A mistake in them fails every test and every start.
var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(asset("style.css")) },
	"script": func() template.JS { return template.JS(asset("page.js")) },
	"add":    func(a, b int) int { return a + b },
}).ParseFS(assets, "assets/*.html"))

func asset(name string) []byte {
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // embedded at build time
	}
	return b
}

// show writes a screen. Any merchant may frame a page. Pages load nothing from elsewhere. They are never cached, since
// they may contain input of a customer.
func (s *Server) show(w http.ResponseWriter, r *http.Request, next screen) {
	if next.location != "" {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, next.location, http.StatusSeeOther)
		return
	}
	next.view.Nonce, next.view.Clock = rand.Text(), s.clockLine(next.view.T)
	s.render(w, next.status, next.template, next.view, next.view.Nonce)
}

func (s *Server) render(w http.ResponseWriter, status int, name string, data any, nonce string) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		s.cfg.Log.Error("sandbox page", "template", name, "error", err)
		http.Error(w, "the page could not be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // paying on a page needs only its address
	h.Set("X-Content-Type-Options", "nosniff")
	policy := "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce +
		"'; img-src data:; form-action 'self'; base-uri 'none'"
	if name == "index" || name == "backoffice" { // no customer sees these
		policy += "; frame-ancestors 'none'"
	}
	h.Set("Content-Security-Policy", policy)
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	w.Write(b.Bytes())
}
