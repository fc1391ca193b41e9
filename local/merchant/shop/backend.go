package shop

import (
	"encoding/json"
	"mime"
	"net/http"
)

// maxBody is more than any cart needs.
const maxBody = 16 << 10

// onlyFromOwnPages accepts POST requests from the shop's own pages only. A page of another site cannot send JSON
// without a preflight, which the back end does not answer. The headers in which a browser names the request's origin
// are checked as well.
func onlyFromOwnPages(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // a token or quote is for one reader, once
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed, "This address only answers POST.")
			return
		}
		if err := origin.Check(r); err != nil {
			refuse(w, http.StatusForbidden, "Only the shop's own pages may ask for this.")
			return
		}
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			refuse(w, http.StatusUnsupportedMediaType, "The content type must be application/json.")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// violation is one invalid part of a request, in kasir's form, so that the pages show both in the same way.
type violation struct {
	Pointer string `json:"pointer"` // JSON pointer into the body
	Detail  string `json:"detail"`
}

// refuse answers with application/problem+json (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string, violations ...violation) {
	w.Header().Set("Content-Type", "application/problem+json")
	reply(w, status, struct {
		Title  string      `json:"title"`
		Status int         `json:"status"`
		Detail string      `json:"detail"`
		Errors []violation `json:"errors,omitempty"`
	}{http.StatusText(status), status, detail, violations})
}

func reply(w http.ResponseWriter, status int, body any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the caller is gone
}
