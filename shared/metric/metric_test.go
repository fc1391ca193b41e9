package metric_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"kasir/shared/metric"
)

func TestTableIsComplete(t *testing.T) {
	name := regexp.MustCompile(`^[A-Z][A-Za-z]{3,40}$`)
	seen := map[metric.Name]bool{}
	for _, m := range metric.All {
		if !name.MatchString(string(m.Name)) || m.Meaning == "" || seen[m.Name] ||
			(m.Unit != metric.Count && m.Unit != metric.Milliseconds) {
			t.Errorf("%+v", m)
		}
		seen[m.Name] = true
	}
	if len(metric.All) > 100 {
		t.Error("a line may carry 100 metrics at most")
	}
}

// line writes a set as the functions do and reads it as CloudWatch does. Each directive names its values at the top
// level.
func line(t *testing.T, s *metric.Set) map[string]any {
	t.Helper()
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).LogAttrs(t.Context(), slog.LevelInfo, "request",
		s.Attrs("kasir", time.UnixMilli(1787826227000))...)
	var doc map[string]any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	return doc
}

func TestALineInTheEmbeddedMetricFormat(t *testing.T) {
	var s metric.Set
	s.Add(metric.PagesCreated, 1)
	s.Add(metric.Refunds, 0)
	s.Add(metric.PagesCreated, 1)
	s.Add(metric.Notifications, 1)
	s.SetResult("applied")
	s.Observe(metric.DOKULatency, 1500*time.Millisecond)
	s.Observe(metric.DOKULatency, 250*time.Microsecond)
	doc := line(t, &s)
	want := map[string]any{
		"Timestamp": 1787826227000.0,
		"CloudWatchMetrics": []any{
			map[string]any{"Namespace": "kasir", "Dimensions": []any{[]any{}, []any{"Result"}},
				"Metrics": []any{map[string]any{"Name": "Notifications", "Unit": "Count"}}},
			map[string]any{"Namespace": "kasir", "Dimensions": []any{[]any{}},
				"Metrics": []any{map[string]any{"Name": "PagesCreated", "Unit": "Count"},
					map[string]any{"Name": "DOKULatency", "Unit": "Milliseconds"}}},
		},
	}
	if !reflect.DeepEqual(doc["_aws"], want) {
		t.Errorf("_aws %v,\nwant %v", doc["_aws"], want)
	}
	if doc["PagesCreated"] != 2.0 || doc["Notifications"] != 1.0 || doc["Result"] != "applied" ||
		!reflect.DeepEqual(doc["DOKULatency"], []any{1500.0, 0.25}) {
		t.Errorf("%v", doc)
	}
	if _, written := doc["Refunds"]; written {
		t.Error("what did not happen is written")
	}
}

func TestNothingHappenedNothingIsWritten(t *testing.T) {
	var s metric.Set
	s.SetResult("applied")
	s.Add(metric.Conflicts, 0)
	if attrs := s.Attrs("kasir", time.Now()); attrs != nil {
		t.Errorf("%v", attrs)
	}
}

// A gauge of 0 is written: it ends the alarm.
func TestAGaugeOfZeroIsWritten(t *testing.T) {
	var s metric.Set
	s.Set(metric.OpenAttention, 3)
	s.Set(metric.OpenAttention, 0)
	if doc := line(t, &s); doc["OpenAttention"] != 0.0 || doc["_aws"] == nil {
		t.Errorf("%v", doc)
	}
}

// CloudWatch drops a line with more than 100 values of a metric; a result that is not listed would be billed.
func TestLimits(t *testing.T) {
	var s metric.Set
	for range 150 {
		s.Observe(metric.DOKULatency, time.Second)
	}
	s.Add(metric.Notifications, 1)
	s.SetResult("4761349999000039")
	doc := line(t, &s)
	if n := len(doc["DOKULatency"].([]any)); n != 100 {
		t.Errorf("%d values", n)
	}
	if _, ok := doc["Result"]; ok || slices.Contains(metric.Results, "4761349999000039") {
		t.Errorf("%v", doc)
	}
}
