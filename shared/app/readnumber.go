package app

import (
	"fmt"
	"strconv"

	"kasir/shared/payment"
)

// Limits of settings, which the deployment checks too.
const (
	FewestShards = payment.FewestShards
	MostShards   = payment.MostShards
	MostLooks    = payment.MostLooks
)

// number returns a reading of a whole number between two limits.
func number(to *int, otherwise, least, most int) reading {
	return func(r *reader, name string) {
		value := r.getenv(name)
		if *to = otherwise; value == "" {
			return
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > most {
			r.wrong(name, fmt.Sprintf("is %q; it must be a whole number from %d to %d", value, least, most))
			return
		}
		*to = n
	}
}
