package order

// LastFormat is the newest format of stored orders that this version knows. docs/migrations.md says when it rises.
const LastFormat = 1

// Newer reports whether the order is stored in a format that this version does not know. Such an order may be shown.
// Its facts may be misread, so nothing may be decided about it. Writing it would erase the facts that are not known here.
func (o Order) Newer() bool { return NewerFormat(o.Format) }

// NewerFormat reports whether a format is one that this version does not know. A negative format could not be read.
func NewerFormat(format int) bool { return format < 0 || format > LastFormat }
