package promises

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kasir/local/sandbox"
)

// noRoute is a gateway's answer to a path that it does not know.
const noRoute = `{"message":"no Route matched with those values"}`

// loseAnswer lets DOKU carry the call out and drops its answer.
func loseAnswer(x exchange) answer { x.forward(); return answer{} }

// dropCall drops the call: DOKU never sees it.
func dropCall(exchange) answer { return answer{} }

// answerUnsigned answers instead of DOKU, unsigned. The call does not reach DOKU.
func answerUnsigned(status int, body string) step {
	return func(exchange) answer {
		return answer{status, http.Header{"Content-Type": {"application/json"}}, body}
	}
}

// doThen lets DOKU carry the call out, and answers instead of it.
func doThen(s step) step { return func(x exchange) answer { x.forward(); return s(x) } }

// answerSigned answers as DOKU itself would, rightly signed. The call does not reach the sandbox.
func answerSigned(status int, body string) step {
	return func(x exchange) answer { return sign(x, status, body) }
}

func sign(x exchange, status int, body string) answer {
	at := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	sum := sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(sandbox.DefaultSecretKey))
	id := x.Header.Get("Request-Id")
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:%s\nResponse-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		sandbox.DefaultClientID, id, at, x.URL.EscapedPath(), base64.StdEncoding.EncodeToString(sum[:]))
	return answer{status, http.Header{
		"Content-Type": {"application/json"}, "Client-Id": {sandbox.DefaultClientID}, "Request-Id": {id},
		"Response-Timestamp": {at}, "Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}, body}
}

// rewriteAnswer lets DOKU carry the call out, changes its answer and signs it again. The texts are old and new in turn.
func rewriteAnswer(oldnew ...string) step {
	return func(x exchange) answer {
		got := x.forward()
		return sign(x, got.status, strings.NewReplacer(oldnew...).Replace(got.body))
	}
}
