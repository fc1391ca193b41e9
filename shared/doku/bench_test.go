package doku

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"
)

// The cost of signing and verifying a notification of DOKU's usual size, compared with the algorithm alone (Raw) and
// with the usual code (Naive). `make bench` checks the ratios.
const benchTime = "2026-08-27T10:23:47Z"

func benchBody(b *testing.B) []byte {
	body, err := os.ReadFile("testdata/notifications/sale.json")
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func benchComponent(body []byte) Component {
	return Component{ClientID: testClient, RequestID: testID, Timestamp: benchTime, Target: "/notifications",
		Digest: Digest(body)}
}

func BenchmarkRaw(b *testing.B) {
	body := benchBody(b)
	h := hmac.New(sha256.New, []byte(testSecret))
	text, sum, encoded := make([]byte, 0, 512), make([]byte, 0, 32), make([]byte, 44)
	b.ReportAllocs()
	for b.Loop() {
		digest := sha256.Sum256(body)
		base64.StdEncoding.Encode(encoded, digest[:])
		text = append(append(text[:0], "Client-Id:"+testClient+"\nRequest-Id:"+testID+"\nRequest-Timestamp:"+benchTime+
			"\nRequest-Target:/notifications\nDigest:"...), encoded...)
		h.Reset()
		h.Write(text)
		base64.StdEncoding.Encode(encoded, h.Sum(sum))
	}
}

func BenchmarkNaive(b *testing.B) {
	body := benchBody(b)
	b.ReportAllocs()
	for b.Loop() {
		digest := sha256.Sum256(body)
		text := fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
			testClient, testID, benchTime, "/notifications", base64.StdEncoding.EncodeToString(digest[:]))
		h := hmac.New(sha256.New, []byte(testSecret))
		h.Write([]byte(text))
		_ = "HMACSHA256=" + base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
}

func BenchmarkSign(b *testing.B) {
	body := benchBody(b)
	b.ReportAllocs()
	for b.Loop() {
		Sign(testSecret, benchComponent(body))
	}
}

func BenchmarkVerify(b *testing.B) {
	body := benchBody(b)
	signature := Sign(testSecret, benchComponent(body))
	b.ReportAllocs()
	for b.Loop() {
		if !Verify(signature, benchComponent(body), testSecret) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkNotification(b *testing.B) {
	body := benchBody(b)
	header := http.Header{
		"Client-Id": {testClient}, "Request-Id": {testID}, "Request-Timestamp": {benchTime},
		"Signature": {Sign(testSecret, benchComponent(body))},
	}
	r := Receiver{Keys: Keyring{ClientID: testClient, Current: testSecret}, Target: "/notifications",
		Now: func() time.Time { return testNow }}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.ParseNotification(b.Context(), header, body); err != nil {
			b.Fatal(err)
		}
	}
}
