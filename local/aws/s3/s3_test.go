package s3_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"kasir/local/aws/s3"
)

// open returns a bucket, the SDK's client of it, and the events of new objects below in/.
func open(t *testing.T) (client *awss3.Client, address string, events *[]string) {
	t.Helper()
	server, err := s3.Open("box", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	events = &[]string{}
	server.Notify("in/", func(event []byte) { *events = append(*events, string(event)) })
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return awss3.New(awss3.Options{
		Region: "us-east-1", BaseEndpoint: &listener.URL, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	}), listener.URL, events
}

// code returns the code of an error of S3.
func code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

// A key that no file can have is the caller's fault, and no answer names a folder of this machine.
func TestAnswersNameNoFolder(t *testing.T) {
	dir := t.TempDir()
	server, err := s3.Open("box", dir)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	for _, key := range []string{"in/a%00b", "in/" + strings.Repeat("x", 300), "in", "in/a/b"} {
		request, _ := http.NewRequest(http.MethodPut, listener.URL+"/box/"+key, strings.NewReader("x"))
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if bad := len(key) > 6; bad && answer.StatusCode != http.StatusBadRequest ||
			strings.Contains(string(body), dir) {
			t.Errorf("%.20s: %d %s", key, answer.StatusCode, body)
		}
	}
}

// The SDK puts an object and gets it in the version that it asks for. Only keys below the prefix make an event.
func TestTheSDKPutsAndGets(t *testing.T) {
	client, _, events := open(t)
	put := func(key, content string) *awss3.PutObjectOutput {
		out, err := client.PutObject(t.Context(), &awss3.PutObjectInput{
			Bucket: aws.String("box"), Key: &key, Body: strings.NewReader(content),
		})
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		return out
	}
	get := func(bucket, key, etag string) (string, error) {
		in := &awss3.GetObjectInput{Bucket: &bucket, Key: &key}
		if etag != "" {
			in.IfMatch = &etag
		}
		out, err := client.GetObject(t.Context(), in)
		if err != nil {
			return "", err
		}
		content, err := io.ReadAll(out.Body)
		return string(content), err
	}
	first := put("in/a b.csv", "one")
	if got, err := get("box", "in/a b.csv", *first.ETag); got != "one" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	put("in/a b.csv", "two")
	put("out/x", "three")
	if _, err := get("box", "in/a b.csv", *first.ETag); code(err) != "PreconditionFailed" {
		t.Errorf("another version: %v", err)
	}
	if _, err := get("box", "in/none", ""); code(err) != "NoSuchKey" {
		t.Errorf("no object: %v", err)
	}
	if _, err := get("other", "in/a b.csv", ""); code(err) != "NoSuchBucket" {
		t.Errorf("no bucket: %v", err)
	}
	if len(*events) != 2 || !strings.Contains((*events)[0], `"key":"in%2Fa+b.csv"`) ||
		!strings.Contains((*events)[0], strings.Trim(*first.ETag, `"`)) {
		t.Errorf("the events are %q", *events)
	}
}

// A key cannot leave the folder.
func TestAKeyStaysInTheFolder(t *testing.T) {
	_, address, _ := open(t)
	for _, key := range []string{"../x", "in/../../x", "/x", `..\x`, "in//x", ""} {
		request, err := http.NewRequestWithContext(t.Context(), "PUT", address+"/box/"+key, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		request.URL.Path, request.URL.RawPath = "/box/"+key, ""
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode < 400 {
			t.Errorf("%q: %s", key, response.Status)
		}
	}
}

// A form takes the one object that it was signed for, of a size that its policy allows, until it ends.
func TestAFormHasLimits(t *testing.T) {
	client, address, events := open(t)
	send := func(content string, valid time.Duration, change func(map[string]string)) int {
		signed, err := awss3.NewPresignClient(client).PresignPostObject(t.Context(),
			&awss3.PutObjectInput{Bucket: aws.String("box"), Key: aws.String("in/form.csv")},
			func(o *awss3.PresignPostOptions) {
				o.Expires, o.Conditions = valid, []any{[]any{"content-length-range", 1, 5}}
			})
		if err != nil {
			t.Fatal(err)
		}
		if signed.URL != address+"/box" {
			t.Errorf("the form is for %s", signed.URL)
		}
		if change != nil {
			change(signed.Values)
		}
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, value := range signed.Values {
			if err := form.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
		file, err := form.CreateFormFile("file", "x")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(file, content)
		form.Close()
		response, err := http.Post(signed.URL, form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	if got := send("12345", time.Minute, nil); got != http.StatusNoContent || len(*events) != 1 {
		t.Errorf("the form: %d, %q", got, *events)
	}
	for name, got := range map[string]int{
		"too large": send("123456", time.Minute, nil), "empty": send("", time.Minute, nil),
		"ended":       send("1", -time.Minute, nil),
		"another key": send("1", time.Minute, func(f map[string]string) { f["key"] = "in/other.csv" }),
		"unsigned":    send("1", time.Minute, func(f map[string]string) { delete(f, "X-Amz-Signature") }),
	} {
		if got < 400 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if len(*events) != 1 {
		t.Errorf("the events are %q", *events)
	}
}

// Pages of allowed origins may send forms, also with progress, for which the browser asks first. No other page may.
func TestPagesOfOtherOrigins(t *testing.T) {
	server, err := s3.Open("box", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.Allow("https://kasir.example")
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	for _, c := range []struct {
		origin, method string
		allowed        bool
	}{
		{"https://kasir.example", http.MethodPost, true}, {"https://kasir.example", http.MethodPut, false},
		{"https://evil.example", http.MethodPost, false},
	} {
		request, _ := http.NewRequest(http.MethodOptions, listener.URL+"/box", nil)
		request.Header.Set("Origin", c.origin)
		request.Header.Set("Access-Control-Request-Method", c.method)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		allowed := answer.StatusCode == http.StatusOK && answer.Header.Get("Access-Control-Allow-Origin") == c.origin
		if allowed != c.allowed {
			t.Errorf("%s %s: %s %v", c.method, c.origin, answer.Status, answer.Header)
		}
	}
}
