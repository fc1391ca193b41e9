package simulation

import (
	"bytes"
	"compress/gzip"

	"kasir/shared/order"
)

// foreignAnswer is an answer of a proxy or load balancer. It says nothing about DOKU's decision.
type foreignAnswer struct {
	status int
	kind   string
	body   string
	shaped bool // it has the shape of DOKU's errors
}

const (
	html = "text/html"
	text = "text/plain"
	jsn  = ""
)

var foreignAnswers = []foreignAnswer{
	{404, jsn, `{"message":"no Route matched with those values"}`, false},
	{404, jsn, `{"errors":{"code":"NOT_FOUND","message":"The requested resource was not found"}}`, true},
	{404, jsn, `{"error":{"code":"NOT_FOUND","message":"not found"}}`, true},
	{404, html, "<html><body><h1>404 Not Found</h1></body></html>", false},
	{401, jsn, `{"message":"Unauthorized"}`, false},
	{401, html, "<html><body>401</body></html>", false},
	{403, html, "<html><body>Access Denied</body></html>", false},
	{403, jsn, `{"message":"Forbidden"}`, false},
	{403, jsn, `{"error":{"code":"FORBIDDEN","message":"blocked"}}`, true},
	{429, html, "<html><body>Too Many Requests</body></html>", false},
	{429, jsn, `{"message":"API rate limit exceeded"}`, false},
	{429, jsn, `{"error":{"code":"RATE_LIMIT","message":"slow down"}}`, true},
	{400, html, "<html><body>400 Bad Request</body></html>", false},
	{400, jsn, `{"error":{"code":"BAD_REQUEST","message":"bad request"}}`, true},
	{400, jsn, `{"message":["bad request"]}`, true},
	{400, "", "", false}, {405, html, "", false}, {408, "", "", false},
	{409, jsn, `{"message":"conflict"}`, false}, {410, html, "gone", false}, {411, html, "", false},
	{412, "", "", false}, {413, html, "", false}, {414, html, "", false},
	{421, text, "Misdirected Request", false}, {425, "", "", false}, {426, "", "", false}, {431, text, "", false},
	{451, html, "", false}, {499, "", "", false}, {301, html, "", false}, {302, html, "", false},
	{303, "", "", false}, {304, "", "", false}, {307, "", "", false}, {308, "", "", false},
	{500, jsn, `{"message":"An unexpected error occurred"}`, false}, {501, html, "", false},
	{502, html, "<html><body>502 Bad Gateway</body></html>", false},
	{503, text, "upstream connect error or disconnect/reset before headers", false},
	{504, html, "<html><body>504</body></html>", false}, {520, html, "", false}, {521, html, "", false},
	{522, html, "", false}, {523, html, "", false}, {524, html, "", false}, {525, html, "", false},
	{526, html, "", false},
}

func (f foreignAnswer) reply() *reply {
	a := &reply{status: f.status, kind: f.kind, body: []byte(f.body), sign: unsigned}
	switch {
	case f.status == 429:
		a.retryAfter = "1"
	case f.status >= 300 && f.status < 400 && f.status != 304:
		a.location = "https://elsewhere.example/"
	}
	return a
}

// drawForeignAnswer draws an answer of something between. DOKU's own answers to check status may be unsigned, therefore
// a foreign one in DOKU's shape could not be told from them: check status never gets those.
func (d *DOKU) drawForeignAnswer(s *dokuRequest) func(*reply) *reply {
	f := foreignAnswers[d.w.dice.IntN(len(foreignAnswers))]
	for s.at == dokuRead && f.shaped {
		f = foreignAnswers[d.w.dice.IntN(len(foreignAnswers))]
	}
	return func(*reply) *reply { return f.reply() }
}

func gatewayTimeout() *reply {
	return foreignAnswer{504, html, "<html><body>504 Gateway Time-out</body></html>", false}.reply()
}

var otherBodies = []foreignAnswer{
	{200, html, "<html><body>It works!</body></html>", false},
	{200, jsn, `{"status":"ok"}`, false},
	{200, jsn, `{"status":"SUCCESS","message":"accepted"}`, false},
	{200, jsn, `{"order":{"invoice_number":"SOMEBODY-ELSE"},"refund":{"status":"SUCCESS"},` +
		`"payment":{"status":"SUCCESS"}}`, true},
	{200, jsn, `[]`, false}, {200, jsn, `null`, false}, {200, jsn, ``, false},
	{201, jsn, `{"id":1}`, false}, {202, jsn, `{}`, false}, {204, "", "", false}, {206, jsn, `{"order":`, false},
}

func (d *DOKU) drawForeignBody(s *dokuRequest) func(*reply) *reply {
	f := otherBodies[d.w.dice.IntN(len(otherBodies))]
	if s.at == dokuRead && f.shaped {
		d.w.allowConflict(s.invoice, order.ConflictInvoice)
	}
	return func(*reply) *reply { return f.reply() }
}

// mangle returns DOKU's answer as a bad proxy passes it on.
func (d *DOKU) mangle(a *reply) *reply {
	again := *a
	switch d.w.dice.IntN(7) {
	case 0:
		again.body = a.body[:len(a.body)/2]
	case 1:
		again.body = bytes.Repeat(a.body, 2)
	case 2:
		again.kind = text
	case 3:
		again.body, again.encoding = gzipped, "gzip"
	case 4:
		again.body = append([]byte("\xef\xbb\xbf"), a.body...)
	case 5:
		again.kind = html
	default:
		again.body = append([]byte("<!-- proxy -->"), a.body...)
	}
	if a.sign == signed && d.w.chance(500) { // the signature covers DOKU's body, or it is lost too
		again.sign = overOtherBody
	} else {
		again.sign = unsigned
	}
	return &again
}

// gzipped is a JSON body in gzip.
var gzipped = func() []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write([]byte(`{"status":"ok"}`))
	z.Close()
	return out.Bytes()
}()
