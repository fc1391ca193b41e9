package lambda

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLogLinesArePrefixedAndWhole(t *testing.T) {
	r, log := start(t, Function{})
	var wg sync.WaitGroup
	for _, letter := range []string{"a", "b", "c"} {
		wg.Go(func() {
			payload, err := r.Invoke(t.Context(), "probe",
				fmt.Appendf(nil, `{"do":"print","text":%q,"size":200}`, letter))
			if err != nil || string(payload) != "null" {
				t.Errorf("print: %s, %v", payload, err)
			}
		})
	}
	wg.Wait()
	r.Close() // waits for the whole output
	seen := make(map[string]int)
	for _, line := range log.writes {
		seen[line]++
	}
	want := make(map[string]int)
	for _, letter := range []string{"a", "b", "c"} {
		for n := range 200 {
			want[fmt.Sprintf("probe | %s %d %s\n", letter, n, strings.Repeat(letter, 100))] = 1
		}
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

func TestAnUnfinishedLineComesOutAtTheEnd(t *testing.T) {
	r, log := start(t, Function{})
	if _, err := r.Invoke(t.Context(), "probe", []byte(`{"do":"mutter","text":"about to"}`)); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if diff := cmp.Diff([]string{"probe | about to\n"}, log.writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

func TestLinesAreCutAndJoined(t *testing.T) {
	log := &logbook{}
	l := &lines{sink: &sink{w: log}, prefix: "notify | "}
	for _, part := range []string{"one\ntw", "o", "\n\n", strings.Repeat("x", maxLine-1), "yz\n", "end"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("write %d of %d, %v", n, len(part), err)
		}
	}
	l.flush()
	l.flush()
	if l.last != "end" {
		t.Errorf("the last line is %q", l.last)
	}
	l.Write([]byte(strings.Repeat("-", maxLine)))
	if diff := cmp.Diff([]string{
		"notify | one\n",
		"notify | two\n",
		"notify | \n",
		"notify | " + strings.Repeat("x", maxLine-1) + "y\n",
		"notify | z\n",
		"notify | end\n",
		"notify | " + strings.Repeat("-", maxLine) + "\n", // a line that never ends
	}, log.writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}
