package clock

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAClockIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data", "clock.json")
	for _, ahead := range []time.Duration{0, 168 * time.Hour, 90 * time.Second, 0} {
		c, err := Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Set(ahead); err != nil {
			t.Fatal(err)
		}
		again, err := Open(file)
		if err != nil || again.Ahead() != ahead || time.Until(again.Now()).Round(time.Second) != ahead {
			t.Errorf("%s: %s, %v", ahead, again.Ahead(), err)
		}
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the real time leaves a file behind: %v", err)
	}
}

func TestAFileThatHoldsNoClockIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock.json")
	for _, content := range []string{"", "168h", `{"ahead":"soon"}`, `{"ahead":"-1h"}`, `{"ahead":"999999h"}`, `{}`} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		want := file + " does not hold how far the clock is ahead"
		if _, err := Open(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// still is a clock that stands still.
type still struct {
	ahead time.Duration
}

func (s *still) Now() time.Time       { return time.Date(2026, 12, 7, 5, 0, 0, 123, time.UTC) }
func (s *still) Ahead() time.Duration { return s.ahead }

func (s *still) Advance(_ context.Context, by time.Duration) error {
	if err := Check(s.ahead, by); err != nil {
		return err
	}
	s.ahead += by
	return nil
}

func (s *still) Reset(_ context.Context, forget bool) (Forgotten, error) {
	if !forget {
		return Forgotten{}, errors.New("the disk is full")
	}
	s.ahead = 0
	return Forgotten{Orders: 3, Pages: 2}, nil
}

func TestTheClockOverHTTP(t *testing.T) {
	for _, c := range []struct {
		method, body  string
		status        int
		pointer, says string
	}{
		{"GET", "", 200, "", `{"now":"2026-12-07T05:00:00Z","ahead":"1h0m0s"}`},
		{"POST", `{"advance":"168h"}`, 200, "", `"ahead":"169h0m0s"`},
		{"POST", `{"advance":"87599h"}`, 200, "", `"ahead":"87600h0m0s"`},
		{"POST", `{"advance":"87599h1s"}`, 422, "/advance", "ten years"},
		{"POST", `{"advance":"2562047h"}`, 422, "/advance", "ten years"},
		{"POST", `{"advance":"0s"}`, 422, "/advance", "advance must be above 0"},
		{"POST", `{"advance":"-1h"}`, 422, "/advance", "advance must be above 0"},
		{"POST", `{"advance":"7 days"}`, 422, "/advance", "advance must be a duration"},
		{"POST", `{"advance":""}`, 422, "/advance", "advance must be a duration"},
		{"POST", `{"advance":"1h","reset":true}`, 422, "", "exactly one of"},
		{"POST", `{}`, 422, "", "exactly one of"},
		{"POST", `{"advance":"1h","forget":true}`, 422, "/forget", "goes with"},
		{"POST", `{"reset":true,"forget":true}`, 200, "", `"ahead":"0s","forgotten":{"orders":3,"pages":2}`},
		{"POST", `{"reset":true}`, 500, "", "the disk is full"},
		{"POST", `{"advance":168}`, 400, "", "the body must be"},
		{"POST", `{"advanced":"1h"}`, 400, "", "unknown field"},
		{"POST", ``, 400, "", "the body must be"},
		{"POST", `{"advance":"1h"}{"reset":true}`, 400, "", "something follows it"},
		{"DELETE", ``, 405, "", "GET and POST"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, "/dev/clock", strings.NewReader(c.body))
		Handler(&still{ahead: time.Hour}).ServeHTTP(w, r)
		var problem struct {
			Status int
			Errors []struct{ Pointer string }
		}
		err := json.Unmarshal(w.Body.Bytes(), &problem)
		pointer := ""
		if len(problem.Errors) > 0 {
			pointer = problem.Errors[0].Pointer
		}
		says := strings.Contains(w.Body.String(), c.says)
		if err != nil || w.Code != c.status || pointer != c.pointer || !says {
			t.Errorf("%s %s: %d %s, want %d, %q and %q", c.method, c.body, w.Code, w.Body, c.status, c.pointer, c.says)
		}
		kind := w.Header().Get("Content-Type")
		if w.Code != http.StatusOK && (kind != "application/problem+json" || problem.Status != w.Code) {
			t.Errorf("%s %s is refused as %s %s", c.method, c.body, kind, w.Body)
		}
	}
}

func TestPeopleReadTheTime(t *testing.T) {
	at := time.Date(2026, 12, 7, 5, 0, 0, 0, time.UTC)
	for ahead, want := range map[time.Duration]string{
		0:                                "2026-12-07 12:00 WIB, the real time",
		168 * time.Hour:                  "2026-12-07 12:00 WIB, 7 days ahead",
		25*time.Hour + 61*time.Second:    "2026-12-07 12:00 WIB, 1 day 1 hour 1 minute ahead",
		90 * time.Minute:                 "2026-12-07 12:00 WIB, 1 hour 30 minutes ahead",
		30 * time.Second:                 "2026-12-07 12:00 WIB, less than a minute ahead",
		10 * 365 * 24 * time.Hour:        "2026-12-07 12:00 WIB, 3650 days ahead",
		48*time.Hour + 2*time.Nanosecond: "2026-12-07 12:00 WIB, 2 days ahead",
	} {
		if got := Line(at, ahead); got != want {
			t.Errorf("%s: %q, want %q", ahead, got, want)
		}
	}
}
