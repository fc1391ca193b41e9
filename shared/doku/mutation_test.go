package doku

import (
	"net/http"
	"strings"
	"testing"
)

// A genuine notification is refused after a change of any byte of its body and signed headers: changed in several ways,
// cut out or doubled. Only the genuine one is accepted, with header names in any order and case.
func TestMutatedNotificationsAreRefused(t *testing.T) {
	const at = "2026-08-27T10:23:47Z"
	body := strings.ReplaceAll(saleBody, "\n", "")
	genuine := posted(testSecret, "/notifications", at, body)
	tried := 0
	refuse := func(what string, header http.Header, body string) {
		t.Helper()
		tried++
		if n, err := receiver().ParseNotification(t.Context(), header, []byte(body)); err == nil {
			t.Fatalf("accepted with %s: %+v", what, n)
		}
	}
	mutate := func(s string, each func(string)) {
		for i := range len(s) {
			for _, flip := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
				each(s[:i] + string([]byte{s[i] ^ flip}) + s[i+1:])
			}
			each(s[:i] + s[i+1:])
			for _, extra := range []string{" ", "0", "A", ",", "\n", string(s[i])} {
				each(s[:i] + extra + s[i:])
			}
		}
		for _, end := range []string{" ", "\n", "\x00", "=", ",", s} {
			each(s + end)
		}
		each("")
	}
	mutate(body, func(b string) { refuse("another body", genuine, b) })
	for name := range genuine {
		value := genuine.Get(name)
		mutate(value, func(v string) {
			header := genuine.Clone()
			header.Set(name, v)
			refuse("another "+name, header, body)
		})
		twice := genuine.Clone()
		twice.Add(name, value)
		refuse("two of "+name, twice, body)
		without := genuine.Clone()
		without.Del(name)
		refuse("no "+name, without, body)
	}
	if _, err := receiver().ParseNotification(t.Context(), genuine, []byte(body)); err != nil {
		t.Errorf("the genuine one: %v", err)
	}
	if tried < 10_000 {
		t.Errorf("only %d mutations", tried)
	}
	t.Logf("%d mutations refused", tried)
}
