package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
)

const (
	doctorKey      = "SK-doctor-current-key-1234"
	doctorPrevious = "SK-doctor-previous-key-5678"
	doctorStamp    = "2026-08-27T10:23:47Z"
	doctorBody     = `{"order":{"invoice_number":"INV-9001","amount":90000.00},"customer":{"name":"Budi & Jos\u00e9","url":"https:\/\/x.example\/"},"a":[1,{"c":"<ü>","b":2}]}`
)

// signer is a program that signs for DOKU, with a field for everything that can be wrong. It shares no code with the
// package.
type signer struct {
	key, client, id, stampName, stamp, target, body string
	digest                                          string // in place of the body's
	lines                                           func(s signer, digest string) string
	encode                                          func([]byte) string
}

func goodSigner() signer {
	return signer{
		key: doctorKey, client: "MCH-0001-10791114622547", id: "CREDIT_CARD0001", stampName: "Request-Timestamp",
		stamp:  doctorStamp,
		target: "/notifications", body: doctorBody, lines: signerLines("\n", ":", ""),
		encode: func(mac []byte) string { return "HMACSHA256=" + base64.StdEncoding.EncodeToString(mac) },
	}
}

func signerLines(end, colon, last string) func(signer, string) string {
	return func(s signer, digest string) string {
		lines := []string{"Client-Id" + colon + s.client, "Request-Id" + colon + s.id, s.stampName + colon + s.stamp,
			"Request-Target" + colon + s.target}
		if digest != "" {
			lines = append(lines, "Digest"+colon+digest)
		}
		return strings.Join(lines, end) + last
	}
}

func (s signer) signature() string {
	sum := sha256.Sum256([]byte(s.body))
	digest := base64.StdEncoding.EncodeToString(sum[:])
	switch s.digest {
	case "":
	case "none":
		digest = ""
	default:
		digest = s.digest
	}
	mac := hmac.New(sha256.New, []byte(s.key))
	mac.Write([]byte(s.lines(s, digest)))
	return s.encode(mac.Sum(nil))
}

// sample is the receiver's sample of a message that arrived unchanged.
func (s signer) sample() Sample {
	return Sample{
		Method: "POST", Path: "/notifications", Body: []byte(doctorBody), ClientID: "MCH-0001-10791114622547",
		Header: http.Header{"Client-Id": {"MCH-0001-10791114622547"}, "Request-Id": {"CREDIT_CARD0001"},
			"Request-Timestamp": {doctorStamp}, "Signature": {s.signature()}},
		Secrets: []doku.Secret{doctorKey, doctorPrevious}, Now: time.Date(2026, 8, 27, 10, 23, 50, 0, time.UTC),
	}
}

// mistake is one mistake, of the signer or on the way, with all the names that the diagnosis must give.
type mistake struct {
	name   string
	signer func(*signer)
	sample func(*Sample)
	want   []string
}

func hexOf(body string) string { sum := sha256.Sum256([]byte(body)); return hex.EncodeToString(sum[:]) }

var mistakes = []mistake{
	{"stage before the path", nil, func(s *Sample) { s.Path = "/prod/notifications" }, []string{"path prefix"}},
	{"stage signed", func(s *signer) { s.target = "/prod/notifications" }, nil, []string{"path prefix"}},
	{"a prefix that only the proxy tells", func(s *signer) { s.target = "/shop-7/notifications" },
		func(s *Sample) { s.Header.Set("X-Forwarded-Prefix", "/shop-7") }, []string{"path prefix"}},
	{"last segments only", func(s *signer) { s.target = "/cancellation/credit-card/refund" },
		func(s *Sample) { s.Path = "/credit-card/v1/cancellation/credit-card/refund" }, []string{"path prefix"}},
	{"trailing slash", func(s *signer) { s.target = "/notifications/" }, nil, []string{"trailing slash"}},
	{"no leading slash", func(s *signer) { s.target = "notifications" }, nil, []string{"leading slash"}},
	{"query signed", func(s *signer) { s.target = "/notifications?x=1" }, func(s *Sample) { s.Path += "?x=1" },
		[]string{"query in the path"}},
	{"whole URL signed", func(s *signer) { s.target = "https://api.example/notifications" },
		func(s *Sample) { s.Path = "https://api.example/notifications" }, []string{"whole URL"}},
	{"configured path is not the one called", func(s *signer) { s.target = "/payments/doku" },
		func(s *Sample) { s.Path, s.Target = "/payments/doku", "/notifications" }, []string{"path as received"}},

	{"compacted", nil, func(s *Sample) { s.Body = []byte(strings.ReplaceAll(doctorBody, ",", ",\n ")) },
		[]string{"body compacted"}},
	{"indented by 2", func(s *signer) { s.body = "{\n  \"a\": 1\n}" }, func(s *Sample) { s.Body = []byte(`{"a":1}`) },
		[]string{"body indented"}},
	{"indented by 4, with a line feed", func(s *signer) { s.body = "{\n    \"a\": 1\n}\n" },
		func(s *Sample) { s.Body = []byte(`{"a":1}`) }, []string{"body indented", "line break at the end"}},
	{"Python's spaces", func(s *signer) { s.body = `{"a": 1, "b": [1, 2]}` },
		func(s *Sample) { s.Body = []byte(`{"a":1,"b":[1,2]}`) }, []string{"spaces in the body"}},
	{"keys sorted here", func(s *signer) { s.body = `{"a":{"c":1,"d":2},"b":2}` },
		func(s *Sample) { s.Body = []byte(`{"b":2,"a":{"d":2,"c":1}}`) }, []string{"keys sorted"}},
	{"HTML escaped by Go", func(s *signer) { s.body = `{"a":"\u003cb\u003e \u0026"}` },
		func(s *Sample) { s.Body = []byte(`{"a":"<b> &"}`) }, []string{"HTML characters escaped"}},
	{"HTML escaped on the way", func(s *signer) { s.body = `{"a":"<b> &"}` },
		func(s *Sample) { s.Body = []byte(`{"a":"\u003cb\u003e \u0026"}`) }, []string{"HTML characters unescaped"}},
	{"slashes unescaped on the way", func(s *signer) { s.body = `{"u":"https:\/\/x\/"}` },
		func(s *Sample) { s.Body = []byte(`{"u":"https://x/"}`) }, []string{"slashes escaped"}},
	{"slashes escaped on the way", func(s *signer) { s.body = `{"u":"https://x/"}` },
		func(s *Sample) { s.Body = []byte(`{"u":"https:\/\/x\/"}`) }, []string{"slashes unescaped"}},
	{"Unicode escaped on the way", func(s *signer) { s.body = `{"n":"José 😀"}` },
		func(s *Sample) { s.Body = []byte(`{"n":"Jos\u00e9 \ud83d\ude00"}`) }, []string{"Unicode unescaped"}},
	{"Unicode unescaped on the way", func(s *signer) { s.body = `{"n":"Jos\u00e9 \ud83d\ude00"}` },
		func(s *Sample) { s.Body = []byte(`{"n":"José 😀"}`) }, []string{"Unicode escaped"}},
	{"PHP's json_encode", func(s *signer) { s.body = `{"n":"Jos\u00e9","u":"https:\/\/x"}` },
		func(s *Sample) { s.Body = []byte(`{"n":"José","u":"https://x"}`) }, []string{"Unicode and slashes escaped"}},
	{"numbers shortened", func(s *signer) { s.body = `{"amount":90000}` },
		func(s *Sample) { s.Body = []byte(`{"amount":90000.00}`) }, []string{"numbers written again"}},
	{"line feed added", func(s *signer) { s.body += "\n" }, nil, []string{"line break at the end"}},
	{"line feed stripped", nil, func(s *Sample) { s.Body = append(s.Body, '\n') }, []string{"line break at the end"}},
	{"CRLF on the way", func(s *signer) { s.body = "{\n\"a\":1\n}" },
		func(s *Sample) { s.Body = []byte("{\r\n\"a\":1\r\n}") }, []string{"CRLF in the body"}},
	{"byte order mark here", nil, func(s *Sample) { s.Body = append([]byte("\ufeff"), s.Body...) },
		[]string{"byte order mark"}},
	{"base64 not decoded", nil, func(s *Sample) { s.Body = []byte(base64.StdEncoding.EncodeToString(s.Body)) },
		[]string{"base64 not decoded"}},
	{"Latin-1 on the way", func(s *signer) { s.body = `{"n":"ü"}` },
		func(s *Sample) { s.Body = []byte("{\"n\":\"\xfc\"}") }, []string{"character set"}},
	{"read twice", func(s *signer) { s.body = "" }, nil, []string{"empty body"}},
	{"object as text", func(s *signer) { s.body = "[object Object]" }, nil, []string{"object as text"}},

	{"digest over hex", func(s *signer) { s.digest = base64.StdEncoding.EncodeToString([]byte(hexOf(s.body))) }, nil,
		[]string{"digest over hex"}},
	{"digest in hex", func(s *signer) { s.digest = hexOf(s.body) }, nil, []string{"digest in hex"}},
	{"digest absent", func(s *signer) { s.digest = "none" }, nil, []string{"digest absent"}},
	{"digest on a GET", func(s *signer) { s.body = "" }, func(s *Sample) { s.Method, s.Body = "GET", nil },
		[]string{"digest on a GET"}},
	{"body changed after the digest", func(s *signer) { s.body = `{"amount":1}` }, func(s *Sample) {
		sum := sha256.Sum256([]byte(`{"amount":1}`))
		s.Header.Set("Digest", base64.StdEncoding.EncodeToString(sum[:]))
	}, []string{"body changed after the digest"}},

	{"previous key", func(s *signer) { s.key = doctorPrevious }, nil, []string{"previous key"}},
	{"key of the wrong family", func(s *signer) { s.key = "doku_key_abcdef123456" },
		func(s *Sample) { s.Secrets = []doku.Secret{"doku_key_abcdef123456"} }, []string{"key of the wrong family"}},
	{"line feed after the signer's key", func(s *signer) { s.key += "\n" }, nil, []string{"whitespace around the key"}},
	{"space after the key here", nil, func(s *Sample) { s.Secrets[0] += " " }, []string{"whitespace around the key"}},
	{"quotes around the signer's key", func(s *signer) { s.key = `"` + s.key + `"` }, nil,
		[]string{"quotes around the key"}},
	{"quotes around the key here", nil, func(s *Sample) { s.Secrets[0] = `'` + s.Secrets[0] + `'` },
		[]string{"quotes around the key"}},
	{"empty key", func(s *signer) { s.key = "" }, nil, []string{"empty key"}},
	{"empty key on both sides", func(s *signer) { s.key = "" }, func(s *Sample) { s.Secrets = []doku.Secret{""} },
		[]string{"empty key"}},
	{"Client-Id as key", func(s *signer) { s.key = s.client }, nil, []string{"Client-Id as key"}},

	{"another Client-Id", func(s *signer) { s.client = "MCH-2" },
		func(s *Sample) { s.Header.Set("Client-Id", "MCH-2") }, []string{"Client-Id"}},
	{"another Client-Id in the header", nil, func(s *Sample) { s.Header.Set("Client-Id", "MCH-2") },
		[]string{"Client-Id"}},
	{"header joined twice", nil, func(s *Sample) { s.Header.Set("Request-Id", "CREDIT_CARD0001,CREDIT_CARD0001") },
		[]string{"header repeated"}},
	{"header sent twice", nil, func(s *Sample) { s.Header.Add("Client-Id", "MCH-0001-10791114622547") },
		[]string{"header repeated"}},
	{"all headers joined", nil, func(s *Sample) {
		for name, values := range s.Header {
			s.Header.Set(name, values[0]+", "+values[0])
		}
	}, []string{"header repeated"}},
	{"comma signed", func(s *signer) { s.id = "a,a" }, func(s *Sample) { s.Header.Set("Request-Id", "a,a") },
		[]string{"header repeated"}},

	{"timestamp taken twice", func(s *signer) { s.stamp = "2026-08-27T10:23:48Z" }, nil,
		[]string{"timestamp taken twice"}},
	{"local time signed", func(s *signer) { s.stamp = "2026-08-27T17:23:47Z" }, nil,
		[]string{"time zone of the timestamp"}},
	{"milliseconds signed", func(s *signer) { s.stamp = "2026-08-27T10:23:47.000Z" }, nil,
		[]string{"form of the timestamp"}},
	{"offset signed and sent", func(s *signer) { s.stamp = "2026-08-27T17:23:47+07:00" },
		func(s *Sample) { s.Header.Set("Request-Timestamp", "2026-08-27T17:23:47+07:00") },
		[]string{"form of the timestamp"}},
	{"local time labelled Z", func(s *signer) { s.stamp = "2026-08-27T17:23:47Z" },
		func(s *Sample) { s.Header.Set("Request-Timestamp", "2026-08-27T17:23:47Z") },
		[]string{"local time labelled Z"}},
	{"clock ahead", nil, func(s *Sample) { s.Now = s.Now.Add(-10 * time.Minute) }, []string{"clock ahead"}},
	{"Response-Timestamp signed", func(s *signer) { s.stampName = "Response-Timestamp" }, nil,
		[]string{"name of the timestamp"}},

	{"scheme missing", func(s *signer) { s.encode = base64.StdEncoding.EncodeToString }, nil,
		[]string{"HMACSHA256= missing"}},
	{"scheme spelled otherwise", func(s *signer) {
		s.encode = func(mac []byte) string { return "HMAC-SHA256: " + base64.StdEncoding.EncodeToString(mac) }
	}, nil, []string{"scheme of the signature"}},
	{"hex signature", func(s *signer) {
		s.encode = func(mac []byte) string { return "HMACSHA256=" + hex.EncodeToString(mac) }
	}, nil, []string{"signature in hex"}},
	{"base64 of hex", func(s *signer) {
		s.encode = func(mac []byte) string {
			return "HMACSHA256=" + base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(mac)))
		}
	}, nil, []string{"base64 of the hex signature"}},
	{"base64url signature", func(s *signer) {
		s.id = "CREDIT_CARD0003" // whose signature has a - or _
		s.encode = func(mac []byte) string { return "HMACSHA256=" + base64.URLEncoding.EncodeToString(mac) }
	}, func(s *Sample) { s.Header.Set("Request-Id", "CREDIT_CARD0003") }, []string{"signature in base64url"}},
	{"no padding", func(s *signer) {
		s.encode = func(mac []byte) string { return "HMACSHA256=" + base64.RawStdEncoding.EncodeToString(mac) }
	}, nil, []string{"padding of the signature"}},
	{"URL-encoded signature", func(s *signer) {
		s.encode = func(mac []byte) string {
			return "HMACSHA256=" + url.QueryEscape(base64.StdEncoding.EncodeToString(mac))
		}
	}, nil, []string{"signature changed as a form value"}},

	{"line feed after the last line", func(s *signer) { s.lines = signerLines("\n", ":", "\n") }, nil,
		[]string{"line feed after the last line"}},
	{"CRLF between lines", func(s *signer) { s.lines = signerLines("\r\n", ":", "") }, nil,
		[]string{"CRLF between lines"}},
	{"literal \\n", func(s *signer) { s.lines = signerLines(`\n`, ":", "") }, nil,
		[]string{"literal \\n between lines"}},
	{"space after the colon", func(s *signer) { s.lines = signerLines("\n", ": ", "") }, nil,
		[]string{"space after the colon"}},
	{"space around the colon", func(s *signer) { s.lines = signerLines("\n", " : ", "") }, nil,
		[]string{"space around the colon"}},

	{"prefix and previous key", func(s *signer) { s.target, s.key = "/prod/notifications", doctorPrevious }, nil,
		[]string{"path prefix", "previous key"}},
	{"indentation and query", func(s *signer) { s.target, s.body = "/notifications?a=b", "{\n  \"a\": 1\n}" },
		func(s *Sample) {
			s.Path, s.Body = "/notifications?a=b", []byte(`{"a":1}`)
		}, []string{"body indented", "query in the path"}},
	{"hex signature, key with a line feed", func(s *signer) {
		s.key += "\n"
		s.encode = hex.EncodeToString
	}, nil, []string{"HMACSHA256= missing", "signature in hex", "whitespace around the key"}},
}

// build makes the sample of a mistake, and the signature that a right signer would have made: nothing may show it.
func (m mistake) build() (s Sample, signature string) {
	by := goodSigner()
	if m.signer != nil {
		m.signer(&by)
	}
	s = by.sample()
	if m.sample != nil {
		m.sample(&s)
	}
	return s, goodSigner().signature()
}

func TestDiagnoseNamesEachPlantedMistake(t *testing.T) {
	named := 0
	for _, m := range mistakes {
		s, _ := m.build()
		d := Signature(s)
		got := names(d.Causes)
		slices.Sort(got)
		want := slices.Sorted(slices.Values(m.want))
		if d.Right || !d.Proven || !slices.Equal(got, want) {
			t.Errorf("%s: right %v, proven %v, named %q, want %q", m.name, d.Right, d.Proven, got, want)
			continue
		}
		named++
	}
	t.Logf("%d planted mistakes named", named)
}

func TestDiagnoseFindsTheVectorsRight(t *testing.T) {
	raw, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		ClientID  string `json:"client_id"`
		SecretKey string `json:"secret_key"`
		Vectors   []struct {
			Name, Kind, Timestamp, Body, Digest, Signature string
			RequestID                                      string `json:"request_id"`
			Target                                         string `json:"request_target"`
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil || len(file.Vectors) < 7 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	clientID, secret := file.ClientID, doku.Secret(file.SecretKey)
	for _, v := range file.Vectors {
		stamp := "Request-Timestamp"
		method := "POST"
		if v.Kind == "response" {
			stamp = "Response-Timestamp"
		}
		if v.Kind == "get" {
			method = "GET"
		}
		now, err := time.Parse(time.RFC3339, v.Timestamp)
		if err != nil {
			t.Fatal(err)
		}
		d := Signature(Sample{Method: method, Path: v.Target, Body: []byte(v.Body), ClientID: clientID,
			Secrets: []doku.Secret{secret}, Now: now,
			Header: http.Header{"client-id": {clientID}, "request-id": {v.RequestID}, stamp: {v.Timestamp},
				"signature": {v.Signature}}})
		readable := v.Body != "" || method == "GET"
		if d.Right != readable || !d.Matches || d.Tried != 1 || len(d.Hints) != 0 {
			t.Errorf("%s: %s", v.Name, d)
		}
	}
}

// A message with a right signature is not right if ParseNotification refuses it. The fields of the body are not
// checked.
func TestDiagnoseFindsNothingRightThatWouldBeRefused(t *testing.T) {
	object := func(body string) func(*signer, *Sample) {
		return func(by *signer, s *Sample) { by.body, s.Body = body, []byte(body) }
	}
	header := func(name, value string) func(*signer, *Sample) {
		return func(by *signer, s *Sample) {
			switch name {
			case "Request-Id":
				by.id = value
			case "Client-Id":
				by.client = value
			case "Request-Timestamp":
				by.stamp = value
			}
			if s.Header.Set(name, value); value == "" {
				s.Header.Del(name)
			}
		}
	}
	tried := 0
	for _, test := range []struct {
		change func(*signer, *Sample)
		cause  string // empty: right
	}{
		{object(doctorBody), ""}, {object(`{}`), ""}, {object("{\"a\":1}\n"), ""},
		{object(""), "body is no JSON object"}, {object("[]"), "body is no JSON object"},
		{object("null"), "body is no JSON object"},
		{object(`{"order":`), "body is no JSON object"}, {object("a=b"), "body is no JSON object"},
		{header("Request-Id", strings.Repeat("a", 256)), ""},
		{header("Request-Id", strings.Repeat("a", 257)), "characters of Request-Id"},
		{header("Request-Id", "a b"), "characters of Request-Id"},
		{header("Request-Id", "é"), "characters of Request-Id"},
		{header("Request-Id", "a\tb"), "characters of Request-Id"}, {header("Request-Id", "a,b"), "header repeated"},
		{header("Request-Id", ""), "no Request-Id"}, {header("Client-Id", ""), "no Client-Id"},
		{header("Client-Id", "MCH 1"), "characters of Client-Id"},
		{header("Request-Timestamp", ""), "no Request-Timestamp"},
		{header("Request-Timestamp", "2026-08-27"), "form of the timestamp"},
	} {
		by, s := goodSigner(), goodSigner().sample()
		test.change(&by, &s)
		s.ClientID = by.client
		s.Header.Set("Signature", by.signature())
		d := Signature(s)
		var want []string
		if test.cause != "" {
			want = []string{test.cause}
		}
		if d.Right != (want == nil) || !d.Matches || !slices.Equal(names(d.Causes), want) ||
			slices.ContainsFunc(d.Hints, func(h Cause) bool { return h.Name == test.cause }) {
			t.Errorf("%q, right %v: %s", want, d.Right, d)
		}
		if !d.Right && (!strings.HasPrefix(d.String(), "The signature is right, but the message would be refused: "+
			test.cause+".\n") || strings.Contains(d.String(), "Proven")) {
			t.Errorf("the report says:\n%s", d)
		}
		r := doku.Receiver{Keys: doku.Keyring{ClientID: by.client, Current: doctorKey}, Target: "/notifications",
			Now: func() time.Time { return s.Now }}
		if _, err := r.ParseNotification(t.Context(), s.Header, s.Body); err == nil && !d.Right {
			t.Errorf("%q is taken", want)
		} else if err != nil && d.Right && !strings.Contains(err.Error(), "invoice_number is missing") {
			t.Errorf("right, and refused: %v", err)
		}
		tried++
	}
	t.Logf("%d messages, right exactly where they are taken", tried)
}

// An answer to a GET may be signed with or without a digest; an old sample is still a right one.
func TestDiagnoseLeavesOpenWhatDOKULeavesOpen(t *testing.T) {
	for _, digest := range []string{"", "none"} {
		by := goodSigner()
		by.stampName, by.digest = "Response-Timestamp", digest
		s := by.sample()
		s.Method, s.Now = "GET", s.Now.Add(48*time.Hour)
		s.Header["Response-Timestamp"] = s.Header["Request-Timestamp"]
		s.Header.Del("Request-Timestamp")
		if d := Signature(s); !d.Right || !slices.Equal(names(d.Hints), []string{"old timestamp"}) {
			t.Errorf("digest %q: %s", digest, d)
		}
	}
}

// A signature that no explanation fits gets none. It is made with another key, or has one digit changed at each place.
func TestDiagnoseExplainsNothingFalsely(t *testing.T) {
	tried := 0
	unexplained := func(name string, s Sample) {
		t.Helper()
		d := Signature(s)
		if d.Right || d.Proven || len(d.Causes) != 0 || d.Tried < 1000 ||
			!strings.Contains(d.String(), "nothing that was tried explains it") {
			t.Errorf("%s: %s", name, d)
		}
		tried++
	}
	for i := range 5 {
		by := goodSigner()
		by.key = fmt.Sprintf("SK-%x", sha256.Sum256(fmt.Append(nil, "another key", i)))
		unexplained("another key", by.sample())
	}
	for name, change := range map[string]func(*Sample){
		"another amount":  func(s *Sample) { s.Body = []byte(strings.Replace(doctorBody, "90000", "90001", 1)) },
		"another invoice": func(s *Sample) { s.Body = []byte(strings.Replace(doctorBody, "9001", "9002", 1)) },
		"another id":      func(s *Sample) { s.Header.Set("Request-Id", "CREDIT_CARD0002") },
		"another day":     func(s *Sample) { s.Header.Set("Request-Timestamp", "2026-08-26T10:23:47Z") },
		"another path":    func(s *Sample) { s.Path = "/elsewhere" },
		"a flipped bit": func(s *Sample) {
			mac, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Header.Get("Signature"), "HMACSHA256="))
			mac[7] ^= 1
			s.Header.Set("Signature", "HMACSHA256="+base64.StdEncoding.EncodeToString(mac))
		},
		"both headers of another": func(s *Sample) { s.Header.Set("Request-Id", "x"); s.Path = "/elsewhere" },
	} {
		s := goodSigner().sample()
		change(&s)
		unexplained(name, s)
	}
	t.Logf("%d samples, 0 explained falsely", tried)
}

// Without a signature of 32 bytes there is no search, and the report has only the flaws of the signature.
func TestDiagnoseSaysWhatIsNoSignature(t *testing.T) {
	long := sha512.Sum512([]byte("x"))
	for want, header := range map[string]http.Header{
		"no signature": {"Client-Id": {"a"}, "X-Signature": {"abc"}},
		"signature of another algorithm": {"Signature": {"HMACSHA512=" +
			base64.StdEncoding.EncodeToString(long[:])}},
		"signature of another length": {"Signature": {"HMACSHA256=abcd"}},
		"scheme of the signature": {"Signature": {"HMACSHA512=" +
			base64.StdEncoding.EncodeToString(long[:])}},
		"whitespace or quotes around the signature": {"Signature": {`"HMACSHA256=abcd"`}},
	} {
		d := Signature(Sample{Header: header, Secrets: []doku.Secret{doctorKey}})
		if d.Right || d.Proven || d.Tried != 0 || !slices.Contains(names(d.Causes), want) {
			t.Errorf("%s: %s", want, d)
		}
		if header.Get("X-Signature") != "" && !slices.Contains(names(d.Hints), "SNAP headers") {
			t.Errorf("SNAP is not named: %s", d)
		}
	}
	s := goodSigner().sample()
	s.Secrets = []doku.Secret{"doku_key_abcdef123456"}
	if d := Signature(s); d.Proven || !slices.Contains(names(d.Hints), "key of the wrong family") {
		t.Errorf("a key of the wrong family is not named: %s", d)
	}
	s.Secrets = nil
	if d := Signature(s); d.Right || d.Proven || !slices.Contains(names(d.Hints), "no key") {
		t.Errorf("no key: %s", d)
	}
}
