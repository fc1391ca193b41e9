package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"kasir/shared/doku"
)

const (
	answerCap      = 256 << 10 // bytes; DOKU's answers are a few kilobytes
	requestTimeout = 30 * time.Second
)

// Exchange is one request to DOKU and its answer, in the form that the report keeps.
type Exchange struct {
	Step    string    `json:"step"`
	At      time.Time `json:"at"`
	Request Message   `json:"request"`
	Answer  *Message  `json:"answer,omitempty"` // nil if none came
	Error   string    `json:"error,omitempty"`  // the reason why none came
	MS      int64     `json:"ms"`
	Signed  string    `json:"signed,omitempty"` // the result of checking the answer's signature

	endpoint endpoint
	invalid  bool // a wrong request, sent on purpose
	sent     []byte
	answer   answer
}

// Message is a request or an answer without keys, signatures of requests and queries of URLs.
type Message struct {
	Method string      `json:"method,omitempty"`
	Path   string      `json:"path,omitempty"`
	Status int         `json:"status,omitempty"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
}

// call is a request before it is signed. send fills in its zero fields.
type call struct {
	step, method, path, requestID, clientID string
	stamp                                   time.Time
	key                                     doku.Secret
	body                                    []byte
	without                                 string // a header to leave out
	endpoint                                endpoint
	invalid                                 bool
}

// HTTP returns the probe's client. Each request has its own connection, because net/http may repeat a request on a
// connection that was used before.
func HTTP() *http.Client {
	return &http.Client{
		Timeout: requestTimeout,
		Transport: &http.Transport{
			Proxy:              http.ProxyFromEnvironment,
			DisableKeepAlives:  true,
			DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send signs and sends a call and keeps the exchange.
func (r *run) send(ctx context.Context, c call) *Exchange {
	if c.clientID == "" {
		c.clientID = r.cfg.Keys.ClientID
	}
	if c.stamp.IsZero() {
		c.stamp = r.cfg.Now()
	}
	if c.key == "" {
		c.key = r.key
	}
	signed := doku.Component{
		ClientID: c.clientID, RequestID: c.requestID, Target: c.path,
		Timestamp: c.stamp.UTC().Format(doku.TimestampLayout),
	}
	header := http.Header{
		"Client-Id": {c.clientID}, "Request-Id": {c.requestID}, "Request-Timestamp": {signed.Timestamp},
	}
	if c.method != http.MethodGet { // DOKU refuses a GET that is signed with a digest
		signed.Digest = doku.Digest(c.body)
		header.Set("Content-Type", "application/json")
	}
	header.Set("Signature", doku.Sign(c.key, signed))
	header.Del(c.without)

	x := &Exchange{Step: c.step, At: r.cfg.Now().UTC(), endpoint: c.endpoint, invalid: c.invalid, sent: c.body}
	hide := r.redactor(header.Get("Signature"))
	x.Request = hide.message(Message{Method: c.method, Path: c.path, Header: header, Body: string(c.body)})
	a, err := r.transfer(ctx, c, header)
	x.MS = r.cfg.Now().UTC().Sub(x.At).Milliseconds()
	if err != nil {
		x.Error = hide.text(err.Error())
	} else {
		x.answer = a
		x.answer.signed = verify(r.cfg.Keys, c, a)
		x.Signed = x.answer.signed.String()
		x.Answer = new(hide.message(Message{Status: a.status, Header: a.header, Body: string(a.body)}))
	}
	r.keep(x)
	return x
}

func (r *run) transfer(ctx context.Context, c call, header http.Header) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, c.method, r.cfg.BaseURL+c.path, bytes.NewReader(c.body))
	if err != nil {
		return answer{}, err
	}
	request.Header = header.Clone()
	response, err := r.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerCap))
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode, header: response.Header, body: body}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&a.doc) != nil {
		a.doc = nil
	}
	return a, nil
}
