package metric

import (
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Set collects the metrics of one request. The zero Set is empty. It is safe for concurrent use.
type Set struct {
	mu     sync.Mutex
	values []value
	result string
}

type value struct {
	name  Name
	sum   float64   // of a count, or the value of a gauge
	times []float64 // milliseconds
}

// maxValues is the number of values of one metric in a line (CloudWatch's limit).
const maxValues = 100

// Add adds n to a metric of unit Count.
func (s *Set) Add(name Name, n int) {
	if n == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.find(name).sum += float64(n)
}

// Set sets the value of a gauge. A value of 0 is written too.
func (s *Set) Set(name Name, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.find(name).sum = float64(n)
}

// Observe adds one measured time. It drops the values beyond CloudWatch's 100 per line.
func (s *Set) Observe(name Name, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.find(name); len(v.times) < maxValues {
		v.times = append(v.times, float64(took.Microseconds())/1000)
	}
}

// SetResult sets the result of a notification, one of Results.
func (s *Set) SetResult(result string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(Results, result) {
		s.result = result
	}
}

func (s *Set) find(name Name) *value {
	i := slices.IndexFunc(s.values, func(v value) bool { return v.name == name })
	if i < 0 {
		if s.values == nil {
			s.values = make([]value, 0, 4)
		}
		s.values = append(s.values, value{name: name})
		i = len(s.values) - 1
	}
	return &s.values[i]
}

// directive is one entry of CloudWatchMetrics in the embedded metric format.
type directive struct {
	Dimensions [][]string
	Metrics    []definition
	Namespace  string
}

type definition struct {
	Name string
	Unit string
}

// Metadata is the member _aws of the embedded metric format.
type Metadata struct {
	CloudWatchMetrics []directive
	Timestamp         int64 // epoch milliseconds
}

// Sets of dimensions.
var (
	none          = [][]string{{}}
	noneAndResult = [][]string{{}, {Result}}
)

// Attrs returns the fields that turn a JSON log line into metrics of a namespace: _aws, and a number or a list of
// numbers per metric. It returns nil for an empty Set.
func (s *Set) Attrs(namespace string, at time.Time) []slog.Attr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.values) == 0 {
		return nil
	}
	attrs := make([]slog.Attr, 0, 2*len(s.values)+1)
	plain := directive{Namespace: namespace, Dimensions: none, Metrics: make([]definition, 0, len(s.values))}
	directives := make([]directive, 0, 2)
	for _, v := range s.values {
		row, _ := Find(v.name)
		def := definition{Name: string(v.name), Unit: row.Unit}
		if row.ByResult && s.result != "" {
			directives = append(directives, directive{noneAndResult, []definition{def}, namespace})
			attrs = append(attrs, slog.String(Result, s.result))
		} else {
			plain.Metrics = append(plain.Metrics, def)
		}
		switch len(v.times) {
		case 0:
			attrs = append(attrs, slog.Float64(string(v.name), v.sum))
		case 1:
			attrs = append(attrs, slog.Float64(string(v.name), v.times[0]))
		default:
			attrs = append(attrs, slog.Any(string(v.name), v.times))
		}
	}
	if len(plain.Metrics) > 0 {
		directives = append(directives, plain)
	}
	return append(attrs, slog.Any("_aws", Metadata{Timestamp: at.UnixMilli(), CloudWatchMetrics: directives}))
}
