package curl

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func files(name string) ([]byte, error) {
	if name != "body.json" {
		return nil, errors.New("no such file")
	}
	return []byte("{\r\n \"a\": 1\n}\n"), nil
}

// The expected messages were compared with those that curl 7.88 sends.
func TestCurlCommandsAreReadAsCurlReadsThem(t *testing.T) {
	for command, want := range map[string]struct{ method, address, body, id string }{
		`curl https://h/notifications -H 'Request-Id: r 1' -d '{"a":1}'`: {"POST",
			"https://h/notifications", `{"a":1}`, "r 1"},
		"curl -X POST \\\n  --url 'https://h/n?a=b&c' \\\n  --header \"Request-Id:r\" \\\n  --data-raw '@x'": {"POST",
			"https://h/n?a=b&c", "@x", "r"},
		"curl \\\r\n -sSi -XPUT h/n --data-binary @body.json": {"PUT", "h/n",
			"{\r\n \"a\": 1\n}\n", ""},
		`curl h/n -d @body.json -H'Request-Id: r'`: {"POST", "h/n", `{ "a": 1}`,
			"r"},
		"curl h/n --data '{\n \"a\": 1\n}\n'": {"POST", "h/n",
			"{\n \"a\": 1\n}\n", ""}, // only files are stripped
		`curl h/n -d a=1 -d b=2`:                      {"POST", "h/n", "a=1&b=2", ""},
		`curl h/n -d ''`:                              {"POST", "h/n", "", ""},
		`curl h/n --json '{"a":1}' -o /dev/null -m 5`: {"POST", "h/n", `{"a":1}`, ""},
		`curl h/n --data-raw $'{"n":"Jos\u00e9 \x21\'\n\101"}'`: {"POST", "h/n",
			"{\"n\":\"José !'\nA\"}", ""},
		`curl h/n -d "{\"a\":\"\\u00e9 \$5 5$ it's\"}"`: {"POST", "h/n",
			`{"a":"\u00e9 $5 5$ it's"}`, ""},
		`curl h/n -d '{"a":"it'\''s"}'`: {"POST", "h/n", `{"a":"it's"}`,
			""},
		`$ /usr/bin/curl --compressed h/n -H 'Accept:' -H 'Request-Id;'  # a comment`: {"GET", "h/n", "", ""},
		`curl -I h/n`: {"HEAD", "h/n", "", ""},
		`curl h/n\ x`: {"GET", "h/n x", "", ""},
	} {
		m, err := Parse(command, files)
		if err != nil || m.Method != want.method || m.Address != want.address || string(m.Body) != want.body ||
			m.Header.Get("Request-Id") != want.id {
			t.Errorf("%s: %s %s %q %q, %v", command, m.Method, m.Address, m.Body, m.Header, err)
		}
	}
}

func TestCurlCommandsThatCannotBeRead(t *testing.T) {
	for command, want := range map[string]string{
		``:                            "does not begin with curl",
		`wget h`:                      "does not begin with curl",
		`curl -H 'a: b'`:              "no URL",
		`curl h h2`:                   "two URLs",
		`curl h -H 'a: b`:             "a quote in it is never closed",
		`curl h -H "a: b`:             "a quote in it is never closed",
		`curl h -d $'a`:               "a quote in it is never closed",
		`curl h -H "Signature: $SIG"`: "with the values that were sent",
		`curl h -d "Rp $5"`:           "with the values that were sent",
		"curl h -H \"X: `date`\"":     "with the values that were sent",
		`curl h/n?a=1&b=2`:            "not one command",
		`curl h | jq`:                 "not one command",
		`curl h -F a=b`:               "-F is not known",
		`curl h --form a=b`:           "--form is not known",
		`curl h -d`:                   "-d is not followed by a value",
		`curl h --data-urlencode a=b`: "--data-urlencode is not known",
		`curl h -H nothing`:           "has no colon",
		`curl h -H @headers.txt`:      "--headers",
		`curl h -d @missing`:          "--data @missing: no such file",
		"curl h -d '\n' --what 'a\n'": "--what is not known",
		"curl h\n -d 'a'":             "end each line but the last",
		`curl h > out`:                "not one command",
		`A=b curl h`:                  "not one command",
		`curl h )`:                    "line 1, column 8",
	} {
		if m, err := Parse(command, files); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %+v, %v, want %q", command, m, err, want)
		}
	}
}

// A pasted command must not read other files.
func TestAPastedCommandReadsOnlyBelowTheWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "outside"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(dir, "work")
	if err := errors.Join(os.Mkdir(work, 0o700), os.WriteFile(filepath.Join(work, "inside"), []byte("y"), 0o600),
		os.Symlink("../outside", filepath.Join(work, "link"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	if content, err := ReadBelow("inside"); err != nil || string(content) != "y" {
		t.Errorf("%q, %v", content, err)
	}
	for _, name := range []string{"../outside", filepath.Join(dir, "outside"), "link", "-", "missing"} {
		if content, err := ReadBelow(name); err == nil {
			t.Errorf("%s: read %q", name, content)
		}
	}
}

func TestHeadersAreReadAsTheyAreFound(t *testing.T) {
	for _, text := range []string{
		"POST /n HTTP/1.1\r\nHost: h\r\nrequest-id: r:1\r\n\r\n",
		"* Connected\n> POST /n HTTP/1.1\n> Request-Id: r:1\n>\n< HTTP/1.1 401 Unauthorized\n",
		`{"request-id": ["r:1"], "host": "h"}`,
		"\ufeffRequest-Id:r:1",
	} {
		m, err := ParseHeaders(text)
		if err != nil || m.Header.Get("Request-Id") != "r:1" ||
			(strings.Contains(text, "POST") && (m.Method != "POST" || m.Address != "/n")) {
			t.Errorf("%q: %+v, %v", text, m, err)
		}
	}
	for text, want := range map[string]string{
		"": "no header", "{}": "no header", `{"a":1}`: "not a text", `{"a":[1]}`: "not a text", "{": "not",
		"Request-Id: a\nnonsense": "line 2 is neither Name: value nor a request line", `"a": "b"`: "line 1",
	} {
		if m, err := ParseHeaders(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v", text, m, err)
		}
	}
}

// FuzzParse checks that no text makes Parse panic or open a file that it does not name, and that messages have a URL.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`curl h -H "a: b" -d $'\x\u\U0001f600\8' -XPOST`, "curl \\\n h -sS -o", `curl -H`,
		`curl h -d @body.json --json ''`, "curl $'\\", `curl "\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, command string) {
		m, err := Parse(command, func(name string) ([]byte, error) {
			if !strings.Contains(strings.NewReplacer("\\", "", "\n", "", "\r", "", "'", "", `"`, "").Replace(command),
				"@") {
				t.Fatalf("opens %q", name)
			}
			return nil, errors.New("no such file")
		})
		if err == nil && (m.Address == "" || m.Method == "") {
			t.Fatalf("read %+v", m)
		}
		if h, err := ParseHeaders(command); err == nil && len(h.Header) == 0 {
			t.Fatalf("read %+v", h)
		}
	})
}
