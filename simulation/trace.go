package simulation

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// trace records the events line by line. Its hash is always kept, its lines on request.
type trace struct {
	sum   uint64
	keep  bool
	lines []string
	line  []byte
}

func newTrace(keep bool) trace { return trace{sum: 14695981039346656037, keep: keep} }

// note adds a line with the time, the process and the words.
func (w *World) note(what ...string) {
	t := &w.trace
	t.line = appendClock(t.line[:0], w.now.Sub(epoch))
	who := "·"
	if w.current != nil {
		who = w.current.name
	}
	t.line = append(append(t.line, "  "...), who...)
	for range 26 - utf8.RuneCountInString(who) {
		t.line = append(t.line, ' ')
	}
	for _, s := range what {
		t.line = append(append(t.line, ' '), s...)
	}
	rest := t.line
	for ; len(rest) >= 8; rest = rest[8:] { // FNV-1a, eight bytes at a time
		t.sum = (t.sum ^ binary.LittleEndian.Uint64(rest)) * prime
		t.sum ^= t.sum >> 29
	}
	for _, c := range rest {
		t.sum = (t.sum ^ uint64(c)) * prime
	}
	if t.keep {
		t.lines = append(t.lines, string(t.line))
	}
}

const prime = 1099511628211

// remark adds a line for people, which is not part of the hash.
func (w *World) remark(text string) {
	w.trace.lines = append(w.trace.lines, "                                             "+text)
}

// appendClock writes a time since the beginning as day, hours, minutes, seconds and milliseconds.
func appendClock(b []byte, d time.Duration) []byte {
	digits := func(n int64, width int64) {
		for ; width > 0; width /= 10 {
			b = append(b, byte('0'+n/width%10))
		}
	}
	ms := d.Milliseconds()
	digits(ms/86_400_000, 10)
	b = append(b, 'd', ' ')
	digits(ms/3_600_000%24, 10)
	b = append(b, ':')
	digits(ms/60_000%60, 10)
	b = append(b, ':')
	digits(ms/1000%60, 10)
	b = append(b, '.')
	digits(ms%1000, 100)
	return b
}

// Violation is a broken invariant.
type Violation struct {
	Invariant string
	What      string
	At        time.Duration // since the beginning
}

func (v *Violation) Error() string { return v.Invariant + ": " + v.What }

// violate ends the simulation. Only the first violation is kept.
func (w *World) violate(invariant, format string, args ...any) {
	if w.broken != nil {
		return
	}
	w.broken = &Violation{Invariant: invariant, What: fmt.Sprintf(format, args...), At: w.now.Sub(epoch)}
	w.note("VIOLATION", w.broken.Error())
}

// Report returns the trace of a failed schedule for a person to follow, with the command that runs it again.
func Report(s Schedule) string {
	s.Keep = true
	r := Run(s)
	var b strings.Builder
	for _, line := range r.Lines {
		fmt.Fprintln(&b, line)
	}
	if r.Violation != nil {
		fmt.Fprintf(&b, "violated %s\n", r.Violation)
	}
	fmt.Fprintf(&b, "trace hash %016x; to run it again: %s\n", r.Hash, s.replay())
	return b.String()
}
