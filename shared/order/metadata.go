package order

import (
	"fmt"
	"log/slog"
	"maps"
)

// Metadata are a merchant's own texts about an order, by name. No rule reads them. They may be about a person, so they
// print as "[private]". JSON and the store have all of them.
type Metadata map[string]string

const privateMetadata = "[private]"

// Format writes "[private]" for every verb.
func (Metadata) Format(f fmt.State, _ rune) { fmt.Fprint(f, privateMetadata) }

// LogValue keeps the texts out of structured logs.
func (Metadata) LogValue() slog.Value { return slog.StringValue(privateMetadata) }

// allowsMetadata reports whether a next page may have the metadata of a request: those of the order, or none. An order
// without metadata takes those of its next page, since an earlier version of kasir may have erased them.
func (o Order) allowsMetadata(in Intent) bool {
	return len(o.Metadata) == 0 || len(in.Metadata) == 0 || maps.Equal(o.Metadata, in.Metadata)
}

// withMetadata returns the order with the metadata of a request for a page. A next page without metadata keeps the
// order's. Before there was a page, the latest request counts whole.
func (o Order) withMetadata(in Intent) Order {
	if o.Facts.Forgotten == nil && (len(in.Metadata) > 0 || o.Facts.Page == nil) {
		o.Metadata = maps.Clone(in.Metadata)
	}
	return o
}
