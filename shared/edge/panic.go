package edge

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"kasir/shared/doku"
)

// panicError is a panic of a handler. Its value may hold anything, so its text has only the value's type, and for an
// error of the runtime also that error's text.
type panicError struct {
	value any
	stack []byte
}

func newPanicError(value any) error { return &panicError{value, debug.Stack()} }

func (p *panicError) Error() string {
	if err, ok := p.value.(runtime.Error); ok {
		return fmt.Sprintf("panic: %T: %s", p.value, doku.Scrub(err.Error()))
	}
	return fmt.Sprintf("panic: %T", p.value)
}
