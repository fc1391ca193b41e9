package sandbox

import (
	"net/http"
	"strconv"

	"kasir/local/sandbox/faults"
)

// writeServerError answers like a DOKU that fails.
func (s *Server) writeServerError(shape int, w http.ResponseWriter, r *http.Request) {
	answer, signed := faults.ServerError(shape)
	if signed {
		s.writeSigned(w, r, answer.Status, []byte(answer.Body))
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(answer.Status)
	w.Write([]byte(answer.Body))
}

// writeGarbled writes an answer with its status and an unreadable body. The body is cut and rightly signed, cut by the
// end of the connection, empty, or not JSON.
func (s *Server) writeGarbled(shape int, a *faults.Answer, w http.ResponseWriter, r *http.Request) {
	half := a.Body[:len(a.Body)/2]
	switch shape % 4 {
	case 0:
		s.writeSigned(w, r, a.Status, half)
	case 1:
		a.Headers.Set("Content-Length", strconv.Itoa(len(a.Body)))
		a.Body = half
		a.Send(w) // net/http ends a connection whose body is shorter than announced
	case 2:
		s.writeSigned(w, r, a.Status, nil)
	case 3:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(a.Status)
		w.Write([]byte("<html><body>Please wait…</body></html>"))
	}
}
