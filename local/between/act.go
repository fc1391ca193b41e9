package between

import (
	"bytes"
	"compress/gzip"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Act is what the proxy does with one request.
type Act struct {
	Name string // in Exchange.Act
	do   func(*Turn)
}

// Func is an act of the test's own. It must end with Answer, HangUp or Reset; without one the connection ends.
func Func(name string, do func(*Turn)) Act {
	return Act{name, func(t *Turn) {
		do(t)
		if !t.over {
			t.HangUp()
		}
	}}
}

// Turn is one request in the hands of an act.
type Turn struct {
	Request *http.Request // its body was read

	body     []byte
	proxy    *Proxy
	w        http.ResponseWriter
	exchange *Exchange
	over     bool
}

// Answer is an answer, DOKU's or another's.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Forward sends the request to DOKU once. It returns nil when DOKU gave no answer.
func (t *Turn) Forward() *Answer { return t.proxy.send(t.Request, t.body, t.exchange) }

// Answer answers the caller; nil ends the connection instead.
func (t *Turn) Answer(a *Answer) {
	if a == nil {
		t.HangUp()
	}
	t.over = true
	t.proxy.mu.Lock()
	t.exchange.Answered = a.Status
	t.proxy.mu.Unlock()
	for name, values := range a.Header {
		if name != "Content-Length" && name != "Connection" && name != "Transfer-Encoding" {
			t.w.Header()[name] = values
		}
	}
	if len(a.Header.Values("Content-Type")) == 0 {
		t.w.Header()["Content-Type"] = nil // net/http would guess one
	}
	t.w.WriteHeader(a.Status)
	_, _ = t.w.Write(a.Body)
}

// HalfAnswer announces all of an answer and ends the connection in its middle.
func (t *Turn) HalfAnswer(a *Answer) {
	if a == nil {
		t.HangUp()
	}
	for name, values := range a.Header {
		t.w.Header()[name] = values
	}
	t.w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	t.w.WriteHeader(a.Status)
	_, _ = t.w.Write(a.Body[:len(a.Body)/2])
	_ = http.NewResponseController(t.w).Flush()
	t.HangUp()
}

// HangUp ends the connection without an answer. It does not return.
func (t *Turn) HangUp() { panic(http.ErrAbortHandler) }

// Reset ends the connection with a TCP reset, as a firewall does. It does not return.
func (t *Turn) Reset() {
	if conn, _, err := http.NewResponseController(t.w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}

// Wait waits, also when the caller has left, but not longer than the proxy lives.
func (t *Turn) Wait(d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.proxy.closed:
		t.HangUp()
	}
}

// Until waits for a channel to be closed, also when the caller has left, but not longer than the proxy lives.
func (t *Turn) Until(release <-chan struct{}) {
	select {
	case <-release:
	case <-t.proxy.closed:
		t.HangUp()
	}
}

// The plainest acts.
var (
	Forward     = Func("forward", func(t *Turn) { t.Answer(t.Forward()) })
	LoseRequest = Func("lose_request", func(t *Turn) { t.HangUp() })             // never reaches DOKU
	LoseAnswer  = Func("lose_answer", func(t *Turn) { t.Forward(); t.HangUp() }) // done at DOKU
	ResetBefore = Func("reset_before", func(t *Turn) { t.Reset() })
	ResetAfter  = Func("reset_after", func(t *Turn) { t.Forward(); t.Reset() })
	CutAnswer   = Func("cut_answer", func(t *Turn) { t.HalfAnswer(t.Forward()) })
	Twice       = Func("twice", func(t *Turn) { t.Forward(); t.Answer(t.Forward()) }) // a proxy's own retry
	Unsigned    = Changed("unsigned", func(a *Answer) { a.Header.Del("Signature") })
)

// Instead answers in DOKU's place; nothing reaches DOKU.
func Instead(a Answer) Act {
	return Func("instead_"+strconv.Itoa(a.Status), func(t *Turn) { t.Answer(&a) })
}

// After lets DOKU do it, and answers in DOKU's place.
func After(a Answer) Act {
	return Func("after_"+strconv.Itoa(a.Status), func(t *Turn) { t.Forward(); t.Answer(&a) })
}

// Changed lets DOKU answer, and changes the answer before the caller gets it.
func Changed(name string, change func(*Answer)) Act {
	return Func(name, func(t *Turn) {
		a := t.Forward()
		if a != nil {
			change(a)
		}
		t.Answer(a)
	})
}

// Slow forwards at once and answers late.
func Slow(d time.Duration) Act {
	return Func("slow", func(t *Turn) { a := t.Forward(); t.Wait(d); t.Answer(a) })
}

// Late forwards after a while, also when the caller has left, and answers then.
func Late(d time.Duration) Act {
	return Func("late", func(t *Turn) { t.Wait(d); t.Answer(t.Forward()) })
}

// Held forwards once release is closed, also when the caller has left, and answers then.
func Held(release <-chan struct{}) Act {
	return Func("held", func(t *Turn) { t.Until(release); t.Answer(t.Forward()) })
}

// LostThenLate ends the connection at once and forwards the request once release is closed.
func LostThenLate(release <-chan struct{}) Act {
	return Func("lost_then_late", func(t *Turn) {
		go func() {
			select {
			case <-release:
				t.Forward()
			case <-t.proxy.closed:
			}
		}()
		t.HangUp()
	})
}

// JSON is a foreign answer in JSON.
func JSON(status int, body string) Answer { return foreign(status, "application/json", body) }

// HTML is a foreign answer in HTML.
func HTML(status int, body string) Answer { return foreign(status, "text/html", body) }

// Empty is a foreign answer without a body.
func Empty(status int) Answer { return Answer{Status: status, Header: http.Header{}} }

func foreign(status int, kind, body string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {kind}}, Body: []byte(body)}
}

// Gzip compresses the body of an answer that nobody asked to be compressed.
func Gzip(a *Answer) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(a.Body)
	_ = z.Close()
	a.Body = b.Bytes()
	a.Header.Set("Content-Encoding", "gzip")
}
