package lambda

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEnvironmentIsLambdasAndNothingElse(t *testing.T) {
	t.Setenv("AWS_PROFILE", "the-developer")
	t.Setenv("AWS_ACCESS_KEY_ID", "the-developer's")
	t.Setenv("HTTPS_PROXY", "http://proxy")
	r, err := New(Config{
		Functions: []Function{{
			Name: "createpage", Binary: probe, MemoryMB: 256,
			Env: map[string]string{"TABLE_NAME": "orders", "AWS_SECRET_ACCESS_KEY": "for-the-local-table"},
		}},
		Now: func() time.Time { return time.Date(2126, 11, 22, 23, 0, 0, 0, time.FixedZone("WIB", 7*60*60)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	payload, err := r.Invoke(t.Context(), "createpage", []byte(`{"do":"env"}`))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	if err := json.Unmarshal(payload, &lines); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		got[name] = value
	}
	for name, shape := range map[string]string{
		"AWS_LAMBDA_RUNTIME_API":     `^127\.0\.0\.1:\d+$`,
		"AWS_LAMBDA_LOG_STREAM_NAME": `^2126/11/22/\[\$LATEST\][0-9a-f]{32}$`,
		"_X_AMZN_TRACE_ID":           `^Root=1-`, // set by the runtime for each event
	} {
		if !regexp.MustCompile(shape).MatchString(got[name]) {
			t.Errorf("%s=%q, want %s", name, got[name], shape)
		}
		delete(got, name)
	}
	if diff := cmp.Diff(map[string]string{
		"AWS_ACCESS_KEY_ID":               "local",
		"AWS_DEFAULT_REGION":              "ap-southeast-3",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
		"AWS_LAMBDA_FUNCTION_NAME":        "createpage",
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/createpage",
		"AWS_REGION":                      "ap-southeast-3",
		"AWS_SECRET_ACCESS_KEY":           "for-the-local-table",
		"AWS_SESSION_TOKEN":               "local",
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LAMBDA_TASK_ROOT":                filepath.Dir(probe),
		"LANG":                            "en_US.UTF-8",
		"PATH":                            os.Getenv("PATH"),
		"TABLE_NAME":                      "orders",
		"TZ":                              ":UTC",
		"_HANDLER":                        "bootstrap",
	}, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}
