package stack

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"kasir/shared/doku"
	"kasir/shared/webhook"
)

// namedEndpoints holds the URL of each endpoint, by its name. A URL keeps its name, and with it its secret and its
// queue. It does not matter which other endpoints are configured.
type namedEndpoints map[string]string

// nameEndpoints returns the endpoints of this run and of earlier ones, and keeps them in the folder.
func (w Webhooks) nameEndpoints() (namedEndpoints, error) {
	all, file := namedEndpoints{}, filepath.Join(w.Folder, "endpoints.json")
	if w.Folder != "" {
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &all)
		}
		if err == nil && all == nil { // null
			err = errors.New("it is empty")
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s does not hold the URLs of the endpoints: %w; restore it, or move the folder %s "+
				"away: each endpoint then gets a new secret, and the events in the folder are not sent", file, err,
				w.Folder)
		}
	}
	for _, url := range w.URLs {
		if all.nameOf(url) == "" {
			all[all.free()] = url
		}
	}
	if w.Folder == "" || len(w.URLs) == 0 {
		return all, nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return all, replaceFile(file, text)
}

// nameOf returns the name of a URL, empty if it has none.
func (n namedEndpoints) nameOf(url string) string {
	for name, known := range n {
		if known == url {
			return name
		}
	}
	return ""
}

// free returns the first name that no endpoint has.
func (n namedEndpoints) free() string {
	name := "local"
	for i := 2; n[name] != ""; i++ {
		name = "local" + strconv.Itoa(i)
	}
	return name
}

// absent returns the names of the endpoints that are not among the URLs.
func (n namedEndpoints) absent(urls []string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(n)), func(name string) bool {
		return slices.Contains(urls, n[name])
	})
}

// readSecrets returns the secrets that an earlier run has kept in a file, none if there is no file.
func readSecrets(file string) (webhook.Secrets, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return webhook.Secrets{}, nil
	}
	var secrets webhook.Secrets
	if err == nil && len(text) == 0 {
		err = errors.New("it is empty")
	}
	if err == nil {
		secrets, err = webhook.ParseSecrets(string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not hold the secrets of the webhooks: %w; restore it, or delete it: each "+
			"endpoint then gets a new secret, which its back end needs", file, err)
	}
	return secrets, nil
}

// holdWebhookSecrets gives each endpoint its secret: the configured one, the one of an earlier run, or a new one.
func (s *Stack) holdWebhookSecrets(w Webhooks, endpoints []webhook.Endpoint) (err error) {
	secrets, file := webhook.Secrets{}, ""
	if w.Folder != "" {
		file = filepath.Join(w.Folder, "secrets.json")
		if secrets, err = readSecrets(file); err != nil {
			return err
		}
	}
	for _, e := range endpoints {
		pair := secrets[e.Name]
		switch {
		case w.Secret != "":
			pair = webhook.Pair{Current: doku.Secret(w.Secret)}
		case pair.Current == "":
			var key [webhook.SecretSize]byte
			rand.Read(key[:])
			pair.Current = webhook.NewSecret(key)
		}
		if err := webhook.CheckSecret(pair.Current); err != nil {
			return fmt.Errorf("the secret of the webhooks %w", err)
		}
		secrets[e.Name] = pair
		s.Webhooks = append(s.Webhooks, Webhook{e.Name, e.URL, string(pair.Current)})
	}
	keep := func(text string) error {
		if file == "" {
			return nil
		}
		return replaceFile(file, []byte(text))
	}
	s.Secrets.Hold(webhooksARN, secrets.JSON(), keep)
	if len(endpoints) == 0 {
		return nil
	}
	return keep(secrets.JSON())
}

// replaceFile writes a file in one step, unless it has the content already.
func replaceFile(file string, content []byte) error {
	if now, err := os.ReadFile(file); err == nil && bytes.Equal(now, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	draft := file + ".new"
	if err := os.WriteFile(draft, content, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, file)
}
