package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A person sees what each request came to, and of a failure why, while kasir local runs and after it.
func TestLogsOfThisMachine(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	r.pay(t, "LOGS-1")
	body := []byte(`{"order":{"invoice_number":"LOGS-2","amount":90000.5}}`)
	if answer, err := r.Do(t.Context(), http.MethodPost, "/payments", nil, body); err != nil || answer.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%+v %v", answer, err)
	}
	logs := func(args ...string) string {
		t.Helper()
		stdout, stderr, err := output(t, kasir(t, append([]string{"logs", "--data", data}, args...)...))
		if err != nil {
			t.Fatalf("kasir logs %q: %v\n%s%s", args, err, stdout, stderr)
		}
		return stdout + stderr
	}
	found := func(text string, words ...string) {
		t.Helper()
		if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return inOrder(line, words) }) {
			t.Errorf("no line with %q in\n%s", words, text)
		}
	}
	all := logs()
	found(all, "createpage", "POST /payments", "LOGS-1", "201", " ms")
	found(all, "notify", "POST /notifications", "LOGS-1", "200", " ms", "applied")
	found(all, "createpage", "POST /payments", "422", "caller: invalid /order/amount")
	if one := logs("--invoice", "LOGS-1"); strings.Contains(one, "422") || !strings.Contains(one, "LOGS-1") {
		t.Errorf("--invoice shows\n%s", one)
	}
	found(logs("--invoice", "LOGS-9"), "no line since")
	r.end(t, os.Interrupt)
	for line := range strings.Lines(logs("--json")) {
		var l map[string]any
		if json.Unmarshal([]byte(line), &l) != nil || l["function"] == nil || l["msg"] == nil || l["_aws"] != nil {
			t.Errorf("--json prints %s", line)
		}
	}
}

// inOrder reports whether a line has all words, one after the other.
func inOrder(line string, words []string) bool {
	ok := true
	for _, word := range words {
		if _, line, ok = strings.Cut(line, word); !ok {
			return false
		}
	}
	return true
}

func TestLogsFollow(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	c := kasir(t, "logs", "--follow", "--invoice", "FOLLOW-1", "--data", data)
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r.pay(t, "FOLLOW-1")
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || !strings.Contains(lines.Text(), "createpage") || !strings.Contains(lines.Text(), "FOLLOW-1") {
		t.Errorf("the first line is %q", lines.Text())
	}
	c.Process.Signal(os.Interrupt)
	for lines.Scan() {
	}
	if err := c.Wait(); err != nil {
		t.Errorf("Ctrl-C ends it with %v", err)
	}
}

func TestInMemoryThereIsNoLog(t *testing.T) {
	_, stderr, err := output(t, kasir(t, "logs", "--data", t.TempDir()))
	if status(err) != 1 || !strings.Contains(stderr, "kasir local keeps one there, and none with --memory") {
		t.Errorf("%v %s", err, stderr)
	}
}

// With --stage the lines come from the log groups that the outputs name. What no function wrote as a line of its log is
// not shown: nobody has masked it.
func TestLogsOfAStage(t *testing.T) {
	now := time.Now().UTC()
	line := func(ago time.Duration, rest string) string {
		return fmt.Sprintf(`{"time":%q,"level":"INFO","msg":"request",%s}`, now.Add(-ago).Format(time.RFC3339Nano), rest)
	}
	groups := map[string][]string{
		"kasir-createpage-logs": {
			"START RequestId: 1", line(time.Minute, `"route":"POST /payments","http_status":201,"ms":34,"invoice_number":"CLOUD-1"`),
			"panic: 4761349999000039", `{"body":"4761349999000039"}`, line(3*time.Hour, `"route":"POST /payments","http_status":200,"ms":1`),
		},
		"kasir-notify-logs": {line(2*time.Minute, `"route":"POST /notifications","http_status":401,"ms":2,"blame":"caller","error":"signature"`)},
	}
	var filters []string
	stand := server(t, func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			LogGroupName, FilterPattern, NextToken string
			StartTime                              int64
		}
		if r.Header.Get("X-Amz-Target") != "Logs_20140328.FilterLogEvents" || json.NewDecoder(r.Body).Decode(&asked) != nil {
			http.Error(w, "not asked", http.StatusBadRequest)
			return
		}
		filters = append(filters, asked.FilterPattern)
		messages, ok := groups[asked.LogGroupName]
		if !ok || asked.StartTime == 0 {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}`)
			return
		}
		page := map[string]any{"nextToken": "more"} // CloudWatch's first page is often empty
		if asked.NextToken == "more" {
			var events []map[string]any
			for i, message := range messages {
				at := now.Add(-time.Duration(i) * time.Second).UnixMilli()
				if l, ok := parseLine("", []byte(message)); ok {
					at = l.Time.UnixMilli()
				}
				events = append(events, map[string]any{"eventId": fmt.Sprint(asked.LogGroupName, i), "timestamp": at, "message": message + "\n"})
			}
			page = map[string]any{"events": events}
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		json.NewEncoder(w).Encode(page)
	})
	outputs := stageOutputs(t, map[string]string{"LogGroups": "createpage=kasir-createpage-logs notify=kasir-notify-logs"})
	logs := func(args ...string) (string, string, error) {
		c := kasir(t, append([]string{"logs", "--stage", "production", "--outputs", outputs}, args...)...)
		c.Env = append(c.Env, "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS="+stand, "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_SESSION_TOKEN=")
		return output(t, c)
	}
	stdout, stderr, err := logs()
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if err != nil || len(lines) != 2 || !strings.Contains(lines[0], "caller: signature") || !strings.Contains(lines[1], "CLOUD-1") || strings.Contains(stdout, "4761") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	filters = nil
	stdout, _, err = logs("--json", "--invoice", "CLOUD-1", "--since", "4h")
	if err != nil || !strings.Contains(stdout, `"function":"createpage"`) || strings.Count(stdout, "\n") != 1 || filters[0] != `{ $.invoice_number = "CLOUD-1" }` {
		t.Errorf("%v %q\n%s", err, filters, stdout)
	}
	delete(groups, "kasir-notify-logs")
	if _, stderr, err = logs(); status(err) != 1 || !strings.Contains(stderr, "there is no log group kasir-notify-logs") {
		t.Errorf("%v %s", err, stderr)
	}
}

// stageOutputs writes the file that make deploy writes for the stage production.
func stageOutputs(t *testing.T, more map[string]string) string {
	t.Helper()
	outputs := map[string]string{
		"ApiUrl": "https://api.example", "NotificationUrl": "https://api.example/notifications", "DokuEnvironment": "production",
		"SecretArn": "arn:aws:secretsmanager:ap-southeast-3:1:secret:kasir",
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

// kasir reconcile --stage invokes the deployed function once, and says when it failed.
func TestReconcileOfAStage(t *testing.T) {
	calls, failure := 0, ""
	stand := server(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.URL.Path != "/2015-03-31/functions/kasir-reconcile-1/invocations" {
			http.NotFound(w, r)
			return
		}
		if failure != "" {
			w.Header().Set("X-Amz-Function-Error", failure)
		}
		fmt.Fprint(w, `{"looked":3,"settled":1,"parked":0,"paid":0,"expiring":0,"failed":0,"left":0,"unanswered":0}`)
	})
	outputs := stageOutputs(t, map[string]string{"ReconcileFunction": "kasir-reconcile-1"})
	run := func() (string, string, error) {
		c := kasir(t, "reconcile", "--stage", "production", "--outputs", outputs)
		c.Env = append(c.Env, "AWS_ENDPOINT_URL_LAMBDA="+stand, "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_SESSION_TOKEN=")
		return output(t, c)
	}
	if stdout, stderr, err := run(); err != nil || !strings.HasPrefix(stdout, "looked 3, settled 1, parked 0") || calls != 1 {
		t.Errorf("%v %d calls\n%s%s", err, calls, stdout, stderr)
	}
	failure = "Unhandled"
	if _, stderr, err := run(); status(err) != 1 || !strings.Contains(stderr, "kasir logs --stage production shows why") {
		t.Errorf("%v\n%s", err, stderr)
	}
}
