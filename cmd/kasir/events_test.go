package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/function"
)

// announced starts a stack that kasir's commands find in the folder data.
func announced(t *testing.T, change func(*stack.Config)) (running *stack.Stack, data string) {
	t.Helper()
	running, data = harness.Start(t, change), t.TempDir()
	withdraw, err := running.Announce(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(withdraw)
	return running, data
}

// Every event written for a running kasir local gets the answer in its printed line, in that order.
func TestWrittenEventsWorkOnTheRunningStack(t *testing.T) {
	running, data := announced(t, func(c *stack.Config) {
		c.Settings = map[string]string{
			"SCOPE_PREFIX": "kasir/", "CALLBACK_HOSTS": "shop.example.com", "NOTIFICATION_TARGET": "/v1/notifications",
			"NOTIFICATION_MAX_AGE": "1h", "MATCH_REQUEST_ID": "require",
		}
	})
	if _, problems, err := output(t, kasir(t, "clock", "+48h", "--data", data)); err != nil {
		t.Fatal(err, problems)
	}
	environment, _ := stack.Running(data)
	out := filepath.Join(t.TempDir(), "out")
	said, problems, err := output(t, kasir(t, "events", "write", "--data", data, "--out", out))
	if err != nil {
		t.Fatal(err, problems)
	}
	if want := fmt.Sprintf("wrote %d event files", len(eventFiles)); !strings.Contains(said, want) {
		t.Errorf("%q is not in: %s", want, said)
	}
	if want := " invoke capture -e " + filepath.Join(out, "events", "capture.json") + " --data " +
		data; !strings.Contains(said, want) {
		t.Errorf("no command %q in\n%s", want, said)
	}
	covered := map[string]bool{}
	for _, f := range eventFiles {
		covered[f.function()] = true
		content, err := os.ReadFile(filepath.Join(out, "events", f.name))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := stack.Invoke(t.Context(), harness.Functions(), f.function(), environment, content, io.Discard)
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		var got struct {
			StatusCode int
			Body       string
		}
		if err := json.Unmarshal(answer, &got); err != nil {
			t.Fatal(err)
		}
		want, number, _ := strings.Cut(f.answer, " ")
		want = strings.Trim(want, ",;")
		unpaid := strings.HasPrefix(number, "PAID") && !strings.Contains(got.Body, `"status":"PAID"`)
		if got.StatusCode != 0 && want != fmt.Sprint(got.StatusCode) || unpaid {
			t.Errorf("%s: promised %q, answered %d %s", f.name, f.answer, got.StatusCode, got.Body)
		}
		if strings.Contains(got.Body, "unmatched_request") {
			t.Errorf("%s: the notification names a page that was not asked for: %s", f.name, got.Body)
		}
		if strings.Contains(f.answer, "pay with") || strings.Contains(f.answer, "pay again") {
			payOn(t, running, got.Body, f.name == "createpage-authorize.json")
		}
	}
	if len(covered) != len(function.All) {
		t.Errorf("events for the functions %v only", covered)
	}
}

// payOn pays on the page of an answer, and waits until kasir has the payment.
func payOn(t *testing.T, running *stack.Stack, body string, reserved bool) {
	t.Helper()
	var page struct {
		merchant.Page
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Mastercard)
	if err != nil {
		t.Fatal(err)
	}
	want := map[bool]string{false: "PAID", true: "AUTHORIZED"}[reserved]
	if _, err := harness.API(t, running).Await(t.Context(), page.Order.InvoiceNumber, want); err != nil {
		t.Fatal(err)
	}
}

// A person's files are not overwritten, and the error without a running kasir local names the command to run.
func TestEventsAreWrittenOverOwnFilesOnly(t *testing.T) {
	_, data := announced(t, nil)
	out := t.TempDir()
	write := func(args ...string) string {
		_, problems, _ := output(t, kasir(t, append([]string{"events", "write", "--out", out}, args...)...))
		return problems
	}
	for range 2 {
		if problems := write("--data", data); problems != "" {
			t.Fatal(problems)
		}
	}
	mine := filepath.Join(out, "events", "capture.json")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(out, "events", "refund.json"))
	if err != nil {
		t.Fatal(err)
	}
	if problems := write("--data", data); !strings.Contains(problems, mine+" is not as kasir wrote it") {
		t.Error(problems)
	}
	content, _ := os.ReadFile(mine)
	after, _ := os.ReadFile(filepath.Join(out, "events", "refund.json"))
	if string(content) != "mine" || string(after) != string(before) {
		t.Error("something was written beside a file that is not kasir's")
	}
	for want, args := range map[string][]string{
		"start one with make run":   {"--data", t.TempDir()},
		"make deploy STAGE=nowhere": {"--stage", "nowhere"},
		"name it with --stage":      {"--outputs", "x"},
		"unexpected argument":       {"extra"},
		"reading the template":      {"--data", data, "--template", "nowhere.json"},
		"is not a template":         {"--data", data, "--template", "README.md"},
		"has no CreatepageFunction": {"--data", data, "--template", "package.json"},
	} {
		if problems := write(args...); !strings.Contains(problems, want) {
			t.Errorf("%v: %s, want %q", args, problems, want)
		}
	}
}

// stageTemplate writes the parts of make synth's template that sam local reads.
func stageTemplate(t *testing.T) string {
	t.Helper()
	dir, architecture := t.TempDir(), map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	resources := map[string]any{"Orders": map[string]any{"Type": "AWS::DynamoDB::Table"}}
	for _, f := range function.All {
		if err := writeFile(filepath.Join(dir, "asset."+f.Name, "bootstrap"), []byte(f.Name)); err != nil {
			t.Fatal(err)
		}
		resources[function.LogicalID(f.Name)] = map[string]any{
			"Type":     "AWS::Lambda::Function",
			"Metadata": map[string]any{"aws:asset:path": "asset." + f.Name, "aws:asset:property": "Code"},
			"Properties": map[string]any{
				"Architectures": []string{architecture},
				"Environment":   map[string]any{"Variables": map[string]any{"TABLE_NAME": map[string]string{"Ref": "Orders"}}},
			},
		}
	}
	content, err := json.Marshal(map[string]any{"Resources": resources})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "kasir-sandbox.template.json")
	if err := writeFile(file, content); err != nil {
		t.Fatal(err)
	}
	return file
}

type samTemplate struct {
	Resources map[string]struct {
		Type       string
		Metadata   map[string]string
		Properties struct {
			Environment struct{ Variables map[string]any }
		}
	}
}

// In sam local's files for a running stack every variable is declared, every address is a container's, and the binaries
// exist.
func TestSAMGetsTheEnvironmentOfTheRunningStack(t *testing.T) {
	running, data := announced(t, nil)
	out := t.TempDir()
	write := kasir(t, "events", "write", "--data", data, "--out", out, "--template", stageTemplate(t))
	if _, problems, err := output(t, write); err != nil {
		t.Fatal(err, problems)
	}
	var given struct{ Parameters map[string]string }
	var template samTemplate
	readJSON(t, filepath.Join(out, "env.json"), &given)
	readJSON(t, filepath.Join(out, "template.json"), &template)
	for name, value := range running.Environment {
		if want := strings.Replace(value, "127.0.0.1:", "host.docker.internal:", 1); given.Parameters[name] != want {
			t.Errorf("%s is %q, want %q", name, given.Parameters[name], want)
		}
	}
	issuer := given.Parameters["KASIR_LOCAL_ISSUER"]
	if want := strings.Replace(running.Issuer, "127.0.0.1", "host.docker.internal", 1); issuer != want {
		t.Errorf("the issuer is %q, want %q", issuer, want)
	}
	content, err := os.ReadFile(filepath.Join(out, "env.json"))
	if err != nil || strings.Contains(string(content), running.Keys.SecretKey) {
		t.Error("env.json holds DOKU's key")
	}
	for _, f := range function.All {
		r := template.Resources[function.LogicalID(f.Name)]
		for name := range given.Parameters {
			if _, declared := r.Properties.Environment.Variables[name]; !declared {
				t.Errorf("%s does not declare %s, so that SAM would leave it out", f.Name, name)
			}
		}
		content, err := os.ReadFile(filepath.Join(out, r.Metadata["aws:asset:path"], "bootstrap"))
		if string(content) != f.Name {
			t.Errorf("%s: the binary is %q, %v", f.Name, content, err)
		}
	}
}

// The files for a deployed stage have its prefix, its host, its region and its key. sam local gets the values that only
// AWS knows.
func TestEventsOfAStage(t *testing.T) {
	const api = "https://abc.execute-api.eu-west-1.amazonaws.com"
	outputs := filepath.Join(t.TempDir(), "outputs.json")
	deployed := func(doku string) {
		content, err := json.Marshal(map[string]any{"kasir-sandbox": map[string]string{
			"ApiUrl": api, "NotificationUrl": api + "/notifications", "TableName": "the-table", "BusName": "the-bus",
			"StaffClientId":   "the-client",
			"SecretArn":       "arn:aws:secretsmanager:eu-west-1:111122223333:secret:kasir-x",
			"DokuEnvironment": doku,
			"Settings":        `{"SCOPE_PREFIX":"kasir/","CALLBACK_HOSTS":"shop.example.com,other.example"}`,
		}})
		if err != nil || os.WriteFile(outputs, content, 0o600) != nil {
			t.Fatal(err)
		}
	}
	deployed("sandbox")
	out := t.TempDir()
	stage := []string{"events", "write", "--stage", "sandbox", "--outputs", outputs, "--out"}
	write := kasir(t, append(stage, out, "--template", stageTemplate(t))...)
	write.Env = append(write.Env, "DOKU_CLIENT_ID=BRN-1", "DOKU_SECRET_KEY=SK-a-key-of-nobody")
	said, problems, err := output(t, write)
	if err != nil || strings.Contains(said, "SK-a-key") || strings.Contains(said, "socat") {
		t.Fatal(said, err, problems)
	}
	page, err := os.ReadFile(filepath.Join(out, "events", "createpage.json"))
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(api, "https://")
	for _, want := range []string{"kasir/payments:create", host, `https://shop.example.com/\"`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("createpage.json lacks %s: %s", want, page)
		}
	}
	var given map[string]map[string]string
	readJSON(t, filepath.Join(out, "env.json"), &given)
	c, bus := given["CaptureFunction"], given["PublishFunction"]["EVENT_BUS"]
	if c["TABLE_NAME"] != "the-table" || c["DOKU_SECRET_ARN"] == "" || bus != "the-bus" ||
		c["STAFF_CLIENTS"] != "the-client" || given["NotifyFunction"]["STAFF_CLIENTS"] != "" {
		t.Errorf("env.json has %v", given)
	}
	var template samTemplate
	readJSON(t, filepath.Join(out, "template.json"), &template)
	v := template.Resources["CaptureFunction"].Properties.Environment.Variables
	if len(v) != 1 || v["TABLE_NAME"] == "" {
		t.Errorf("the stage's own variables were changed: %v", v)
	}
	deployed("production") // in production nobody may make an order PAID
	out = t.TempDir()
	write = kasir(t, append(stage, out)...)
	write.Env = append(write.Env, "DOKU_CLIENT_ID=BRN-1", "DOKU_SECRET_KEY=SK-a-key-of-nobody")
	if said, problems, err := output(t, write); err != nil || !strings.Contains(said, "no notifications") {
		t.Fatal(said, err, problems)
	}
	if _, err := os.Stat(filepath.Join(out, "events", "notify.json")); err == nil {
		t.Error("a notification was signed for production")
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
