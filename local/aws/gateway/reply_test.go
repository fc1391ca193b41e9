package gateway

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatAnAnswerBecomes(t *testing.T) {
	const text, json = "text/plain; charset=utf-8", "application/json"
	for _, c := range []struct {
		answer      string
		status      int
		contentType string
		body        string
	}{
		{`{"statusCode":200}`, 200, "", ""},
		{`{"statusCode":204,"body":""}`, 204, "", ""},
		{`{"statusCode":200,"body":"Halo"}`, 200, text, "Halo"},
		{`{"statusCode":404,"headers":{"CONTENT-TYPE":"application/problem+json"},"body":"{}"}`, 404,
			"application/problem+json", "{}"},
		{`{"statusCode":200,"headers":null,"cookies":null,"body":null,"isBase64Encoded":null}`, 200, "", ""},
		{`{"statusCode":200,"Body":"a field's case matters","other":1}`, 200, "", ""},
		{`{"statusCode":200,"headers":{"content-length":"3","connection":"close"},"body":"longer"}`, 200,
			text, "longer"},
		{`{"statusCode":200,"body":"SGFsbw==","isBase64Encoded":true}`, 200, text, "Halo"},

		// Without statusCode the answer is the body. On the live service that was seen even for text that is not JSON.
		{`{"message":"Halo"}`, 200, json, `{"message":"Halo"}`},
		{`[1, 2]`, 200, json, `[1, 2]`},
		{`42`, 200, json, `42`},
		{`true`, 200, json, `true`},
		{`null`, 200, json, `null`},
		{`"Halo \"kasir\""`, 200, json, `Halo "kasir"`},
		{`""`, 200, json, ``},
		{``, 200, json, ``},
		{`Halo`, 200, json, `Halo`},
		{`{"name": "Budi", "age":`, 200, json, `{"name": "Budi", "age":`},
	} {
		server := serve(t, Config{Invoke: answering(c.answer)})
		got := send(t, server, "GET", "/do/it", "")
		if got.status != c.status || got.header.Get("Content-Type") != c.contentType || got.body != c.body {
			t.Errorf("%s: got %d %q %q", c.answer, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
}

func TestMalformedAnswersAre500(t *testing.T) {
	for _, answer := range []string{
		`{"statusCode":200.5}`,
		`{"statusCode":"200"}`,
		`{"statusCode":null}`,
		`{"statusCode":0}`,
		`{"statusCode":101}`,
		`{"statusCode":1000}`,
		`{"statusCode":99999999999999999999}`,
		`{"statusCode":200,"body":{"not":"a string"}}`,
		`{"statusCode":200,"headers":{"x":1}}`,
		`{"statusCode":200,"headers":["x"]}`,
		`{"statusCode":200,"cookies":"a=1"}`,
		`{"statusCode":200,"body":"not base64!","isBase64Encoded":true}`,
		`{"statusCode":200,"isBase64Encoded":"yes"}`,
	} {
		server := serve(t, Config{Invoke: answering(answer)})
		expectOwn(t, send(t, server, "GET", "/do/it", ""), 500, "Internal Server Error")
	}
}

func TestHeadersOfAResponse(t *testing.T) {
	server := serve(t, Config{Invoke: answering(`{
		"statusCode": 200,
		"headers": {
			"x-one": "1", "Retry-After": "2", "set-cookie": "c=3", "apigw-requestid": "forged",
			"transfer-encoding": "chunked", "bad name": "x", "x-split": "a\r\nX-Injected: b",
			"access-control-allow-origin": "https://anyone"
		},
		"cookies": ["a=1", "b=2; HttpOnly"]
	}`)})
	got := send(t, server, "GET", "/do/it", "")
	got.header.Del("Date")
	if diff := cmp.Diff(http.Header{
		// the API has no CORS configuration, so the function's header counts
		"Access-Control-Allow-Origin": {"https://anyone"},
		"Apigw-Requestid":             {"JKJaXmPLvHcESHA="},
		"Content-Length":              {"0"},
		"Retry-After":                 {"2"},
		"Set-Cookie":                  {"a=1", "b=2; HttpOnly", "c=3"},
		"X-One":                       {"1"},
		"X-Split":                     {"a  X-Injected: b"},
	}, got.header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

// FuzzAnswer checks that the client gets a valid response to every answer of a function.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"statusCode":200,"headers":{"a":"b"},"cookies":["c=d"],"body":"e","isBase64Encoded":false}`))
	f.Add([]byte(`{"statusCode":204,"body":"x"}`))
	f.Add([]byte(`"text"`))
	f.Add([]byte{0xff, '"'})
	f.Fuzz(func(t *testing.T, answer []byte) {
		r, err := parseReply(answer)
		if err != nil {
			return
		}
		if r.status < 200 || r.status > 599 || r.header == nil {
			t.Errorf("%q became %+v", answer, r)
		}
	})
}
