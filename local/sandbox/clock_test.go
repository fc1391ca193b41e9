package sandbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestPagesShowAClockThatIsAhead(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("CLOCK-1", 90000, ""))
	shows := func(address string) string {
		body := string(b.get(address).body)
		_, after, found := strings.Cut(body, `<p class="clock">`)
		if !found {
			return ""
		}
		line, _, _ := strings.Cut(after, "</p>")
		return line
	}
	for _, address := range []string{page, b.url + "/"} {
		if line := shows(address); line != "" {
			t.Errorf("%s shows the real time: %q", address, line)
		}
	}
	at := func(ahead time.Duration) string { return start.Add(ahead).In(jakarta).Format("2006-01-02 15:04 WIB") }
	b.advance(25 * time.Minute)
	for address, want := range map[string]string{
		page:                  "Clock: " + at(25*time.Minute) + ", 25 minutes ahead",
		page + "&language=ID": "Jam: " + at(25*time.Minute) + ", dimajukan 25 menit",
		b.url + "/":           "Clock: " + at(25*time.Minute) + ", 25 minutes ahead",
		b.url + "/pay/x":      "Clock: " + at(25*time.Minute) + ", 25 minutes ahead",
	} {
		if line := shows(address); line != want {
			t.Errorf("%s shows %q, want %q", address, line, want)
		}
	}
	b.advance(168*time.Hour - 24*time.Minute)
	want := "Jam: " + at(168*time.Hour+time.Minute) + ", dimajukan 7 hari 1 menit"
	if line := shows(stepOf(page, "?language=ID")); line != want {
		t.Errorf("the page that has ended shows %q, want %q", line, want)
	}
}

// shared is a clock that its owner moves for everybody.
type shared struct{ ahead time.Duration }

func (s *shared) Now() time.Time       { return start.Add(s.ahead) }
func (s *shared) Ahead() time.Duration { return s.ahead }

func (s *shared) Advance(_ context.Context, by time.Duration) error {
	if by > 24*time.Hour {
		return errors.New("a day at most")
	}
	s.ahead += by
	return nil
}

func TestASharedClockIsMovedByItsOwner(t *testing.T) {
	c := &shared{}
	b := newBench(t, func(cfg *Config) { cfg.Clock = c })
	b.create(simple("CLOCK-2", 90000, ""))
	if status := b.control("POST", "/control/clock", `{"advance":"48h"}`, nil); status != 400 || c.ahead != 0 {
		t.Errorf("what its owner refuses: %d, %s ahead", status, c.ahead)
	}
	var shown clockAnswer
	status := b.control("POST", "/control/clock", `{"advance":"2h"}`, &shown)
	if status != 200 || c.ahead != 2*time.Hour || shown.Ahead != "2h0m0s" {
		t.Errorf("what its owner does: %d %+v, %s ahead", status, shown, c.ahead)
	}
	if p := b.payment("CLOCK-2"); p.Status != statusExpired {
		t.Errorf("the page is %s", p.Status)
	}
	// The same clock applies to headers.
	if a := b.post("/credit-card/v1/payment-page", "early", simple("CLOCK-3", 90000, "")); a.status != 400 {
		t.Errorf("a request of two hours ago: %d %s", a.status, a.body)
	}
}

func TestLater(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(simple("LATER-1", 90000, "")), goodCard) // stays PAID
	b.next()
	b.create(simple("LATER-2", 90000, "")) // will have ended
	if got := b.s.Later(start); got != 0 {
		t.Errorf("before the clock moves: %d", got)
	}
	b.advance(2 * time.Hour)
	if got := b.s.Later(start); got != 1 {
		t.Errorf("after a page has ended: %d", got)
	}
	if pages := b.s.Forget(); pages != 2 || b.s.Later(start) != 0 {
		t.Errorf("forgotten: %d, later %d", pages, b.s.Later(start))
	}
	if a := b.get(b.url + "/control/payments"); !strings.Contains(string(a.body), `"payments":[]`) {
		t.Errorf("after forgetting: %s", a.body)
	}
}
