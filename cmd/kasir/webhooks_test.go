package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/doku"
	"kasir/shared/webhook"
)

// hooks is an endpoint that keeps the requests, and answers with a status.
type hooks struct {
	*httptest.Server
	mu       sync.Mutex
	status   int
	requests []*http.Request
	bodies   []string
}

func startHooks(t *testing.T) *hooks {
	t.Helper()
	h := &hooks{status: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		h.requests, h.bodies = append(h.requests, r), append(h.bodies, string(body))
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Server.Close)
	return h
}

// answers sets the status of the endpoint.
func (h *hooks) answers(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

// verified reports whether the last request carries a signature by a secret.
func (h *hooks) verified(secret string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.requests) - 1
	return last >= 0 && webhook.Verify(doku.Secret(secret), h.requests[last].Header, []byte(h.bodies[last])) == nil
}

// A person sees the endpoint, tests it, changes its secret in two steps, and sends given up events again.
func TestWebhooksOfTheRunningStack(t *testing.T) {
	endpoint := startHooks(t)
	running, data := announced(t, func(c *stack.Config) { c.Webhooks.URLs = []string{endpoint.URL + "/hooks"} })
	webhooks := func(args ...string) *exec.Cmd {
		c := kasir(t, append([]string{"webhooks"}, args...)...)
		c.Args = append(c.Args, "--data", data)
		return c
	}
	listed := func() listedWebhook {
		t.Helper()
		var list webhooksDocument
		oneDocument(t, &list, false, webhooks("list"))
		if len(list.Webhooks) != 1 || list.Webhooks[0].Name != "local" || list.Webhooks[0].URL != endpoint.URL+
			"/hooks" {
			t.Fatalf("%+v", list)
		}
		return list.Webhooks[0]
	}
	if one := listed(); one.Secret != secretSet || one.Waiting+one.Letters != 0 {
		t.Errorf("%+v", one)
	}
	first := running.Webhooks[0].Secret
	var report webhook.Report
	oneDocument(t, &report, false, webhooks("test", "--functions", harness.Functions()))
	if report.Status != 200 || report.Outcome != webhook.Delivered || !endpoint.verified(first) {
		t.Errorf("%+v", report)
	}
	endpoint.answers(http.StatusTeapot)
	if _, stderr, err := output(t, webhooks("test", "--functions", harness.Functions())); status(err) != 1 ||
		!strings.Contains(stderr, "answered the event evt-test-") || !strings.Contains(stderr, "with 418 in ") {
		t.Errorf("%v %s", err, stderr)
	}
	var rotated rotatedDocument
	oneDocument(t, &rotated, false, webhooks("rotate", "local"))
	if listed().Secret != secretRotating || rotated.Secret == first || !rotated.Previous {
		t.Errorf("%+v", rotated)
	}
	if _, stderr, err := output(t, webhooks("rotate")); err == nil || !strings.Contains(stderr,
		"run kasir webhooks rotate local --finish") {
		t.Errorf("the secret that the back end still uses can be removed: %v %s", err, stderr)
	}
	oneDocument(t, &rotated, false, webhooks("rotate", "--force"))
	endpoint.answers(http.StatusGone)
	if _, err := running.Queues.Send("webhook-local", aPaidEvent); err != nil {
		t.Fatal(err)
	}
	awaitLetters := func(n int) {
		t.Helper()
		for end := time.Now().Add(time.Minute); listed().Letters != n; {
			if time.Now().After(end) {
				t.Fatalf("there are never %d dead letters", n)
			}
		}
	}
	awaitLetters(1)
	if !endpoint.verified(first) || !endpoint.verified(rotated.Secret) {
		t.Error("during a rotation the event does not carry both signatures")
	}
	endpoint.answers(http.StatusOK)
	var moved struct {
		Endpoint string
		Moved    int
	}
	oneDocument(t, &moved, false, webhooks("redrive"))
	if awaitLetters(0); moved.Moved != 1 {
		t.Errorf("%+v", moved)
	}
	var finished rotatedDocument
	oneDocument(t, &finished, false, webhooks("rotate", "--finish"))
	if listed().Secret != secretSet || finished.Previous || finished.Secret != "" {
		t.Errorf("%+v", finished)
	}
	for want, args := range map[string][]string{
		"has no previous secret":                               {"rotate", "--finish"},
		`there is no endpoint "shop": the endpoints are local`: {"test", "shop"},
	} {
		if _, stderr, err := output(t, webhooks(args...)); err == nil || !strings.Contains(stderr, want) {
			t.Errorf("%v: %v %s", args, err, stderr)
		}
	}
}

const aPaidEvent = `{"detail-type":"payment.paid","detail":{"id":"evt-1","sequence":4,"at":"2026-08-27T10:25:00Z",` +
	`"order":{"invoice_number":"INV-1"}}}`

// kasir local prints the secret and each delivery, and says in its error what a wrong URL should be.
func TestKasirLocalDelivers(t *testing.T) {
	endpoint := startHooks(t)
	data := t.TempDir()
	c := kasir(t, "local", "--port", freePort(t), "--data", data, "--functions="+harness.Functions(),
		"--webhook", endpoint.URL+"/hooks")
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	c.Env = append(c.Env, "WEBHOOK_SECRET="+secret)
	lines := startLines(t, c)
	lines.await(t, "webhook local      "+endpoint.URL+"/hooks   (secret "+secret+")")
	lines.await(t, "curl -s")
	environment, ok := stack.Running(data)
	if !ok {
		t.Fatal("kasir local is not found")
	}
	sendTo(t, environment["AWS_ENDPOINT_URL_SQS"], aPaidEvent)
	lines.await(t, "webhook  local       payment.paid              INV-1                 delivered  200")
	if !endpoint.verified(secret) {
		t.Error("the event is not signed with WEBHOOK_SECRET")
	}
	stdout, stderr, err := output(t, kasir(t, "webhooks", "deliveries", "--data", data))
	if err != nil || !strings.Contains(stdout, "delivered  200") || strings.Count(stdout, "\n") != 1 {
		t.Errorf("%v %s%s", err, stdout, stderr)
	}
	stdout, stderr, err = output(t, kasir(t, "webhooks", "deliveries", "--failed", "--data", data))
	if err != nil || stdout != "" || !strings.Contains(stderr, "there is no attempt since") {
		t.Errorf("%v %s%s", err, stdout, stderr)
	}
	stdout, stderr, err = output(t, kasir(t, "webhooks", "deliveries", "shop", "--data", data))
	if err != nil || stdout != "" || !strings.Contains(stderr, "there is no attempt for shop since") {
		t.Errorf("%v %s%s", err, stdout, stderr)
	}
	if stdout, _, err = output(t, kasir(t, "logs", "--data", data)); err != nil ||
		!strings.Contains(stdout, "payment.paid to local") {
		t.Errorf("%v %s", err, stdout)
	}
}

// kasir local says which endpoint of an earlier run has events that wait. They go to no other endpoint.
func TestKasirLocalNamesAnAbsentEndpoint(t *testing.T) {
	first, second, data := startHooks(t), startHooks(t), t.TempDir()
	first.answers(http.StatusBadGateway)
	start := func(endpoint *hooks) (lines outputLines, end func()) {
		c := kasir(t, "local", "--port", freePort(t), "--data", data, "--functions="+harness.Functions(),
			"--webhook", endpoint.URL)
		lines = startLines(t, c)
		return lines, func() { c.Process.Signal(os.Interrupt); c.Wait() }
	}
	lines, end := start(first)
	lines.await(t, "curl -s")
	environment, _ := stack.Running(data)
	sendTo(t, environment["AWS_ENDPOINT_URL_SQS"], aPaidEvent)
	lines.await(t, "502")
	end()
	lines, end = start(second)
	lines.await(t, "1 event waits for the endpoint "+first.URL+", which is not given")
	end()
	first.answers(http.StatusOK)
	lines, _ = start(first)
	lines.await(t, "delivered  200")
	if len(second.requests) != 0 {
		t.Error("an endpoint received the event of another one")
	}
}

// outputLines are the lines that a running command prints.
type outputLines chan string

func startLines(t *testing.T, c *exec.Cmd) outputLines {
	t.Helper()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Signal(os.Interrupt); c.Wait() })
	lines := make(outputLines, 1000)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	return lines
}

// await reads on until a line contains a text.
func (l outputLines) await(t *testing.T, text string) {
	t.Helper()
	end := time.After(time.Minute)
	for {
		select {
		case line, more := <-l:
			if strings.Contains(line, text) {
				return
			}
			if !more {
				t.Fatalf("the command ended without the line %q", text)
			}
		case <-end:
			t.Fatalf("there is no line %q", text)
		}
	}
}

// sendTo puts a message into the queue of the endpoint.
func sendTo(t *testing.T, queues, body string) {
	t.Helper()
	content, err := json.Marshal(map[string]string{"QueueUrl": "http://127.0.0.1/0/webhook-local", "MessageBody": body})
	if err != nil {
		t.Fatal(err)
	}
	in, err := http.NewRequestWithContext(t.Context(), http.MethodPost, queues, strings.NewReader(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("X-Amz-Target", "AmazonSQS.SendMessage")
	answer, err := http.DefaultClient.Do(in)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
}

func TestWrongWebhooksOfKasirLocalAreNamed(t *testing.T) {
	for want, c := range map[string]*exec.Cmd{
		`--webhook "http://192.168.1.7/hooks" must be https, or http to this machine`: kasir(t, "local", "--webhook",
			"http://192.168.1.7/hooks"),
		`--webhook "localhost:3000" must be a URL such as http://localhost:3000/hooks`: kasir(t, "local",
			"--webhook", "localhost:3000"),
		`--webhook "http://localhost:3000" is given twice`: kasir(t, "local", "--webhook", "http://localhost:3000",
			"--webhook", "http://localhost:3000"),
		"WEBHOOK_SECRET must be whsec_": withEnv(kasir(t, "local", "--webhook", "http://localhost:3000"),
			"WEBHOOK_SECRET=geheim"),
	} {
		if _, stderr, err := output(t, c); status(err) != 2 || !strings.Contains(stderr, want) ||
			strings.Contains(stderr, "geheim") {
			t.Errorf("%v %s, want %s", err, stderr, want)
		}
	}
	if _, stderr, err := output(t, kasir(t, "webhooks", "list", "--data", t.TempDir())); status(err) != 1 ||
		!strings.Contains(stderr, "start kasir local --webhook http://localhost:3000/hooks") {
		t.Errorf("%v %s", err, stderr)
	}
}

func withEnv(c *exec.Cmd, variable string) *exec.Cmd {
	c.Env = append(c.Env, variable)
	return c
}

// With --stage the endpoints come from the outputs. The letters' queue, the secret and the function are AWS's.
func TestWebhooksOfAStage(t *testing.T) {
	const queue = "https://sqs.ap-southeast-3.amazonaws.com/111122223333/kasir-shop"
	var mu sync.Mutex
	value, calls := "", []string{}
	stand := server(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		var in struct{ SecretString, QueueUrl string }
		json.Unmarshal(body, &in)
		calls = append(calls, action)
		switch {
		case action == "GetSecretValue" && value == "":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ResourceNotFoundException"}`)
		case action == "GetSecretValue":
			json.NewEncoder(w).Encode(map[string]string{"SecretString": value})
		case action == "PutSecretValue":
			value = in.SecretString
			fmt.Fprint(w, `{"VersionId":"1","VersionStages":["KASIRPENDING","AWSCURRENT"]}`)
		case action == "GetQueueAttributes" && strings.HasSuffix(in.QueueUrl, "-letters"):
			fmt.Fprint(w, `{"Attributes":{"ApproximateNumberOfMessages":"2","ApproximateNumberOfMessagesNotVisible":"1"}}`)
		case action == "GetQueueAttributes":
			fmt.Fprint(w, `{"Attributes":{"ApproximateNumberOfMessages":"0"}}`)
		case action == "StartMessageMoveTask":
			calls = append(calls, string(body))
			fmt.Fprint(w, `{"TaskHandle":"x"}`)
		case strings.HasSuffix(r.URL.Path, "/functions/kasir-deliver:live/invocations"):
			calls = append(calls, string(body))
			fmt.Fprint(w, `{"endpoint":"shop","event_id":"evt-test-1","ms":3,"outcome":"failed","cause":"no route"}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	endpoints := fmt.Sprintf(`[{"name":"shop","url":"https://shop.example/hooks","types":["payment.paid"],`+
		`"queue":%q,"letters":%q}]`, queue, queue+"-letters")
	outputs := stageOutputs(t, map[string]string{"Webhooks": endpoints, "DeliverFunction": "kasir-deliver:live",
		"WebhookSecretArn": "arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:webhooks-AbCdEf"})
	webhooks := func(args ...string) *exec.Cmd {
		c := kasir(t, append([]string{"webhooks"}, args...)...)
		c.Args = append(c.Args, "--stage", "production", "--outputs", outputs)
		c.Env = append(append(c.Env, someCredentials...), "AWS_ENDPOINT_URL_SQS="+stand,
			"AWS_ENDPOINT_URL_SECRETS_MANAGER="+stand, "AWS_ENDPOINT_URL_LAMBDA="+stand)
		return c
	}
	var list webhooksDocument
	oneDocument(t, &list, false, webhooks("list"))
	if one := list.Webhooks[0]; one.Secret != secretMissing || one.Letters != 3 || one.Types[0] != "payment.paid" {
		t.Errorf("%+v", list)
	}
	stdout, _, err := output(t, webhooks("rotate", "shop"))
	secrets, problem := webhook.ParseSecrets(value)
	if err != nil || problem != nil || string(secrets["shop"].Current) != strings.TrimSpace(stdout) ||
		webhook.CheckSecret(secrets["shop"].Current) != nil || secrets["shop"].Previous != "" {
		t.Errorf("%v %q %s", err, stdout, value)
	}
	if _, stderr, err := output(t, webhooks("test")); status(err) != 1 ||
		!strings.Contains(stderr, "shop did not receive the event: no route") {
		t.Errorf("%v %s", err, stderr)
	}
	if _, _, err := output(t, webhooks("redrive")); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	all := strings.Join(calls, "\n")
	for _, want := range []string{`{"test":"shop"}`,
		`"SourceArn":"arn:aws:sqs:ap-southeast-3:111122223333:kasir-shop-letters"`,
		`"DestinationArn":"arn:aws:sqs:ap-southeast-3:111122223333:kasir-shop"`} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
}

// An attempt that fails again in the same way is printed once.
func TestRepeatedFailuresArePrintedOnce(t *testing.T) {
	var out strings.Builder
	lines := &deliveryLines{&screen{text: &out}, map[string]string{}}
	line := func(outcome string, status, attempt int) {
		fmt.Fprintf(lines, `deliver | {"endpoint":"local","event_id":"evt-1","type":"payment.paid","attempt":%d,`+
			`"http_status":%d,"outcome":%q}`+"\n", attempt, status, outcome)
	}
	line("failed", 502, 1)
	line("failed", 502, 2)
	line("failed", 503, 3)
	line("delivered", 200, 4)
	fmt.Fprintln(lines, `deliver | panic: 4761349999000039`)
	fmt.Fprintln(lines, `notify | {"outcome":"failed"}`)
	if n := strings.Count(out.String(), "\n"); n != 3 || strings.Contains(out.String(), "attempt 2") {
		t.Errorf("%d lines:\n%s", n, &out)
	}
}
