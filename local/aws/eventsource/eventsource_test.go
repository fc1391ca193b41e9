package eventsource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
)

// list is a stream in memory. It ends the mapping when it is empty.
type list struct {
	mu      sync.Mutex
	records []json.RawMessage
	aside   []string
	empty   context.CancelFunc
}

func newList(keys ...string) *list {
	l := &list{}
	for i, key := range keys {
		l.records = append(l.records, json.RawMessage(fmt.Sprintf(
			`{"eventName":"MODIFY","dynamodb":{"Keys":{"pk":{"S":%q}},"SequenceNumber":"%d"}}`, key, i)))
	}
	return l
}

func (l *list) Read(_ context.Context, limit int) ([]json.RawMessage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 0 {
		l.empty()
	}
	return slices.Clone(l.records[:min(limit, len(l.records))]), nil
}

func (l *list) Remove(_ context.Context, sequences ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range sequences {
		n := len(l.records)
		l.records = slices.DeleteFunc(l.records, func(r json.RawMessage) bool {
			return strings.Contains(string(r), `"SequenceNumber":"`+s+`"`)
		})
		if len(l.records) != n-1 {
			return fmt.Errorf("%s is not in the stream", s)
		}
	}
	return nil
}

func (l *list) SetAside(ctx context.Context, sequence string) error {
	l.aside = append(l.aside, sequence)
	return l.Remove(ctx, sequence)
}

// run runs a mapping on a stream until it is empty, and returns the batches that the function got, as their keys.
func run(t *testing.T, l *list, answer func(keys []string) (string, error)) (batches [][]string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.empty = cancel
	filter, err := ParseFilters(
		`{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"order#"}]}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	m := Mapping{
		Stream: l, Filter: filter, Function: "f", Batch: 4, Attempts: 3,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Invoke: func(_ context.Context, _ string, event []byte) ([]byte, error) {
			var in struct {
				Records []struct {
					DynamoDB struct {
						Keys struct{ PK struct{ S string } }
					}
				}
			}
			if err := json.Unmarshal(event, &in); err != nil {
				t.Fatalf("%v: %s", err, event)
			}
			var keys []string
			for _, r := range in.Records {
				keys = append(keys, strings.TrimPrefix(r.DynamoDB.Keys.PK.S, "order#"))
			}
			batches = append(batches, keys)
			content, err := answer(keys)
			return []byte(content), err
		},
	}
	m.Run(ctx)
	return batches
}

var orders = []string{"order#0", "order#1", "orphan", "order#3", "order#4", "order#5", "order#6"}

// A failing record is found by halving, is tried again alone, and is set aside. All others arrive in their order.
func TestABadRecordHoldsNoneBackForEver(t *testing.T) {
	for _, reports := range []bool{true, false} { // the function names the failed record, or fails as a whole
		l := newList(orders...)
		var done []string
		batches := run(t, l, func(keys []string) (string, error) {
			bad := slices.Index(keys, "4")
			if bad < 0 {
				done = append(done, keys...)
				return `{"batchItemFailures":[]}`, nil
			}
			if !reports {
				return "", errors.New("it died")
			}
			done = append(done, keys[:bad]...)
			return `{"batchItemFailures":[{"itemIdentifier":"4"}]}`, nil
		})
		want := []string{"0", "1", "3", "5", "6"}
		if !slices.Equal(done, want) || !slices.Equal(l.aside, []string{"4"}) {
			t.Errorf("done %q, set aside %q; batches %q", done, l.aside, batches)
		}
		alone := 0
		for _, b := range batches {
			if slices.Equal(b, []string{"4"}) {
				alone++
			}
		}
		if alone != 3 {
			t.Errorf("the bad record was tried %d times alone, want 3: %q", alone, batches)
		}
	}
}

// A function that dies sometimes gets every record, each as often as needed, and the records of a key in their order.
func TestAFunctionThatDiesGetsEverythingInOrder(t *testing.T) {
	l := newList(orders...)
	n, last := 0, ""
	batches := run(t, l, func(keys []string) (string, error) {
		if n++; n%2 == 1 { // it died after its work
			return "", errors.New("killed")
		}
		if keys[0] < last {
			t.Errorf("%q after %s", keys, last)
		}
		last = keys[len(keys)-1]
		return "", nil
	})
	got := strings.Join(slices.Compact(slices.Sorted(slices.Values(slices.Concat(batches...)))), "")
	if got != "013456" || len(l.aside) > 0 {
		t.Errorf("%q, set aside %q", batches, l.aside)
	}
}

// A pattern that is not evaluated here must be an error. Otherwise it would match other records than at AWS.
func TestAFilterIsEvaluatedOrRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		`{"a":[{"exists":true}]}`:            `"/a"`,
		`{"a":{"b":[1]}}`:                    `"/a/b"`,
		`{"a":[null]}`:                       `"/a"`,
		`{"a":[{"prefix":"x","suffix":""}]}`: `"/a"`,
		`{"a":"x"}`:                          "object or a list",
		`{`:                                  "object or a list",
	} {
		if _, err := ParseFilters(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	f, err := ParseFilters(`{"a":["x","y"],"b":{"c":[{"prefix":"p"}]}}`, `{"a":["v"],"e":{"g":[{"exists":false}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[string]bool{
		`{"a":"y","b":{"c":"pq"},"d":1}`: true, `{"a":"z","b":{"c":"pq"}}`: false, `{"a":"x"}`: false,
		`{"a":"v"}`: true, `{"a":"v","e":{}}`: true, `{"a":"v","e":{"g":"q"}}`: false, `{"a":"w","e":{}}`: false,
		`{"a":"x","b":{"c":1}}`: false, `{"a":"x","b":{"c":"q"}}`: false, `{"a":["x"],"b":{"c":"p"}}`: false,
	} {
		if f.Matches([]byte(record)) != want {
			t.Errorf("%s matches: %t", record, !want)
		}
	}
}
