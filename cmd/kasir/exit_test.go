package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The exit status shows a script whether the command line was wrong or the command failed.
func TestExitStatuses(t *testing.T) {
	empty := t.TempDir()
	headers := filepath.Join(empty, "headers.txt")
	if err := os.WriteFile(headers, []byte("Client-Id: MCH-1\nSignature: HMACSHA256=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(empty, "secret.txt")
	if err := os.WriteFile(secret, []byte("SK-1"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]int{
		"version":                               0,
		"--help":                                0,
		"completion bash":                       0,
		"refund":                                2,
		"local --prot 1":                        2,
		"local --port 99999":                    2,
		"orders show":                           2,
		"orders show a b":                       2,
		"orders bogus":                          2,
		"version 2":                             2,
		"invoke createpage":                     2,
		"invoke refun -e events/notify.json":    2,
		"invoke notify -e events/nothing.json":  1,
		"orders --stage a --data b":             2,
		"orders --outputs x.json":               2,
		"orders --stage nowhere":                1,
		"orders --data " + empty:                1,
		"token --ttl soon":                      2,
		"token --data " + empty:                 1,
		"quote --amount 1":                      2,
		"quote --invoice A --amount 1 --item x": 2,
		"resolve INV-1 capture --done":          2,
		"close INV-1 --data " + empty:           1,
		"doctor --pay":                          2,
		"clock +1h +1h":                         2,
		"clock 1h":                              2,
		"clock -1h":                             2,
		"events wirte":                          2,
		"events":                                0,
		"completion tcsh":                       2,
		"quote --invoice A --amount 0":          2,
		"clock --forget":                        2,
		"settle":                                2,
		"clock --data " + empty:                 1,
		"doctor --stage nowhere":                1,
		"load --payments 0":                     2,
		"soak --kill 2":                         2,
		"sandbox --retries soon":                2,
		"verify":                                2,
		"verify --headers " + headers + " --secret-file " + secret: 1,
	} {
		fields := strings.Fields(args)
		_, stderr, err := output(t, kasir(t, fields...))
		if got := status(err); got != want {
			t.Errorf("kasir %s: exit status %d, want %d\n%s", args, got, want, stderr)
		}
		stdout, stderr, err := output(t, kasir(t, append(fields, "--json")...))
		var failed struct{ Error string }
		if got := status(err); got != want {
			t.Errorf("kasir %s --json: exit status %d, want %d\n%s", args, got, want, stderr)
		}
		if want > 0 && (json.Unmarshal([]byte(stderr), &failed) != nil || failed.Error == "") {
			t.Errorf("kasir %s --json: standard error is no JSON error: %s\n%s", args, stderr, stdout)
		}
	}
}
