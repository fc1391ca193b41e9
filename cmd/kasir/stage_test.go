package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// With --stage the lines come from the log groups in the outputs. Text that no function wrote as a line of its log is
// not shown, because nobody has masked it.
func TestLogsOfAStage(t *testing.T) {
	now := time.Now().UTC()
	line := func(ago time.Duration, rest string) string {
		at := now.Add(-ago).Format(time.RFC3339Nano)
		return fmt.Sprintf(`{"time":%q,"level":"INFO","msg":"request",%s}`, at, rest)
	}
	cloud := &logCloud{groups: map[string][]string{
		"kasir-createpage-logs": {
			"START RequestId: 1", "panic: 4761349999000039",
			fmt.Sprintf(`{"time":%q,"body":"4761349999000039"}`, now.Format(time.RFC3339Nano)),
			line(time.Minute, `"route":"POST /payments","http_status":201,"ms":34,"invoice_number":"CLOUD-1"`),
			line(3*time.Hour, `"route":"POST /payments","http_status":200,"ms":1`),
		},
		"kasir-notify-logs": {
			line(2*time.Minute,
				`"route":"POST /notifications","http_status":401,"ms":2,"blame":"caller","error":"signature"`),
		},
	}}
	stand := server(t, cloud.ServeHTTP)
	listed := "createpage=kasir-createpage-logs notify=kasir-notify-logs"
	outputs := stageOutputs(t, map[string]string{"LogGroups": listed})
	logs := func(args ...string) (string, string, error) {
		c := kasir(t, append([]string{"logs", "--stage", "production", "--outputs", outputs}, args...)...)
		c.Env = append(append(c.Env, someCredentials...), "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS="+stand)
		return output(t, c)
	}
	stdout, stderr, err := logs()
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if err != nil || len(lines) != 2 || strings.Contains(stdout, "4761") ||
		!strings.Contains(lines[0], "caller: signature") || !strings.Contains(lines[1], "CLOUD-1") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	if stdout, _, err = logs("--json"); err != nil || strings.Count(stdout, "\n") != 2 ||
		strings.Contains(stdout, "4761") {
		t.Errorf("%v\n%s", err, stdout)
	}
	cloud.change(func() { cloud.filters = nil })
	stdout, _, err = logs("--json", "--invoice", "CLOUD-1", "--since", "4h")
	if err != nil || !strings.Contains(stdout, `"function":"createpage"`) || strings.Count(stdout, "\n") != 1 ||
		cloud.filter() != `{ $.invoice_number = "CLOUD-1" }` {
		t.Errorf("%v %q\n%s", err, cloud.filter(), stdout)
	}
	cloud.change(func() { delete(cloud.groups, "kasir-notify-logs") })
	_, stderr, err = logs()
	if status(err) != 1 || !strings.Contains(stderr, "there is no log group kasir-notify-logs") {
		t.Errorf("%v %s", err, stderr)
	}
}

// logCloud answers FilterLogEvents about log groups as CloudWatch does, each first with an empty page.
type logCloud struct {
	mu      sync.Mutex
	groups  map[string][]string
	filters []string // of the requests so far
}

func (l *logCloud) change(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

// filter returns the filter of the first request since filters was emptied.
func (l *logCloud) filter() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.filters[0]
}

func (l *logCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var asked struct {
		LogGroupName, FilterPattern, NextToken string
		StartTime                              int64
	}
	target := r.Header.Get("X-Amz-Target")
	if target != "Logs_20140328.FilterLogEvents" || json.NewDecoder(r.Body).Decode(&asked) != nil {
		http.Error(w, "not asked", http.StatusBadRequest)
		return
	}
	l.filters = append(l.filters, asked.FilterPattern)
	messages, ok := l.groups[asked.LogGroupName]
	if !ok || asked.StartTime == 0 {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}`)
		return
	}
	page := map[string]any{"nextToken": "more"} // CloudWatch's first page is often empty
	if asked.NextToken == "more" {
		page = map[string]any{"events": logEvents(asked.LogGroupName, messages)}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	json.NewEncoder(w).Encode(page)
}

func logEvents(group string, messages []string) (events []map[string]any) {
	for i, message := range messages {
		at := time.Now().UnixMilli()
		if l, ok := parseLine("", []byte(message)); ok {
			at = l.Time.UnixMilli()
		}
		id := fmt.Sprint(group, i)
		events = append(events, map[string]any{"eventId": id, "timestamp": at, "message": message + "\n"})
	}
	return events
}

// someCredentials are the variables that a command for a deployment needs.
var someCredentials = []string{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_SESSION_TOKEN="}

// stageOutputs writes the file that make deploy writes for the stage production.
func stageOutputs(t *testing.T, more map[string]string) string {
	t.Helper()
	outputs := map[string]string{
		"ApiUrl": "https://api.example", "NotificationUrl": "https://api.example/notifications",
		"DokuEnvironment": "production", "SecretArn": "arn:aws:secretsmanager:ap-southeast-3:1:secret:kasir",
	}
	for name, value := range more {
		outputs[name] = value
	}
	content, err := json.Marshal(map[string]any{"kasir-production": outputs})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cdk-outputs.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// kasir reconcile --stage invokes the deployed function once, and reports its failure.
func TestReconcileOfAStage(t *testing.T) {
	var calls atomic.Int32
	var failure atomic.Value
	stand := server(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.URL.Path != "/2015-03-31/functions/kasir-reconcile-1:live/invocations" {
			http.NotFound(w, r)
			return
		}
		if text, fails := failure.Load().(string); fails {
			w.Header().Set("X-Amz-Function-Error", text)
		}
		fmt.Fprint(w, `{"looked":3,"settled":1,"parked":0,"paid":0,"expiring":0,"failed":0,"left":0,"unanswered":0}`)
	})
	outputs := stageOutputs(t, map[string]string{"ReconcileFunction": "kasir-reconcile-1:live"})
	run := func() (string, string, error) {
		c := kasir(t, "reconcile", "--stage", "production", "--outputs", outputs)
		c.Env = append(append(c.Env, someCredentials...), "AWS_ENDPOINT_URL_LAMBDA="+stand)
		return output(t, c)
	}
	stdout, stderr, err := run()
	if err != nil || !strings.HasPrefix(stdout, "looked 3, settled 1, parked 0") || calls.Load() != 1 {
		t.Errorf("%v %d calls\n%s%s", err, calls.Load(), stdout, stderr)
	}
	failure.Store("Unhandled")
	_, stderr, err = run()
	if status(err) != 1 || !strings.Contains(stderr, "kasir logs --stage production shows why") {
		t.Errorf("%v\n%s", err, stderr)
	}
}
