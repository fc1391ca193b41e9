package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/shared/doku"
)

const quoteKey = "a quote key of at least 32 characters"

func text(client, key, previous string) string {
	return fmt.Sprintf(`{"client_id":%q,"secret_key":%q,"previous_secret_key":%q,"quote_key":%q}`, client, key,
		previous, quoteKey)
}

func TestASecretThatCannotBeUsedSaysWhereToPutTheRightOne(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {"", "must be one JSON object"},
		"a bare key": {"SK-bare", "must be one JSON object"},
		"misspelt": {strings.Replace(text("MCH-1", "SK-bare", ""), "previous_secret_key",
			"previous_secretkey", 1), "only the names that kasir knows"},
		"wrong family":           {text("MCH-1", "doku_key_1", ""), "family doku_"},
		"no key":                 {text("MCH-1", "", ""), "secret key is empty"},
		"no client":              {text("", "SK-1", ""), "client id is empty"},
		"no quote key":           {`{"client_id":"MCH-1","secret_key":"SK-bare"}`, "quote_key has 0 characters"},
		"name in other capitals": {`{"client_id":"MCH-1","Secret_Key":"SK-bare"}`, "only the names that kasir knows"},
		"secret_key twice": {`{"client_id":"MCH-1","secret_key":"SK-bare","secret_key":"SK-bare","quote_key":"` +
			quoteKey + `"}`, "the secret has secret_key twice"},
		"a key that is null":  {`{"client_id":"MCH-1","secret_key":null,"quote_key":"` + quoteKey + `"}`, "of strings"},
		"a list":              {`[{"client_id":"MCH-1"}]`, "must be one JSON object"},
		"two objects":         {text("MCH-1", "SK-bare", "") + text("MCH-1", "SK-bare", ""), "must be one JSON object"},
		"cut":                 {`{"client_id":"MCH-1","secret_key":"SK-bare"`, "must be one JSON object"},
		"byte order mark":     {"\ufeff" + text("MCH-1", "SK-bare", ""), "begins with a byte order mark"},
		"client with a space": {text("MCH-1 ", "SK-bare", ""), "client id begins or ends with white space"},
		"key in quotes":       {text("MCH-1", `"SK-bare"`, ""), "secret key stands in quotation marks"},
		"key with a mark":     {text("MCH-1", "\ufeffSK-bare", ""), "secret key has a character that cannot be seen"},
		"quote key in quotes": {strings.Replace(text("MCH-1", "SK-bare", ""), quoteKey, `\"`+quoteKey+`\"`, 1),
			"quote_key stands in quotation marks"},
		"quote key with a line": {strings.Replace(text("MCH-1", "SK-bare", ""), quoteKey, quoteKey+`\n`, 1),
			"quote_key begins or ends with white space"},
		"quote key twice": {strings.Replace(text("MCH-1", "SK-bare", ""), quoteKey, quoteKey+quoteKey, 1),
			"quote_key is there twice in a row"},
		"short": {`{"client_id":"MCH-1","secret_key":"SK-bare","quote_key":"short"}`, "at least 32"},
	} {
		_, err := Parse(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "put-secret-value") {
			t.Errorf("%s: %v, want %q and the command", name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "bare") || strings.Contains(err.Error(), "key_1")) {
			t.Errorf("%s: %v tells the key", name, err)
		}
	}
}

// A secret that was stored with --secret-binary has no string.
func TestASecretOfBytesSaysSo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		io.WriteString(w, `{"Name":"kasir","SecretBinary":"eyJjbGllbnRfaWQiOiJNQ0gtMSJ9"}`)
	}))
	defer server.Close()
	client := secretsmanager.New(secretsmanager.Options{BaseEndpoint: &server.URL, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	_, err := Open(t.Context(), Config{Fetch: From(client, "arn:kasir"), Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), "stored as bytes (--secret-binary)") ||
		!strings.Contains(err.Error(), "--secret-string") {
		t.Errorf("%v", err)
	}
}

// vault stands in for Secrets Manager.
type vault struct {
	text    string
	err     error
	fetches int
}

func (v *vault) fetch(context.Context) (string, error) {
	v.fetches++
	return v.text, v.err
}

// open opens a secret with a clock that advances a little on each reading.
func open(t *testing.T) (*Keeper, *vault, *time.Time, *bytes.Buffer) {
	t.Helper()
	now, log := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC), &bytes.Buffer{}
	v := &vault{text: text("MCH-1", "SK-old", "")}
	clock := func() time.Time { now = now.Add(time.Microsecond); return now }
	k, err := Open(t.Context(), Config{Fetch: v.fetch, MaxAge: 5 * time.Minute, Now: clock,
		Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return k, v, &now, log
}

func (k *Keeper) key(t *testing.T) string { return string(k.Keyring(t.Context()).Current) }

func TestTheSecretIsFetchedAgainByAge(t *testing.T) {
	k, v, now, _ := open(t)
	v.text = text("MCH-1", "SK-new", "SK-old")
	*now = now.Add(4 * time.Minute)
	if k.key(t) != "SK-old" || v.fetches != 1 {
		t.Errorf("%d fetches within its age", v.fetches)
	}
	*now = now.Add(time.Minute)
	for range 2 {
		if k.key(t) != "SK-new" || v.fetches != 2 {
			t.Errorf("%d fetches after it", v.fetches)
		}
	}
}

func TestAFailedSignatureFetchesItOncePerHalfMinute(t *testing.T) {
	k, v, now, _ := open(t)
	stale := k.Keyring(t.Context())
	for range 5 {
		if _, ok := k.Renewed(t.Context(), stale); ok {
			t.Error("the same keyring is told to be newer")
		}
	}
	if v.fetches != 2 {
		t.Errorf("%d fetches: a forger could have Secrets Manager asked without end", v.fetches)
	}
	v.text = text("MCH-1", "SK-new", "SK-old")
	*now = now.Add(30 * time.Second)
	if newer, ok := k.Renewed(t.Context(), stale); !ok || newer.Current != "SK-new" || newer.Previous != "SK-old" {
		t.Errorf("%v %v", newer, ok)
	}
	if _, ok := k.Renewed(t.Context(), stale); !ok || v.fetches != 3 {
		t.Errorf("who was slower gets what is there already: %v, %d fetches", ok, v.fetches)
	}
	v.text = strings.Replace(v.text, quoteKey, quoteKey+" new", 1)
	*now = now.Add(30 * time.Second)
	if keys := k.QuoteKeys(t.Context(), true); len(keys) != 1 || keys[0] != doku.Secret(quoteKey+" new") {
		t.Error("a failed quote does not fetch the newer key")
	}
}

// A key that is rotated right after a renewal by age is found at the first failed signature. Further failures renew the
// secret once in half a minute, even if its age is reached meanwhile.
func TestAFailedSignatureFetchesAgainAfterAFetchByAge(t *testing.T) {
	k, v, now, _ := open(t)
	*now = now.Add(5 * time.Minute)
	stale := k.Keyring(t.Context())
	v.text = text("MCH-1", "SK-new", "SK-old")
	*now = now.Add(time.Second)
	newer, ok := k.Renewed(t.Context(), stale)
	if !ok || newer.Current != "SK-new" || v.fetches != 3 {
		t.Fatalf("%v, %d fetches: the new key is not found", ok, v.fetches)
	}
	from, most := *now, 0
	for fetches := v.fetches; now.Sub(from) < 20*time.Minute; *now = now.Add(time.Second) {
		k.Keyring(t.Context())
		byAge := v.fetches - fetches
		k.Renewed(t.Context(), newer)
		if v.fetches > fetches+byAge {
			most++
		}
		fetches = v.fetches
	}
	if most < 35 || most > 40 {
		t.Errorf("forged signatures had it fetched %d times in 20 minutes", most)
	}
	v.err = errors.New("down")
	fetches := v.fetches
	*now = now.Add(time.Hour)
	for range 100 {
		k.Keyring(t.Context())
		k.Renewed(t.Context(), newer)
		k.QuoteKeys(t.Context(), true)
	}
	if v.fetches != fetches+1 {
		t.Errorf("%d fetches while Secrets Manager is down", v.fetches-fetches)
	}
}

// A keeper is printed and logged without its keys.
func TestAKeeperDoesNotPrintItsKeys(t *testing.T) {
	k, _, _, log := open(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for name, value := range map[string]any{"keeper": k, "in a struct": struct{ K *Keeper }{k},
			"as keys": struct{ K doku.Keys }{k}} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "SK-o") ||
				strings.Contains(text, "quote key") ||
				strings.Contains(text, "534b2d6f") {
				t.Errorf("%s with %s: %s", name, verb, text)
			}
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(log, nil), slog.NewJSONHandler(log, nil)} {
		slog.New(handler).Info("x", "keeper", k, "keys", doku.Keys(k))
	}
	if strings.Contains(log.String(), "SK-o") || strings.Contains(log.String(), "quote key") ||
		strings.Count(log.String(), "secret.Keeper") != 4 {
		t.Error(log)
	}
}

func TestTheOldSecretStaysWhenTheNewOneCannotBeUsed(t *testing.T) {
	for name, change := range map[string]func(*vault){
		"Secrets Manager is down": func(v *vault) { v.err = errors.New("down") },
		"emptied":                 func(v *vault) { v.text = "" },
		"of the wrong family":     func(v *vault) { v.text = text("MCH-1", "doku_key_1", "") },
		"another merchant's":      func(v *vault) { v.text = text("MCH-2", "SK-other", "") },
	} {
		k, v, now, log := open(t)
		change(v)
		*now = now.Add(time.Hour)
		for range 3 {
			if k.key(t) != "SK-old" {
				t.Errorf("%s: the key at hand is gone", name)
			}
		}
		if v.fetches != 2 || strings.Count(log.String(), "\n") != 1 || strings.Contains(log.String(), "SK-o") ||
			strings.Contains(log.String(), "key_1") {
			t.Errorf("%s: %d fetches, log %s", name, v.fetches, log)
		}
	}
}
