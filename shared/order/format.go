package order

// LastFormat is the newest format of stored orders that this version knows. docs/migrations.md explains when it rises.
const LastFormat = 1

// Newer reports whether the order is stored in a format that this version does not know. Such an order may be shown.
// Nothing may be decided about it, since its facts may be misread. Writing it would erase its unknown facts.
func (o Order) Newer() bool { return NewerFormat(o.Format) }

// NewerFormat reports whether this version does not know a format. A negative format stands for one that could not be
// read.
func NewerFormat(format int) bool { return format < 0 || format > LastFormat }
