package clock

import (
	"fmt"
	"strings"
	"time"
)

// wib is the time zone of Jakarta.
var wib = time.FixedZone("WIB", 7*60*60)

// Time formats a time for people: "2026-12-07 12:00 WIB".
func Time(t time.Time) string { return t.In(wib).Format("2006-01-02 15:04 MST") }

// Line formats the time of a clock and how far it is ahead: "2026-12-07 12:00 WIB, 7 days ahead".
func Line(now time.Time, ahead time.Duration) string {
	if ahead == 0 {
		return Time(now) + ", the real time"
	}
	return Time(now) + ", " + durationText(ahead) + " ahead"
}

// durationText formats a duration for people, in whole minutes: "7 days", "1 day 2 hours".
func durationText(d time.Duration) string {
	minutes := int(d / time.Minute)
	var words []string
	for _, unit := range []struct {
		name    string
		minutes int
	}{{"day", 24 * 60}, {"hour", 60}, {"minute", 1}} {
		n := minutes / unit.minutes
		minutes %= unit.minutes
		switch {
		case n == 1:
			words = append(words, "1 "+unit.name)
		case n > 1:
			words = append(words, fmt.Sprintf("%d %ss", n, unit.name))
		}
	}
	if len(words) == 0 {
		return "less than a minute"
	}
	return strings.Join(words, " ")
}
