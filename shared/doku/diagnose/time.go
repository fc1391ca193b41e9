package diagnose

import (
	"fmt"
	"strconv"
	"time"

	"kasir/shared/doku"
)

const (
	requestStamp  = "Request-Timestamp"
	responseStamp = "Response-Timestamp"
)

// stampForms are layouts that are often used in place of doku.TimestampLayout.
var stampForms = []string{
	"2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.000000Z", "2006-01-02T15:04:05-07:00",
	"2006-01-02T15:04:05.000-07:00", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02T15:04Z", time.RFC1123,
}

// readStamp reads a timestamp in doku.TimestampLayout or one of stampForms.
func readStamp(stamp string) (time.Time, bool) {
	for _, form := range append([]string{doku.TimestampLayout}, stampForms...) {
		if t, err := time.Parse(form, stamp); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// zones are the offsets of Indonesia's time zones WIB, WITA and WIT.
var zones = []time.Duration{7 * time.Hour, 8 * time.Hour, 9 * time.Hour}

// stamps returns explanations by other timestamps.
func (x *examination) stamps() []explanation {
	var out []explanation
	add := func(name, value string) {
		if value != x.base.stamp {
			cause := Cause{name,
				"the signature was made over " + x.base.stampName + " " + printable(value) + ", and the header is " +
					printableOrEmpty(x.base.stamp),
				"Take the time once, in UTC, as 2006-01-02T15:04:05Z, and use the same text for the header and the " +
					"signature."}
			out = append(out, explanation{stampPart, []Cause{cause}, func(d *draft) { d.stamp = value }})
		}
	}
	if t, ok := readStamp(x.base.stamp); ok {
		add("form of the timestamp", t.Format(doku.TimestampLayout))
		for s := time.Second; s <= 5*time.Second; s += time.Second {
			add("timestamp taken twice", t.Add(s).Format(doku.TimestampLayout))
			add("timestamp taken twice", t.Add(-s).Format(doku.TimestampLayout))
		}
		for _, zone := range zones {
			add("time zone of the timestamp", t.Add(zone).Format(doku.TimestampLayout))
			add("time zone of the timestamp", t.Add(-zone).Format(doku.TimestampLayout))
			local := t.In(time.FixedZone("", int(zone.Seconds())))
			add("form of the timestamp", local.Format("2006-01-02T15:04:05-07:00"))
		}
		for _, form := range stampForms {
			add("form of the timestamp", t.Format(form))
		}
		add("form of the timestamp", strconv.FormatInt(t.Unix(), 10))
		add("form of the timestamp", strconv.FormatInt(t.UnixMilli(), 10))
	}
	if x.base.stamp != "" {
		add("empty timestamp", "")
	}
	return append(out, x.stampNames()...)
}

// stampNames returns explanations by the other of the two names. Requests have Request-Timestamp, and answers have
// Response-Timestamp.
func (x *examination) stampNames() []explanation {
	other := responseStamp
	if x.answer() {
		other = requestStamp
	}
	cause := Cause{"name of the timestamp", "the signature was made over a line " + other + ", not " + x.base.stampName,
		"Requests and notifications sign Request-Timestamp, answers Response-Timestamp."}
	out := []explanation{{stampNamePart, []Cause{cause}, func(d *draft) { d.stampName = other }}}
	if value := x.header(other); value != "" {
		both := func(d *draft) { d.stampName, d.stamp = other, value }
		out = append(out, explanation{stampNamePart | stampPart, []Cause{cause}, both})
	}
	return out
}

// clock checks the timestamp. kasir refuses one in the future, and DOKU refuses one that is more than an hour off. An
// old timestamp is no mistake in a sample that was saved earlier.
func (x *examination) clock() (causes []Cause, future bool) {
	values := append(splitJoined(x.base.stamp), x.base.stamp)
	t, ok := readStamp(values[0])
	if !ok || x.Now.IsZero() {
		return nil, false
	}
	skew := t.Sub(x.Now)
	switch {
	case skew > doku.MaxClockSkew:
		name, detail := "clock ahead", fmt.Sprintf("the timestamp is %s in the future", skew.Round(time.Minute))
		for _, zone := range zones {
			if off := skew - zone; off.Abs() <= 15*time.Minute {
				name = "local time labelled Z"
				detail += fmt.Sprintf(": it is the local time at UTC+%d, written with Z as if it were UTC",
					int(zone.Hours()))
			}
		}
		return []Cause{{name, detail, "Send UTC from a clock that is kept right (NTP). kasir refuses more than 5 " +
			"minutes ahead, DOKU more than an hour off."}}, true
	case skew < -time.Hour:
		return []Cause{{"old timestamp", "the timestamp is " + age(-skew) + " old",
			"DOKU refuses a request whose timestamp is more than an hour off. In a sample that was saved earlier this " +
				"is no mistake."}}, false
	}
	return nil, false
}

func age(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return d.Round(time.Minute).String()
}
