// Package golden runs a story of requests through the functions' handlers and compares the results of each with a file
// of testdata, byte for byte. The results are the answer, the log line, the requests to DOKU and the items of the
// table.
//
// Each function's own test runs the function's steps of the story. A step begins with the table that the step before it
// left in its file. The clock, the ids and DOKU's answers are fixed. The flag -update writes the files anew. Repeat it
// until no file changes, since a step reads the file of the one before:
//
//	go test -p 1 ./functions/... -run TestGolden -update
package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/payment"
)

var update = flag.Bool("update", false, "write the golden files anew")

const dir = "../../events" // of the event files, as a test of functions/<name> sees it

// record holds the results of one step.
type record struct {
	Answer any               `json:"answer"` // with its body as a text
	Log    string            `json:"log"`
	DOKU   []sent            `json:"doku"`
	Table  []json.RawMessage `json:"table"` // in DynamoDB's JSON, by key
}

// Run runs the steps of a function of the HTTP API.
func Run(t *testing.T, name string, handler func(*payment.Service) edge.Handler) {
	run(t, name, func(ctx context.Context, m *merchant, event []byte) (any, error) {
		var request events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(event, &request); err != nil {
			return nil, err
		}
		return m.edge.Serve(handler(m.service))(ctx, request)
	})
}

// RunScheduled runs the steps of a function that a schedule invokes.
func RunScheduled[Report any](
	t *testing.T, name string, handler func(*payment.Service) func(context.Context, json.RawMessage) (Report, error),
) {
	run(t, name, func(ctx context.Context, m *merchant, event []byte) (any, error) {
		return edge.Scheduled(m.edge, handler(m.service))(ctx, event)
	})
}

func run(t *testing.T, name string, invoke func(context.Context, *merchant, []byte) (any, error)) {
	f, ok := function.Find(name)
	if !ok {
		t.Fatalf("there is no function %s", name)
	}
	m := newMerchant(t, f)
	for i, s := range story {
		if s.function() != name {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			if i == 0 {
				m.table.load(t, nil)
			} else {
				m.table.load(t, read(t, story[i-1].name).Table)
			}
			event := s.event(t)
			m.begin(i, s)
			answer, err := invoke(t.Context(), m, event)
			if err != nil {
				t.Fatal(err)
			}
			check(t, s.name, m.end(t, answer))
		})
	}
}

// wallClock matches the time of a log line. slog takes it from the real clock.
var wallClock = regexp.MustCompile(`^\{"time":"[^"]*",`)

func (m *merchant) end(t *testing.T, answer any) record {
	t.Helper()
	var lines []string
	for line := range strings.Lines(m.log.String()) {
		lines = append(lines, wallClock.ReplaceAllString(line, "{"))
	}
	return record{Answer: answer, Log: strings.Join(lines, ""), DOKU: m.doku.took(t), Table: m.table.items(t)}
}

func file(step string) string { return filepath.Join(dir, "golden", "testdata", step+".json") }

func read(t *testing.T, step string) record {
	t.Helper()
	content, err := os.ReadFile(file(step))
	if err != nil {
		t.Fatal(err)
	}
	var r record
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	return r
}

// check compares a record with the step's file, or writes the file.
func check(t *testing.T, step string, r record) {
	t.Helper()
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file(step), got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file(step))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is missing: run this test with -update", file(step))
	}
	if err != nil {
		t.Fatal(err)
	}
	wants, gots := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
	for i := range max(len(wants), len(gots)) {
		if w, g := at(wants, i), at(gots, i); w != g {
			w, g = differing(w, g)
			t.Fatalf("%s.json, line %d:\n got %s\nwant %s", step, i+1, g, w)
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// differing cuts two lines to the part around their first difference.
func differing(a, b string) (string, string) {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	from := max(0, same-60)
	return a[from:min(len(a), same+100)], b[from:min(len(b), same+100)]
}
