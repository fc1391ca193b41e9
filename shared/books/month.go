package books

import (
	"fmt"
	"time"
)

// jakarta is the time zone of the books. It has no daylight saving time.
var jakarta = time.FixedZone("WIB", 7*60*60)

// Month is a month in Jakarta.
type Month struct {
	From time.Time // its beginning
	End  time.Time // the beginning of the next month
}

// ParseMonth parses a month such as 2026-11.
func ParseMonth(text string) (Month, error) {
	from, err := time.ParseInLocation("2006-01", text, jakarta)
	if err != nil || from.Year() < 2000 {
		return Month{}, fmt.Errorf("%q is not a month from 2000 on, such as 2026-11", text)
	}
	return Month{from, from.AddDate(0, 1, 0)}, nil
}

// String returns the month as ParseMonth accepts it.
func (m Month) String() string { return m.From.Format("2006-01") }

// Title returns the month for people, such as November 2026.
func (m Month) Title() string { return m.From.Format("January 2006") }

// Day returns the day of a time in Jakarta, such as 2026-11-30.
func Day(t time.Time) string { return t.In(jakarta).Format(time.DateOnly) }
