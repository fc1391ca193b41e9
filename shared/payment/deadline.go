package payment

import (
	"context"
	"time"
)

// Deadlines nest, so that the outcome of a call can always be written: API Gateway 30 s, Lambda 28 s, DOKU at
// most 20 s and always ending writeReserve before the invocation does.
const (
	dokuPatience = 20 * time.Second
	writeReserve = 3 * time.Second
	writeTimeout = 2500 * time.Millisecond
)

// calling bounds a call of DOKU.
func calling(ctx context.Context) (context.Context, context.CancelFunc) {
	bounded, cancel := context.WithTimeout(ctx, dokuPatience)
	end, ok := ctx.Deadline()
	if !ok {
		return bounded, cancel
	}
	nested, cancelNested := context.WithDeadline(bounded, end.Add(-writeReserve))
	return nested, func() { cancelNested(); cancel() }
}

// writing bounds the write of an outcome. It goes on when the caller has gone away: the outcome is known, and
// losing it would leave the operation open.
func writing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
}
