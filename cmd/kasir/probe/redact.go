package probe

import (
	"net/http"
	"regexp"
	"strings"

	"kasir/shared/doku"
)

const redacted = "[not kept]"

// redactor removes secrets from the exchanges that the report keeps: keys, signatures of requests, and the queries of
// URLs. The query of a page's URL holds a signature.
type redactor struct{ known *strings.Replacer }

func (r *run) redactor(signature string) redactor {
	var pairs []string
	request := doku.Secret(strings.TrimPrefix(signature, scheme))
	for _, secret := range []doku.Secret{r.cfg.Keys.Current, r.cfg.Keys.Previous, request} {
		if secret != "" {
			pairs = append(pairs, string(secret), redacted)
		}
	}
	return redactor{strings.NewReplacer(pairs...)}
}

var query = regexp.MustCompile(`(?i)(https?:(?:\\?/){2}[^\s"'<>?\\]*(?:\\/[^\s"'<>?\\]*)*)(?:\?|\\u003f|%3f)[^\s"'<>]*`)

func (h redactor) text(s string) string {
	return query.ReplaceAllString(h.known.Replace(s), "$1?"+redacted)
}

func (h redactor) message(m Message) Message {
	m.Path, m.Body = h.text(m.Path), h.text(m.Body)
	header := http.Header{}
	for name, values := range m.Header {
		for _, value := range values {
			header.Add(name, h.text(value))
		}
	}
	header.Del("Set-Cookie")
	if m.Method != "" && header.Get("Signature") != "" { // a request
		header.Set("Signature", redacted)
	}
	m.Header = header
	return m
}
