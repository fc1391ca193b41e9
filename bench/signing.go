package main

import (
	"context"
	"fmt"
)

// Budget P3.
const (
	mostSigning       = 1.25 // times the algorithm alone
	mostSigningAllocs = 2.0
)

// signing compares signing and verifying with the algorithm alone, and with the way it is usually written.
func (b *bench) signing(ctx context.Context) error {
	rounds, err := b.gobench(ctx, "./shared/doku", b.count(20, 3), b.count(300, 30))
	if err != nil {
		return err
	}
	raw := rounds["Raw"]
	for _, name := range []string{"Raw", "Naive", "Sign", "Verify", "Notification"} {
		s := rounds[name]
		ratio, allocs := median(ratios(s.micros, raw.micros)).Center, median(s.allocs).Center
		r := row{what: described[name], measured: fmt.Sprintf("%.0f ns, %.0f allocs", median(s.micros).Center*1000, allocs), ratio: times(ratio)}
		if name == "Sign" || name == "Verify" {
			r.budget, r.limit = "P3", fmt.Sprintf("%s, %.0f allocs", times(mostSigning), mostSigningAllocs)
			r.held = ratio <= mostSigning && allocs <= mostSigningAllocs
		}
		b.report.add(r)
	}
	return nil
}

var described = map[string]string{
	"Raw": "SHA-256 and a reused HMAC over a notification, both written in base64 and the text between them put together", "Naive": "the same as it is usually written", "Sign": "doku.Digest and Sign",
	"Verify": "doku.Digest and Verify", "Notification": "doku.ParseNotification, verified and read",
}
