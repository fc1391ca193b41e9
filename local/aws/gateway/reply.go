package gateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// reply is a response that is ready to be written.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// parseReply reads a function's answer in format 2.0. An answer with statusCode is a response and must be well-formed.
// Any other answer is the body of a 200, unchanged. AWS documents that for valid JSON; the live service also does it
// for text that is not JSON. For a JSON string the body is the string's text.
func parseReply(answer []byte) (reply, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) == nil && fields["statusCode"] != nil {
		r, err := parseFields(fields)
		if err != nil {
			return reply{}, fmt.Errorf("the function's answer is malformed: %w", err)
		}
		return r, nil
	}
	r := reply{http.StatusOK, http.Header{"Content-Type": {"application/json"}}, answer}
	var text string
	if json.Unmarshal(answer, &text) == nil && len(answer) > 0 && answer[0] == '"' {
		r.body = []byte(text)
	}
	return r, nil
}

// parseFields reads the fields of a response one by one. Their names are case-sensitive. multiValueHeaders and unknown
// fields are ignored.
func parseFields(fields map[string]json.RawMessage) (reply, error) {
	var (
		status   int
		headers  map[string]string
		cookies  []string
		body     string
		isBase64 bool
	)
	for _, f := range []struct {
		name string
		into any
	}{
		{"statusCode", &status}, {"headers", &headers}, {"cookies", &cookies},
		{"body", &body}, {"isBase64Encoded", &isBase64},
	} {
		if raw := fields[f.name]; raw != nil {
			if err := json.Unmarshal(raw, f.into); err != nil {
				return reply{}, fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	if status < 200 || status > 599 {
		return reply{}, fmt.Errorf("statusCode %d is not a final HTTP status", status)
	}
	r := reply{status: status, header: make(http.Header), body: []byte(body)}
	if isBase64 {
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return reply{}, fmt.Errorf("body: %w", err)
		}
		r.body = decoded
	}
	for _, cookie := range cookies {
		r.header.Add("Set-Cookie", cookie)
	}
	for name, value := range headers {
		if name = http.CanonicalHeaderKey(name); !hopByHop[name] && name != "Content-Length" {
			r.header.Add(name, value)
		}
	}
	if len(r.body) > 0 && r.header.Get("Content-Type") == "" {
		r.header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	return r, nil
}

// write sends the reply. It gives up on a client that is gone or too slow.
func (r reply) write(w http.ResponseWriter) {
	conn := http.NewResponseController(w)
	conn.SetWriteDeadline(time.Now().Add(clientLimit)) // the network's clock
	defer conn.SetWriteDeadline(time.Time{})
	header := w.Header()
	for name, values := range r.header {
		header[name] = values
	}
	bodiless := r.status == http.StatusNoContent || r.status == http.StatusNotModified
	if !bodiless {
		header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	if !bodiless {
		w.Write(r.body)
	}
}
