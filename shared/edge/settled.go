package edge

import (
	"log/slog"

	"kasir/shared/metric"
)

// SetSettled puts the result of a settlement report into the line of the run that read it. refused reports that the
// file was no report, or a wrong one.
func (l *Line) SetSettled(rows, differences int, refused bool) {
	l.counts = append(l.counts, slog.Int("rows", rows), slog.Int("differences", differences),
		slog.Bool("refused", refused))
	if refused {
		l.metrics.Add(metric.SettlementsRefused, 1)
		return
	}
	l.metrics.Add(metric.SettlementsRead, 1)
	l.metrics.Add(metric.SettlementDifferences, differences)
}
