package faults

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// loadBalancerPage returns the error page of a load balancer.
func loadBalancerPage(title string) string {
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n</body>\r\n</html>\r\n"
}

const (
	noRoute  = `{"message":"no Route matched with those values"}`
	jsonType = "application/json"
	htmlType = "text/html"
)

// foreignAnswers are answers of others in DOKU's place. None of them is signed.
var foreignAnswers = []struct {
	name   string
	status int
	kind   string // Content-Type
	body   string
}{
	{"404-gateway", 404, jsonType, noRoute},
	{"404-errors", 404, jsonType, `{"errors":{"code":"NOT_FOUND","message":"The requested resource was not found"}}`},
	{"400-errors", 400, jsonType, `{"error":{"code":"BAD_REQUEST","message":"The request was not understood"}}`},
	{"401-json", 401, jsonType, `{"message":"Unauthorized"}`},
	{"403-html", 403, htmlType, loadBalancerPage("403 Forbidden")},
	{"405", 405, htmlType, ""},
	{"408", 408, "", ""},
	{"410", 410, htmlType, "<html><body>Gone</body></html>"},
	{"411", 411, htmlType, ""},
	{"413", 413, htmlType, "<html><body><h1>413 Request Entity Too Large</h1></body></html>"},
	{"414", 414, htmlType, ""},
	{"421", 421, "", "Misdirected Request"},
	{"425", 425, "", ""},
	{"429-json", 429, jsonType, `{"message":"API rate limit exceeded"}`},
	{"431", 431, "", ""},
	{"499", 499, "", ""},
	{"302-login", 302, htmlType, ""},
	{"307", 307, "", ""},
	{"500", 500, jsonType, `{"message":"An unexpected error occurred"}`},
	{"502-html", 502, htmlType, loadBalancerPage("502 Bad Gateway")},
	{"503", 503, "", ""},
	{"504-html", 504, htmlType, "<html><body><h1>504 Gateway Time-out</h1></body></html>"},
	{"520", 520, htmlType, "<html><body>Web server is returning an unknown error</body></html>"},
	{"521", 521, htmlType, "<html><body>Web server is down</body></html>"},
	{"522", 522, htmlType, "error code: 522"},
	{"523", 523, htmlType, "error code: 523"},
	{"524", 524, htmlType, "error code: 524"},
	{"525", 525, htmlType, "error code: 525"},
	{"526", 526, htmlType, "error code: 526"},
	{"200-html", 200, htmlType, "<html><body>Please log in to the network</body></html>"},
	{"200-other", 200, jsonType, `{"status":"ok","service":"edge","version":"1.14.2"}`},
	{"204", 204, "", ""},
}

// spoiledAnswers are right answers that were changed on the way. Each keeps its Signature, except in the form with
// "-unsigned" after its name.
var spoiledAnswers = []struct {
	name  string
	spoil func(*Answer)
}{
	{"200-cut", func(a *Answer) { a.Body = a.Body[:len(a.Body)/2] }},
	{"200-doubled", func(a *Answer) { a.Body = bytes.Repeat(a.Body, 2) }},
	{"200-text", func(a *Answer) { a.Headers.Set("Content-Type", "text/plain") }},
	{"200-gzip", compress},
	{"200-bom", func(a *Answer) { a.Body = append([]byte("\xef\xbb\xbf"), a.Body...) }},
}

const withoutSignature = "-unsigned"

func foreignNames(after bool) (names []string) {
	for _, f := range foreignAnswers {
		names = append(names, f.name)
	}
	if after {
		for _, s := range spoiledAnswers {
			names = append(names, s.name, s.name+withoutSignature)
		}
	}
	return names
}

// Foreign returns the answer of another server in a form. Some forms are a change of right, the right answer, which is
// nil if nothing was done.
func Foreign(form string, right *Answer) *Answer {
	for _, f := range foreignAnswers {
		if f.name == form {
			return foreignAnswer(f.status, f.kind, f.body)
		}
	}
	for _, s := range spoiledAnswers {
		if right != nil && strings.TrimSuffix(form, withoutSignature) == s.name {
			a := right.Clone()
			s.spoil(a)
			if strings.HasSuffix(form, withoutSignature) {
				a.Headers.Del("Signature")
			}
			return a
		}
	}
	status, _ := strconv.Atoi(form)
	return foreignAnswer(status, "", "")
}

func foreignAnswer(status int, kind, body string) *Answer {
	a := &Answer{Headers: http.Header{"Content-Type": {kind}}, Status: status, Body: []byte(body)}
	if kind == "" {
		a.Headers["Content-Type"] = nil // net/http would guess one
	}
	if status >= 300 && status <= 399 {
		a.Headers.Set("Location", "https://login.example/")
	}
	return a
}

func compress(a *Answer) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(a.Body)
	_ = z.Close()
	a.Body = b.Bytes()
	a.Headers.Set("Content-Encoding", "gzip")
}

// RetryLater returns the answer of DOKU or its gateway that asks for a retry after two minutes.
func RetryLater(form string) *Answer {
	status, _ := strconv.Atoi(form)
	a := foreignAnswer(status, jsonType, `{"message":"API rate limit exceeded"}`)
	a.Headers.Set("Retry-After", "120")
	return a
}
