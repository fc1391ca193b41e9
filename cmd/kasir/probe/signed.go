package probe

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"kasir/shared/doku"
)

const scheme = "HMACSHA256="

// signature is the result of checking the signature of an answer or a notification.
type signature struct {
	present, right bool
	bare           bool   // right, without HMACSHA256= before it
	digest         bool   // right, over the digest of the body
	target         string // right, over this path
	missing        string // name of a missing header that the signature needs
}

func (s signature) String() string {
	switch {
	case !s.present:
		return "not signed"
	case !s.right && s.missing != "":
		return "wrongly signed: no header " + s.missing
	case !s.right:
		return "wrongly signed"
	case s.bare:
		return "rightly signed, without " + scheme
	case !s.digest:
		return "rightly signed, without the digest"
	}
	return "rightly signed"
}

// verify checks an answer's signature in every known form.
func verify(keys doku.Keyring, c call, a answer) signature {
	component := doku.Component{
		ClientID: a.header.Get("Client-Id"), RequestID: a.header.Get("Request-Id"),
		Timestamp: a.header.Get("Response-Timestamp"), Target: c.path, Response: true,
	}
	s := check(keys, a.header, component, a.body, "Response-Timestamp", c.path)
	s.right = s.right && component.ClientID == c.clientID && component.RequestID == c.requestID
	return s
}

// check finds the form in which the signature in header matches: with or without the digest, over one of the targets.
func check(
	keys doku.Keyring,
	header http.Header,
	c doku.Component,
	body []byte,
	stamp string,
	targets ...string,
) signature {
	given := header.Get("Signature")
	s := signature{present: given != ""}
	for _, name := range []string{"Client-Id", "Request-Id", stamp} {
		if header.Get(name) == "" {
			s.missing = name
		}
	}
	for _, target := range targets {
		for _, digest := range []string{doku.Digest(body), ""} {
			for _, key := range []doku.Secret{keys.Current, keys.Previous} {
				c.Target, c.Digest = target, digest
				if key == "" ||
					!same(strings.TrimPrefix(given, scheme), strings.TrimPrefix(doku.Sign(key, c), scheme)) {
					continue
				}
				s.right, s.bare, s.digest, s.target = true, !strings.HasPrefix(given, scheme), digest != "", target
				return s
			}
		}
	}
	return s
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
