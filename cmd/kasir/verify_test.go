package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kasir/local/test/harness"
)

const (
	verifyKey  = "SK-verify-canary-0001"
	verifyBody = `{"order":{"invoice_number":"INV-1","amount":90000}}`
)

// signDOKU signs by DOKU's guide, without kasir's code.
func signDOKU(key, stamp, target, body string) string {
	return signID(key, "r-1", stamp, target, body)
}

func signID(key, id, stamp, target, body string) string {
	sum := sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("Client-Id:MCH-1\nRequest-Id:" + id + "\nRequest-Timestamp:" + stamp + "\nRequest-Target:" +
		target + "\nDigest:" + base64.StdEncoding.EncodeToString(sum[:])))
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// verify runs kasir verify in a folder with these files, and only these settings of DOKU.
func verify(t *testing.T, files map[string]string, stdin string, settings []string, args ...string) (stdout,
	stderr string, code int) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := kasir(t, append([]string{"verify", "--data", dir}, args...)...)
	c.Dir, c.Stdin = dir, strings.NewReader(stdin)
	c.Env = append(c.Env, "DOKU_SECRET_KEY=", "DOKU_PREVIOUS_SECRET_KEY=", "DOKU_CLIENT_ID=", "NOTIFICATION_TARGET=")
	c.Env = append(c.Env, settings...)
	stdout, stderr, err := output(t, c)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return stdout, stderr, code
}

func TestVerifySaysWhatDiffers(t *testing.T) {
	stamp := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	headers := func(key, target string) string {
		return "Client-Id: MCH-1\nRequest-Id: r-1\nRequest-Timestamp: " + stamp + "\nSignature: " +
			signDOKU(key, stamp, target, verifyBody) + "\n"
	}
	right := headers(verifyKey, "/notifications")
	curl := func(url, body string) string {
		text := "curl '" + url + "' \\\n"
		for row := range strings.Lines(right) {
			text += "  -H '" + strings.TrimSpace(row) + "' \\\n"
		}
		return text + "  --data-raw '" + body + "'\n"
	}
	files := map[string]string{
		"headers.txt": right, "body.json": verifyBody,
		"indented.json": "{\n  \"order\": {\n    \"invoice_number\": \"INV-1\",\n    \"amount\": 90000\n  }\n}\n",
		"key.txt":       verifyKey + "\n", "other.txt": "SK-other-canary-0002\n",
		"stage.txt": headers(verifyKey, "/prod/notifications"),
		"space.txt": strings.Replace(strings.Replace(right, "r-1", "r 1", 1),
			signDOKU(verifyKey, stamp, "/notifications", verifyBody),
			signID(verifyKey, "r 1", stamp, "/notifications", verifyBody), 1),
		"empty.txt": strings.Replace(right, signDOKU(verifyKey, stamp, "/notifications", verifyBody),
			signDOKU(verifyKey, stamp, "/notifications", ""), 1),
		"old.txt":     headers("SK-other-canary-0002", "/notifications"),
		"request.txt": curl("https://api.example/prod/notifications", verifyBody), "line.json": verifyBody + "\n",
	}
	key := []string{"DOKU_SECRET_KEY=" + verifyKey}
	for name, tt := range map[string]struct {
		stdin    string
		settings []string
		args     []string
		want     string
	}{
		"right": {args: []string{"--headers", "headers.txt", "--body", "body.json", "--secret-file",
			"key.txt"}, want: "The signature is right."},
		"right, from stdin": {stdin: verifyBody, settings: key,
			args: []string{"--headers", "headers.txt", "--body", "-"}, want: "The signature is right."},
		"right, as curl": {stdin: curl("https://h.example/notifications", verifyBody), settings: key,
			args: []string{"--curl", "-"}, want: "The signature is right."},
		"right target": {settings: key, args: []string{"--curl", "request.txt", "--target", "/notifications"},
			want: "The signature is right."},
		"indented": {settings: key, args: []string{"--headers", "headers.txt", "--body", "indented.json"},
			want: "wrong: body compacted."},
		"a line feed": {settings: key, args: []string{"--headers", "headers.txt", "--body", "line.json"},
			want: "wrong: line break at the end."},
		"a stage": {settings: key,
			args: []string{"--headers", "stage.txt", "--body", "body.json", "--path", "/notifications"},
			want: "wrong: path prefix."},
		"a stage, as curl": {settings: key, args: []string{"--curl", "request.txt"}, want: "wrong: path prefix."},
		"configured target": {settings: append(key, "NOTIFICATION_TARGET=/pay/doku"),
			args: []string{"--headers", "headers.txt", "--body", "body.json"},
			want: "nothing that was tried explains it"},
		"previous key": {args: []string{"--headers", "old.txt", "--body", "body.json", "--secret-file",
			"key.txt", "--previous-secret-file", "other.txt"}, want: "wrong: previous key."},
		"another client": {settings: key,
			args: []string{"--headers", "headers.txt", "--body", "body.json", "--client-id", "MCH-2"},
			want: "would be refused: Client-Id."},
		"an id with a space": {settings: key, args: []string{"--headers", "space.txt", "--body", "body.json"},
			want: "would be refused: characters of Request-Id."},
		"no body": {stdin: "", settings: key, args: []string{"--headers", "empty.txt", "--body", "-"},
			want: "would be refused: body is no JSON object."},
		"a body that changed": {stdin: strings.Replace(verifyBody, "9", "8", 1), settings: key,
			args: []string{"--headers", "headers.txt", "--body", "-"}, want: "nothing that was tried explains it"},
		"method GET": {settings: key,
			args: []string{"--headers", "headers.txt", "--body", "body.json", "--method", "GET"},
			want: "wrong: digest on a GET."},
	} {
		stdout, stderr, code := verify(t, files, tt.stdin, tt.settings, tt.args...)
		wantCode, wantErr := 1, "kasir: the signature is wrong\n"
		switch {
		case strings.HasPrefix(tt.want, "The signature is right"):
			wantCode, wantErr = 0, ""
		case strings.HasPrefix(tt.want, "would be refused"):
			wantErr = "kasir: the message would be refused\n"
		}
		if code != wantCode || stderr != wantErr || !strings.Contains(stdout, tt.want) {
			t.Errorf("%s: exit %d, %s\n%s", name, code, stderr, stdout)
		}
		for _, secret := range []string{"canary",
			strings.TrimPrefix(signDOKU(verifyKey, stamp, "/notifications", verifyBody), "HMACSHA256=")[:12]} {
			if strings.Contains(stdout+stderr, secret) {
				t.Errorf("%s: a key or a signature is shown:\n%s", name, stdout)
			}
		}
	}
}

func TestVerifyErrorsNameTheFlag(t *testing.T) {
	files := map[string]string{"headers.txt": "Client-Id: a\n", "empty.txt": "\n", "curl.txt": "curl h -F a=b"}
	key := []string{"DOKU_SECRET_KEY=" + verifyKey}
	for want, args := range map[string][]string{
		"give --headers and --body, or --curl": nil,
		"give it alone":                        {"--curl", "curl.txt", "--body", "x"},
		"cannot both be standard input":        {"--headers", "-", "--body", "-"},
		"reading --headers":                    {"--headers", "missing"},
		"reading --body":                       {"--headers", "headers.txt", "--body", "missing"},
		"reading --curl":                       {"--curl", "missing"},
		"the command of --curl: the option -F": {"--curl", "curl.txt"},
		"the file of --headers: line 1":        {"--headers", "curl.txt"},
		"reading --secret-file, which takes the name of a file: no such file": {"--headers", "headers.txt",
			"--secret-file", verifyKey},
		"reading --previous-secret-file, which takes the name of a file": {"--headers", "headers.txt",
			"--previous-secret-file", verifyKey + "/x"},
		"the file of --previous-secret-file is empty": {"--headers", "headers.txt", "--previous-secret-file",
			"empty.txt"},
		"unknown flag: --secret": {"--headers", "headers.txt", "--secret=" + verifyKey},
		"takes no argument":      {verifyKey},
	} {
		stdout, stderr, code := verify(t, files, "", key, args...)
		if code == 0 || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 ||
			strings.Contains(stderr, "canary") {
			t.Errorf("%s: exit %d\n%s%s", want, code, stdout, stderr)
		}
	}
	if _, stderr, code := verify(t, files, "", nil, "--headers", "headers.txt"); code != 1 ||
		!strings.Contains(stderr, "--secret-file") {
		t.Errorf("no key: exit %d, %s", code, stderr)
	}
}

// Without a key, verify uses the key, Client-Id and path of the running kasir local.
func TestVerifyTakesTheKeyOfTheRunningKasirLocal(t *testing.T) {
	database, err := net.Listen("tcp", "127.0.0.1:0") // a listener, by which a running stack differs from a killed one
	if err != nil {
		t.Fatal(err)
	}
	stamp := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	files := map[string]string{
		"running.json": `{"environment":{"AWS_ENDPOINT_URL_DYNAMODB":"http://` + database.Addr().String() +
			`","DOKU_CLIENT_ID":"MCH-1","DOKU_SECRET_KEY":"` + verifyKey + `","NOTIFICATION_TARGET":"/n"}}`,
		"headers.txt": "Client-Id: MCH-1\nRequest-Id: r-1\nRequest-Timestamp: " + stamp + "\nSignature: " +
			signDOKU(verifyKey, stamp, "/n", verifyBody),
		"body.json": verifyBody,
	}
	if stdout, stderr, code := verify(t, files, "", nil, "--headers", "headers.txt", "--body", "body.json"); code != 0 {
		t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
	}
	database.Close()
	if _, stderr, code := verify(t, files, "", nil, "--headers", "headers.txt", "--body", "body.json"); code != 1 ||
		!strings.Contains(stderr, "no key") {
		t.Errorf("the stack has ended: exit %d, %s", code, stderr)
	}
}

// With --stage the keys and the notification path are those of the deployment.
func TestVerifyWithTheKeysOfAStage(t *testing.T) {
	running := harness.Start(t, nil)
	outputs := stageOutputs(t, map[string]string{
		"SecretArn": running.Environment["DOKU_SECRET_ARN"], "NotificationUrl": "https://pay.example/v1/doku",
	})
	stamp := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	for key, right := range map[string]bool{running.Keys.SecretKey: true, "SK-another": false} {
		sum := sha256.Sum256([]byte(verifyBody))
		mac := hmac.New(sha256.New, []byte(key))
		fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:r-1\nRequest-Timestamp:%s\nRequest-Target:/v1/doku\nDigest:%s",
			running.Keys.ClientID, stamp, base64.StdEncoding.EncodeToString(sum[:]))
		headers := fmt.Sprintf("Client-Id: %s\nRequest-Id: r-1\nRequest-Timestamp: %s\nSignature: HMACSHA256=%s\n",
			running.Keys.ClientID, stamp, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		file := filepath.Join(t.TempDir(), "headers.txt")
		if err := os.WriteFile(file, []byte(headers), 0o600); err != nil {
			t.Fatal(err)
		}
		c := kasir(t, "verify", "--headers", file, "--body", "-", "--stage", "production", "--outputs", outputs)
		c.Stdin = strings.NewReader(verifyBody)
		c.Env = append(append(c.Env, someCredentials...), "DOKU_SECRET_KEY=SK-other",
			"AWS_ENDPOINT_URL_SECRETS_MANAGER="+running.Environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"])
		stdout, stderr, err := output(t, c)
		if (err == nil) != right || strings.Contains(stdout, "The signature is right.") != right {
			t.Errorf("%v\n%s%s", err, stdout, stderr)
		}
	}
}
