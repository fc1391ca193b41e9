package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"kasir/local/test/harness"
)

// The doctor reports a path of check status that DOKU does not have.
func TestSeen3DoctorNamesAStatusPathThatIsNotThere(t *testing.T) {
	running := harness.Start(t, nil)
	behind, err := url.Parse(running.DOKU)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"DOKU's":      `{"message":"No static resource orders/v9/status."}`,
		"a gateway's": `{"message":"no Route matched with those values"}`,
	} {
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind) }}
		doku := server(t, func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/status") {
				proxy.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, body)
		})
		right := map[string]string{
			"ApiUrl": running.API, "NotificationUrl": running.API + "/notifications",
			"SecretArn": running.Environment["DOKU_SECRET_ARN"], "DokuEnvironment": running.DOKU,
		}
		stdout, stderr, err := examine(t, running.Environment, right, map[string]string{"DokuEnvironment": doku}, "")
		if err == nil || !strings.Contains(stdout, "no  doku") {
			t.Errorf("%s 404 to check status passes: %v\n%s%s", name, err, stdout, stderr)
		}
	}
}
