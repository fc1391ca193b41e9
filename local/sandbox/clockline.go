package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// jakarta is the time zone of the clock on pages.
var jakarta = time.FixedZone("WIB", 7*60*60)

// clockLine returns the line of pages about the clock. It is empty unless the clock is ahead of the real time.
func (s *Server) clockLine(t *texts) string {
	s.mu.Lock()
	now, ahead := s.now(), s.aheadOfReal()
	s.mu.Unlock()
	if ahead == 0 {
		return ""
	}
	return fmt.Sprintf(t.Clock, now.In(jakarta).Format("2006-01-02 15:04 MST"), t.duration(ahead))
}

// duration writes a duration in whole minutes: "7 days", "1 day 2 hours".
func (t *texts) duration(d time.Duration) string {
	left := int(d / time.Minute)
	var parts []string
	for _, unit := range []struct {
		minutes int
		word    string
	}{{24 * 60, t.Days}, {60, t.Hours}, {1, t.Minutes}} {
		n := left / unit.minutes
		left %= unit.minutes
		one, several, _ := strings.Cut(unit.word, "|")
		switch {
		case n == 1:
			parts = append(parts, fmt.Sprintf(one, n))
		case n > 1 || unit.minutes == 1 && parts == nil:
			parts = append(parts, fmt.Sprintf(several, n))
		}
	}
	return strings.Join(parts, " ")
}
