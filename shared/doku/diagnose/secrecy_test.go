package diagnose

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
)

// leaks names the secrets in a report: keys, and the given or expected signature in any encoding.
func leaks(d Report, secrets []doku.Secret, signatures ...string) string {
	encoded, _ := json.Marshal(d)
	text := d.String() + string(encoded) + fmt.Sprintf("%+v %#v", d, d)
	for _, secret := range secrets {
		if key := trimKey(string(secret)); len(key) >= 6 && strings.Contains(text, key) {
			return "a key"
		}
	}
	for _, signature := range signatures {
		mac, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signature, "HMACSHA256="))
		if err != nil || len(mac) != 32 {
			continue
		}
		for _, form := range []string{base64.RawStdEncoding.EncodeToString(mac)[:12],
			base64.RawURLEncoding.EncodeToString(mac)[:12], hex.EncodeToString(mac)[:12], fmt.Sprint(mac[:4])} {
			if strings.Contains(text, form) {
				return "a signature"
			}
		}
	}
	return ""
}

func TestDiagnosisShowsNeitherKeyNorSignature(t *testing.T) {
	for _, m := range mistakes {
		s, right := m.build()
		by := goodSigner()
		if m.signer != nil {
			m.signer(&by)
		}
		by.encode = goodSigner().encode
		d := Signature(s)
		if what := leaks(d, s.Secrets, right, by.signature()); what != "" {
			t.Errorf("%s: the report shows %s:\n%s", m.name, what, d)
		}
		if strings.Contains(d.String(), "Budi") {
			t.Errorf("%s: the report shows the body", m.name)
		}
	}
	// The report on a made-up signature must not hold the right one. A key that was sent in the open is not repeated.
	s := goodSigner().sample()
	s.Header = http.Header{"Client-Id": {doctorKey}, "Request-Id": {"SK-some-other-key-99"},
		"Request-Timestamp": {doctorStamp},
		"Signature":         {"HMACSHA256:" + strings.TrimPrefix(goodSigner().signature(), "HMACSHA256=")}}
	s.Path = "https://user:hunter22@api.example/" + doctorPrevious + "?signature=hunter23"
	d := Signature(s)
	if what := leaks(d, s.Secrets, goodSigner().signature()); what != "" || strings.Contains(d.String(), "hunter2") ||
		strings.Contains(d.String(), "some-other") {
		t.Errorf("the report shows %s:\n%s", what, d)
	}
}

// FuzzDiagnose checks that no message causes a panic, that no report holds a key or the expected signature, and that a
// sample is right only if Verify also accepts it.
func FuzzDiagnose(f *testing.F) {
	for _, m := range mistakes {
		s, _ := m.build()
		f.Add(s.Method, s.Path, s.Header.Get("Client-Id"), s.Header.Get("Request-Id"),
			s.Header.Get("Request-Timestamp"), s.Header.Get("Signature"), s.Body, false)
	}
	f.Add("GET", "://?", ",", ",,", "", "HMACSHA256=", []byte(`{"\ud800":[{"a":"\u00`), true)
	f.Fuzz(func(t *testing.T, method, path, client, id, stamp, signature string, body []byte, answer bool) {
		if len(body) > 512 || len(path) > 512 { // speed
			return
		}
		name := "Request-Timestamp"
		if answer {
			name = "Response-Timestamp"
		}
		s := Sample{Method: method, Path: path, Body: body, ClientID: "MCH-0001-10791114622547",
			Secrets: []doku.Secret{doctorKey, doctorPrevious},
			Header:  http.Header{"Client-Id": {client}, "Request-Id": {id}, name: {stamp}, "Signature": {signature}},
			Now:     time.Date(2026, 8, 27, 10, 23, 50, 0, time.UTC)}
		d := explain(s, false)
		c := doku.Component{ClientID: client, RequestID: id, Timestamp: stamp, Target: pathOf(path),
			Digest: doku.Digest(body), Response: name == "Response-Timestamp" && stamp != ""}
		bare := c
		bare.Digest = ""
		if d.Right && !doku.Verify(signature, c, doctorKey) && !doku.Verify(signature, bare, doctorKey) {
			t.Fatalf("right, and Verify refuses it:\n%s", d)
		}
		if _, err := doku.ParseHeader(s.Header); err != nil && d.Right && !answer {
			t.Fatalf("right, and refused: %v\n%s", err, d)
		}
		if what := leaks(d, s.Secrets, doku.Sign(doctorKey, c), doku.Sign(doctorKey, bare),
			doku.Sign(doctorPrevious, c)); what != "" && !strings.Contains(client+id+stamp+path, "HMAC") {
			t.Fatalf("shows %s:\n%s", what, d)
		}
	})
}
