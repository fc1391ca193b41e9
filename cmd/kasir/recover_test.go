package main

import (
	"strings"
	"testing"
)

// kasir recover ends no hold that is not there, and names what is wrong with its command line or with the deployment.
func TestRecoverNeedsARestoredTable(t *testing.T) {
	settings := map[string]string{"TableName": "kasir", "Settings": "{}"}
	restored := map[string]string{"TableName": "kasir", "Settings": "{}", "RecoverySource": `{"archive":"a","bus":"b",` +
		`"rule":"r","queue":"http://127.0.0.1:1/q","restored_to":"2026-11-30T10:00:00Z"}`}
	for _, c := range []struct {
		name    string
		outputs map[string]string
		args    []string
		status  int
		want    string
	}{
		{"a stage whose table was not restored", settings, nil, 1, "kasir-production has no restored table"},
		{"an unreadable time", restored, []string{"--since", "yesterday"}, 2, "--since \"yesterday\""},
		{"a time after the restore", restored, []string{"--since", "2026-11-30T10:00:01Z"}, 2, "after the restore"},
		{"a wrong rate", restored, []string{"--rate", "0"}, 2, "--rate 0"},
		{"no patience", restored, []string{"--patience", "0s"}, 2, "--patience 0s"},
		{"an archive that does not answer", restored, nil, 1, "captures and refunds are still held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := kasir(t, append([]string{"recover", "--stage", "production", "--outputs", stageOutputs(t, c.outputs)},
				c.args...)...)
			const nowhere = "http://127.0.0.1:1"
			run.Env = append(append(run.Env, someCredentials...), "AWS_ENDPOINT_URL_DYNAMODB="+nowhere,
				"AWS_ENDPOINT_URL_EVENTBRIDGE="+nowhere, "AWS_ENDPOINT_URL_SQS="+nowhere, "AWS_MAX_ATTEMPTS=1")
			_, stderr, err := output(t, run)
			if status(err) != c.status || !strings.Contains(stderr, c.want) {
				t.Errorf("status %d, %s", status(err), stderr)
			}
		})
	}
}
