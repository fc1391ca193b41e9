package app

import (
	"fmt"
	"strconv"
	"strings"

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
