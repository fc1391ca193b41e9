package sandbox

import (
	"net/http"
	"strconv"

	"kasir/local/sandbox/faults"
)

const gatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"

// troubles are answers of a DOKU in trouble. The shapes of errors are those that were seen or are documented: an object
// under "error" or under "errors", a plain string, a list of messages; a load balancer's page is not even JSON.
var troubles = []struct {
	status int
	body   string
}{
	{500, `{"error":{"code":"internal_server_error","message":"Internal Server Error","type":"api_error"}}`},
	{500, `{"error":"Internal Server Error"}`},
	{503, `{"errors":{"code":"service_unavailable","message":"Service Unavailable","type":"api_error"}}`},
	{500, `{"message":["Internal Server Error"]}`},
	{502, gatewayPage},
	{503, ""},
}

func (s *Server) writeTrouble(shape int, w http.ResponseWriter, r *http.Request) {
	t := troubles[shape%len(troubles)]
	if t.body != "" && t.body[0] == '{' {
		s.writeSigned(w, r, t.status, []byte(t.body))
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(t.status)
	w.Write([]byte(t.body))
}

// writeGarbled gives an answer with its status but without a body that can be read: cut with a right signature of what
// is left, cut by the connection's end, empty, or not JSON.
func (s *Server) writeGarbled(shape int, a *faults.Answer, w http.ResponseWriter, r *http.Request) {
	half := a.Body[:len(a.Body)/2]
	switch shape % 4 {
	case 0:
		s.writeSigned(w, r, a.Status, half)
	case 1:
		a.Head.Set("Content-Length", strconv.Itoa(len(a.Body)))
		a.Body = half
		a.Give(w) // net/http ends a connection whose body is shorter than announced
	case 2:
		s.writeSigned(w, r, a.Status, nil)
	case 3:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(a.Status)
		w.Write([]byte("<html><body>Please wait…</body></html>"))
	}
}
