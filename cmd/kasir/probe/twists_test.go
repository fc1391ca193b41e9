package probe

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// These twists change the sandbox's answers in ways that a real DOKU may behave.

func isGET(request *http.Request) bool { return request.Method == http.MethodGet }

func isRefusal(request *http.Request, a *reply) bool {
	return !isGET(request) &&
		(a.status >= 400 && a.status != http.StatusConflict || strings.Contains(a.body, `FAILED"`) ||
			strings.Contains(a.body, `"error"`))
}

// unsigned leaves the signature off one class of answers.
func unsigned(class string) twist {
	return only(class, func(a *reply) { a.header.Del("Signature") })
}

func only(class string, change func(*reply)) twist {
	return func(request *http.Request, a *reply) {
		of := "success"
		switch {
		case isGET(request):
			of = "get"
		case isRefusal(request, a):
			of = "refusal"
		}
		if of == class {
			change(a)
		}
	}
}

func spoilt(a *reply) {
	a.header.Set("Signature", "HMACSHA256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
}

func otherRequest(a *reply) {
	a.header.Set("Request-Id", "another")
	a.sign()
}

func bare(_ *http.Request, a *reply) {
	a.header.Set("Signature", strings.TrimPrefix(a.header.Get("Signature"), "HMACSHA256="))
}

func withoutDigest(request *http.Request, a *reply) {
	if isGET(request) {
		a.signOver("")
	}
}

// repeated answers a repeated request with another status and body.
func repeated(status int, body string) twist {
	return func(_ *http.Request, a *reply) {
		if a.status == http.StatusConflict && !strings.Contains(a.body, `"error"`) {
			a.become(status, body)
		}
	}
}

func code(from, to string) twist {
	return func(_ *http.Request, a *reply) {
		if strings.Contains(a.body, from) {
			a.become(a.status, strings.ReplaceAll(a.body, from, to))
		}
	}
}

func errorsAs(shape string) twist {
	return func(_ *http.Request, a *reply) {
		if strings.HasPrefix(a.body, `{"error":`) && a.status != http.StatusNotFound &&
			!strings.Contains(a.body, "invalid_") &&
			!strings.Contains(a.body, "time_out") {
			a.become(a.status, shape)
		}
	}
}

func unauthorized(_ *http.Request, a *reply) {
	if strings.Contains(a.body, "invalid_signature") {
		a.status, a.body = http.StatusUnauthorized, `{"message":"Unauthorized"}`
		a.header.Del("Signature")
	}
}

// wholeRefund leaves out the refund of half.
func wholeRefund(c *Config) { c.Skip = []string{"partial-refund"} }

var dated = regexp.MustCompile(`"date":"([^"]+)"`)

// localDates writes Jakarta's time with a Z.
func localDates(_ *http.Request, a *reply) {
	a.become(a.status, dated.ReplaceAllStringFunc(a.body, func(found string) string {
		at, _ := time.Parse(time.RFC3339, dated.FindStringSubmatch(found)[1])
		return `"date":"` + at.Add(7*time.Hour).Format(time.RFC3339) + `"`
	}))
}

func requestTargets(_ *http.Request, a *reply) {
	a.header["Request-Target"] = []string{a.target, a.target}
}

func notFoundUnpaid(request *http.Request, a *reply) {
	if isGET(request) && strings.Contains(a.body, `"transaction":null`) {
		a.become(http.StatusNotFound, `{"error":{"code":"TRANSACTION_NOT_FOUND","message":"no","type":"x"}}`)
	}
}

// repeatedAnew answers a repeat with the first answer's values in another spelling.
func repeatedAnew(_ *http.Request, a *reply) {
	if a.status == http.StatusConflict {
		a.become(a.status, strings.Replace(a.body, `{`, `{ `, 1))
	}
}
