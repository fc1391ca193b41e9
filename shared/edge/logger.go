package edge

import (
	"fmt"
	"io"
	"log/slog"

	"kasir/shared/doku"
	"kasir/shared/metric"
)

// NewLog returns the functions' logger, which writes JSON lines. It never encodes a map, slice or struct by its JSON,
// which would hold the customer's data in the clear because DOKU's requests need it. Of such a value the log has the
// type only, unless the value has a LogValue, as doku.Private and order.PageURL have. Exceptions are lists of texts
// and numbers, and the description of metrics. The text of an error is scrubbed, since an error may quote anything.
func NewLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindAny {
			a.Value = loggable(a.Value.Any())
		}
		return a
	}}))
}

func loggable(value any) slog.Value {
	switch v := value.(type) {
	case nil, slog.Level, []string, []float64, metric.Metadata:
		return slog.AnyValue(v)
	case error:
		return slog.StringValue(doku.Scrub(v.Error()))
	}
	return slog.StringValue(fmt.Sprintf("%T", value))
}
