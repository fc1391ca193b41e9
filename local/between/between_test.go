package between

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// doku counts what reaches it, and answers with what it was sent.
type doku struct {
	mu      sync.Mutex
	arrived []string
}

func (d *doku) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	d.mu.Lock()
	d.arrived = append(d.arrived, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Signature")+" "+string(body))
	n := len(d.arrived)
	d.mu.Unlock()
	w.Header().Set("Signature", "of-doku")
	w.Header().Set("X-Number", string(rune('0'+n)))
	w.Write([]byte(`{"answer":true}`))
}

func (d *doku) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.arrived)
}

func start(t *testing.T) (*Proxy, *doku) {
	t.Helper()
	d := &doku{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	p, err := Start(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, d
}

// ask sends a refund on a connection of its own and returns what came back; status 0 is no answer.
func ask(t *testing.T, p *Proxy) (status int, header http.Header, body string) {
	t.Helper()
	r, _ := http.NewRequest("POST", p.URL+"/cancellation/credit-card/refund?x=%2F", strings.NewReader("hello"))
	r.Header.Set("Signature", "of-kasir")
	r.Header.Set("Request-Id", "r1")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	response, err := client.Do(r)
	if err != nil {
		return 0, nil, ""
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, ""
	}
	return response.StatusCode, response.Header, string(content)
}

func TestWhatIsNotSpokenOfPassesUnchanged(t *testing.T) {
	p, d := start(t)
	status, header, body := ask(t, p)
	if status != 200 || header.Get("Signature") != "of-doku" || body != `{"answer":true}` {
		t.Errorf("%d %v %s", status, header, body)
	}
	if want := "POST /cancellation/credit-card/refund?x=%2F of-kasir hello"; !slices.Equal(d.arrived, []string{want}) {
		t.Errorf("arrived %q", d.arrived)
	}
	got := p.Exchanges(Refund)
	if len(got) != 1 || got[0].Act != "forward" || got[0].RequestID != "r1" || got[0].Body != "hello" ||
		!slices.Equal(got[0].Upstream, []int{200}) || got[0].Answered != 200 {
		t.Errorf("%+v", got)
	}
}

// Each act: what the caller sees, and how often DOKU was asked.
func TestActs(t *testing.T) {
	const noRoute = `{"message":"no Route matched with those values"}`
	for _, c := range []struct {
		act     Act
		status  int
		body    string
		reached int
	}{
		{LoseRequest, 0, "", 0},
		{LoseAnswer, 0, "", 1},
		{ResetBefore, 0, "", 0},
		{ResetAfter, 0, "", 1},
		{CutAnswer, 0, "", 1},
		{Instead(JSON(404, noRoute)), 404, noRoute, 0},
		{After(JSON(404, noRoute)), 404, noRoute, 1},
		{After(Empty(499)), 499, "", 1},
		{After(Empty(204)), 204, "", 1},
		{Twice, 200, `{"answer":true}`, 2},
		{Unsigned, 200, `{"answer":true}`, 1},
		{Slow(time.Millisecond), 200, `{"answer":true}`, 1},
		{Late(time.Millisecond), 200, `{"answer":true}`, 1},
	} {
		t.Run(c.act.Name, func(t *testing.T) {
			p, d := start(t)
			p.Next(Refund, c.act)
			status, header, body := ask(t, p)
			if status != c.status || body != c.body || d.count() != c.reached || p.Forwarded(Refund) != c.reached {
				t.Errorf("%d %q, reached %d, reported %d", status, body, d.count(), p.Forwarded(Refund))
			}
			if genuine := header.Get("Signature") == "of-doku"; genuine != (c.status == 200 && c.act.Name != "unsigned") {
				t.Errorf("signed as DOKU does: %t", genuine)
			}
			if status, _, _ := ask(t, p); status != 200 {
				t.Errorf("the next one met %d", status)
			}
			if first := p.Exchanges(Refund)[0]; first.Act != c.act.Name {
				t.Errorf("%+v", first)
			}
		})
	}
}

func TestARequestArrivesAfterItsCallerLeft(t *testing.T) {
	p, d := start(t)
	release := make(chan struct{})
	p.Next(Refund, LostThenLate(release))
	if status, _, _ := ask(t, p); status != 0 || d.count() != 0 {
		t.Fatalf("%d, reached %d", status, d.count())
	}
	close(release)
	for deadline := time.Now().Add(10 * time.Second); d.count() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("it never arrived")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestNextComesBeforeAlwaysAndAlwaysBeforeChoose(t *testing.T) {
	p, _ := start(t)
	p.Choose(func(e Exchange) Act {
		if e.RequestID == "r1" {
			return Instead(Empty(503))
		}
		return Act{}
	})
	p.Always("GET ", LoseRequest) // fits none
	var seen []int
	met := func() { status, _, _ := ask(t, p); seen = append(seen, status) }
	met()
	p.Always(Refund, Instead(Empty(502)))
	met()
	p.Next(Everything, Instead(Empty(404)), Instead(Empty(405)))
	met()
	met()
	met()
	p.Clear()
	met()
	if want := []int{503, 502, 404, 405, 502, 200}; !slices.Equal(seen, want) {
		t.Errorf("met %v, want %v", seen, want)
	}
}

func TestGzip(t *testing.T) {
	p, _ := start(t)
	p.Next(Refund, Changed("gzip", Gzip))
	status, header, body := ask(t, p)
	if status != 200 || header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(body, "\x1f\x8b") {
		t.Errorf("%d %v %q", status, header, body)
	}
}
