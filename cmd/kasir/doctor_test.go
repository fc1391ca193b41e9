package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kasir/local/test/harness"
)

// The doctor checks the functions' binaries behind the local gateway, the stand-in for Secrets Manager, and the
// sandbox.
func TestDoctorNamesWhatIsWrong(t *testing.T) {
	running := harness.Start(t, nil)
	right := map[string]string{
		"ApiUrl": running.API, "NotificationUrl": running.API + "/notifications",
		"SecretArn": running.Environment["DOKU_SECRET_ARN"], "DokuEnvironment": running.DOKU,
	}
	behind, err := url.Parse(running.API)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/v1")
	}}
	mapped := server(t, proxy.ServeHTTP)
	open := server(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	tomorrow := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat))
	})
	another := `{"client_id":"` + running.Keys.ClientID + `","secret_key":"SK-another","quote_key":"` +
		strings.Repeat("q", 32) + `"}`
	family := strings.Replace(another, "SK-another", "doku_another", 1)

	for name, c := range map[string]struct {
		change map[string]string // to the outputs
		secret string            // content of the file; if empty, the secret is read from Secrets Manager
		want   []string
	}{
		"all is well": {nil, "",
			[]string{"ok  secret", "ok  clock", "ok  doku", "ok  notification", "ok  api", "All checks passed."}},
		"another key": {nil, another,
			[]string{"no  doku", "signs with another key", "no  notification", "refuses a right signature"}},
		"a key that never signs": {nil, family,
			[]string{"no  secret", "of the family doku_", "no  doku         not checked"}},
		"an empty secret": {nil, " ", []string{"no  secret", "put-secret-value"}},
		"no such secret": {map[string]string{"SecretArn": "arn:aws:secretsmanager:x:1:secret:other"}, "",
			[]string{"no  secret", "there is no such secret"}},
		"a path before the URL": {map[string]string{"NotificationUrl": mapped + "/v1/notifications"}, "",
			[]string{"no  notification", "NOTIFICATION_TARGET is not /v1/notifications"}},
		"nothing there": {map[string]string{"NotificationUrl": running.API + "/notification"}, "",
			[]string{"no  notification", "nothing is deployed there"}},
		"an open API": {map[string]string{"ApiUrl": open}, "", []string{"no  api", "answers 200 without a token"}},
		"a wrong clock": {map[string]string{"DokuEnvironment": tomorrow}, "",
			[]string{"no  clock", "from DOKU's: set it"}},
		"no DOKU": {map[string]string{"DokuEnvironment": "http://127.0.0.1:1"}, "",
			[]string{"no  clock", "cannot be reached"}},
		"another's DOKU": {map[string]string{"DokuEnvironment": "https://doku.example"}, "",
			[]string{"no  clock", "on loopback"}},
		"a wrong path of check status": {map[string]string{"DOKU_PATH_STATUS": "/orders/v9/status"}, "",
			[]string{"no  doku", "set DOKU_PATH_STATUS to the path of check status", "ok  notification"}},
		"not deployed": {map[string]string{"ApiUrl": ""}, "", []string{"has no output ApiUrl: deploy it again"}},
	} {
		stdout, stderr, err := examine(t, running.Environment, right, c.change, c.secret)
		for _, want := range c.want {
			if !strings.Contains(stdout+stderr, want) {
				t.Errorf("%s: no %q in\n%s%s", name, want, stdout, stderr)
			}
		}
		if well := strings.Contains(stdout, "All checks passed."); well != (err == nil) ||
			well != (name == "all is well") {
			t.Errorf("%s: %v\n%s%s", name, err, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, running.Keys.SecretKey) || strings.Contains(stdout+stderr, "SK-another") {
			t.Errorf("%s: a key is printed:\n%s%s", name, stdout, stderr)
		}
	}
}

// examine runs kasir doctor on the outputs of a deployment.
func examine(t *testing.T, environment, right, change map[string]string, secret string) (stdout, stderr string,
	err error) {
	t.Helper()
	dir, outputs := t.TempDir(), map[string]string{}
	var settings []string // those in change that belong to the environment
	for _, m := range []map[string]string{right, change} {
		for name, value := range m {
			if strings.HasPrefix(name, "DOKU_") {
				settings = append(settings, name+"="+value)
				continue
			}
			outputs[name] = value
		}
	}
	content, err := json.Marshal(map[string]any{"kasir-sandbox": outputs})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "cdk-outputs.json")
	args := []string{"doctor", "--outputs", file}
	write := func(name, content string) {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, string(content))
	if secret != "" {
		write(filepath.Join(dir, "secret.json"), secret)
		args = append(args, "--secret-file", filepath.Join(dir, "secret.json"))
	}
	c := kasir(t, args...)
	c.Env = append(append(c.Env, settings...), "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
		"AWS_SESSION_TOKEN=",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER="+environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"])
	return output(t, c)
}

func server(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

// CI has no key of DOKU's. It learns whether the functions run, and refuse what they must.
func TestDoctorWithoutTheSecret(t *testing.T) {
	running := harness.Start(t, nil)
	open := server(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	for want, outputs := range map[string]map[string]string{
		"All checks passed.":                           {},
		"answers 200 to a forged signature, want 401":  {"NotificationUrl": open},
		"nothing is deployed there":                    {"NotificationUrl": running.API + "/notification"},
		"answers 200 without a token, want 401":        {"ApiUrl": open},
		"no  notification http://127.0.0.1:1/ cannot ": {"NotificationUrl": "http://127.0.0.1:1/"},
	} {
		all := map[string]string{"ApiUrl": running.API, "NotificationUrl": running.API + "/notifications",
			"SecretArn": "arn:aws:secretsmanager:x:1:secret:unread", "DokuEnvironment": "sandbox"}
		maps.Copy(all, outputs)
		content, err := json.Marshal(map[string]any{"kasir-sandbox": all})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "cdk-outputs.json")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, err := output(t, kasir(t, "doctor", "--without-secret", "--outputs", file))
		if !strings.Contains(stdout, want) || (err == nil) != (len(outputs) == 0) || strings.Contains(stdout, "secret ") {
			t.Errorf("%q: %v\n%s%s", want, err, stdout, stderr)
		}
	}
}

func TestDoctorNeedsADeployment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cdk-outputs.json")
	_, stderr, err := output(t, kasir(t, "doctor", "--outputs", file))
	if err == nil || !strings.Contains(stderr, "run make deploy STAGE=sandbox first") {
		t.Errorf("%v %s", err, stderr)
	}
	_, stderr, err = output(t,
		kasir(t, "doctor", "--stage", "production")) // the file that make deploy STAGE=production writes
	if err == nil || !strings.Contains(stderr, "cdk-outputs.production.json") {
		t.Errorf("%v %s", err, stderr)
	}
	if err := os.WriteFile(file, []byte(`{"kasir-sandbox":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, err = output(t, kasir(t, "doctor", "--outputs", file, "--stage", "production"))
	if err == nil || !strings.Contains(stderr, "has no stack kasir-production") {
		t.Errorf("%v %s", err, stderr)
	}
}

func TestDoctorDoesNotRepeatASecretGivenForItsFile(t *testing.T) {
	_, err := deployment{secretFile: `{"secret_key":"SK-hush"}`}.readSecret(t.Context())
	if err == nil || !strings.Contains(err.Error(), "--secret-file") || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
}
