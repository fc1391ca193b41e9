package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kasir/shared/order"
)

// workingDays returns a reading of a number of working days.
func workingDays(to *int) reading {
	return func(r *reader, name string) {
		value := r.text(name, "0")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > order.MaxSettleWithin {
			r.wrong(name, fmt.Sprintf("is %q; it must be a number of working days from 0 to %d", value,
				order.MaxSettleWithin))
			return
		}
		*to = n
	}
}

// holidays returns a reading of days, separated by commas.
func holidays(to *[]order.Day) reading {
	return func(r *reader, name string) {
		for text := range strings.SplitSeq(r.getenv(name), ",") {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			day, err := order.ParseDay(text)
			if err != nil {
				r.wrong(name, fmt.Sprintf("has %q; it must be days such as 2026-12-25, separated by commas", text))
				continue
			}
			*to = append(*to, day)
		}
	}
}

// instant returns a reading of a time. It is zero if the setting is empty.
func instant(to *time.Time) reading {
	return func(r *reader, name string) {
		value := r.getenv(name)
		if value == "" {
			return
		}
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			r.wrong(name, fmt.Sprintf("is %q; it must be a time such as 2026-11-30T10:00:00Z", value))
			return
		}
		*to = at.UTC()
	}
}
