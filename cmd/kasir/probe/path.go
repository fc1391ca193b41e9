package probe

import (
	"context"
	"fmt"
	"io"
)

// CheckStatusPath asks check status about an invoice number that does not exist, and compares the answer with that of a
// path that cannot exist. It returns an error if the path of check status is wrong, or if DOKU cannot be asked.
func CheckStatusPath(ctx context.Context, cfg Config) error {
	cfg.Out = io.Discard
	cfg.Skip = nil
	r, err := start(cfg)
	if err != nil {
		return err
	}
	r.askWrongPath(ctx)
	x := r.send(ctx, r.statusCall("status-unknown", r.invoice()))
	switch {
	case x.Answer == nil:
		return fmt.Errorf("%w at %s: %s", errUnreachable, cfg.BaseURL, x.Error)
	case r.fatal != nil:
		return r.fatal
	case x.answer.pathMissing(r.seen["wrong-path"]):
		return fmt.Errorf(
			"%s answers %s for an unknown order, as for a path that does not exist: "+
				"set %s to the path of check status; kasir doctor --probe tries the known ones",
			r.paths[checkStatus],
			x.answer,
			checkStatus,
		)
	}
	return nil
}
