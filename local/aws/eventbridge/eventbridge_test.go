package eventbridge

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func entry(n int) Entry {
	return Entry{"bus", "kasir", "payment.paid", fmt.Sprintf(`{"n":%d}`, n), 1}
}

func open(t *testing.T, name string) *Server {
	t.Helper()
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The last events are there after a restart, with their places, however the process ended. The file does not grow
// without an end.
func TestTheLastEventsAreKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "data", "events.jsonl")
	s := open(t, name)
	const put = 2*Limit + 500
	for n := range put {
		if _, err := s.Put(entry(n + 1)); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(name)
	if lines := strings.Count(string(content), "\n"); err != nil || lines > 2*Limit {
		t.Errorf("the file has %d lines, %v", lines, err)
	}
	if err := os.WriteFile(name, append(content, `{"Place":`...), 0o600); err != nil { // killed while it wrote
		t.Fatal(err)
	}
	for round, s := range []*Server{s, open(t, name)} {
		kept, last := s.Kept()
		if len(kept) != Limit || last != put || kept[0].Entry != entry(put-Limit+1) || kept[Limit-1].Place != put {
			t.Errorf("round %d: %d events, the last is %d, the first %+v", round, len(kept), last, kept[0])
		}
	}
	again := open(t, name)
	if k, err := again.Put(entry(0)); err != nil || k.Place != put+1 {
		t.Errorf("%+v, %v", k, err)
	}
	if err := again.Forget(); err != nil || len(again.Entries()) != 0 || len(open(t, name).Entries()) != 0 {
		t.Errorf("forgotten events are still there, %v", err)
	}
	if k, err := open(t, name).Put(entry(0)); err != nil || k.Place != put+2 {
		t.Errorf("after Forget and a restart an event has the place %d, want %d, %v", k.Place, put+2, err)
	}
}

// A damaged file is reported and left as it is.
func TestADamagedFileIsNamed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "events.jsonl")
	const damaged = "{\"Place\":1}\nnonsense\n"
	if err := os.WriteFile(name, []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(name)
	if content, _ := os.ReadFile(name); err == nil || !strings.Contains(err.Error(), "line 2 of "+name) ||
		string(content) != damaged {
		t.Errorf("%v, the file has %q", err, content)
	}
}

// Targets get every event once, under the id that its sender was given.
func TestTargetsGetEveryEvent(t *testing.T) {
	s := &Server{}
	var got []string
	s.AddTarget(func(id string, e Entry) error {
		got = append(got, id+e.Detail)
		return nil
	})
	for n := range 3 {
		if _, err := s.Put(entry(n)); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, []string{`1{"n":0}`, `2{"n":1}`, `3{"n":2}`}) {
		t.Errorf("%q", got)
	}
}

// An entry that a target cannot take is refused and is not on the bus. Its sender puts it again, and every target gets
// it.
func TestAnEntryThatATargetRefusesIsRefused(t *testing.T) {
	s := &Server{}
	var first, second []string
	full := errors.New("the disk is full")
	s.AddTarget(func(_ string, e Entry) error {
		first = append(first, e.Detail)
		return nil
	})
	s.AddTarget(func(_ string, e Entry) error {
		if full == nil {
			second = append(second, e.Detail)
		}
		return full
	})
	put := func() string {
		r := httptest.NewRequest("POST", "/", strings.NewReader(
			`{"Entries":[{"Source":"kasir","DetailType":"payment.paid","Detail":"{}"}]}`))
		r.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Body.String()
	}
	if answer := put(); !strings.Contains(answer, `"FailedEntryCount":1`) ||
		!strings.Contains(answer, "the disk is full") || len(s.Entries()) != 0 {
		t.Errorf("%s, the bus has %v", answer, s.Entries())
	}
	full = nil
	if answer := put(); !strings.Contains(answer, `"FailedEntryCount":0`) || len(s.Entries()) != 1 {
		t.Errorf("again: %s, the bus has %v", answer, s.Entries())
	}
	if len(first) != 2 || len(second) != 1 {
		t.Errorf("the targets got %q and %q", first, second)
	}
}
