package probe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// answer is an answer of DOKU, unchanged.
type answer struct {
	status int
	header http.Header
	body   []byte
	doc    any // the body as JSON; nil if it is not JSON
	signed signature
}

// word returns the text at a path of names, in capitals.
func (a answer) word(path ...string) string { return strings.ToUpper(a.text(path...)) }

// text returns the text or number at a path of names. It is empty if there is none.
func (a answer) text(path ...string) string { return textAt(a.doc, path...) }

func textAt(value any, path ...string) string {
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// problem is the error in a body, in one of the known shapes.
type problem struct {
	shape, code, message string
}

// Shapes of errors. Only the first four have a code.
const (
	shapeError         = `{"error":{…}}`
	shapeErrors        = `{"errors":…}`
	shapeErrorText     = `{"error":"…"}`
	shapeMessageList   = `{"message":[…]}`
	shapeErrorMessages = `{"error_messages":[…]}`
	shapeMessage       = `{"message":"…"}`
)

// problem returns the error in the body. It returns false if there is none.
func (a answer) problem() (problem, bool) {
	doc, _ := a.doc.(map[string]any)
	for _, form := range []struct {
		name, object, other string
	}{
		{"error", shapeError, shapeErrorText}, {"errors", shapeErrors, shapeErrors},
		{"error_messages", shapeErrorMessages, shapeErrorMessages}, {"message", shapeMessage, shapeMessage},
	} {
		value, there := doc[form.name]
		if !there || value == nil {
			continue
		}
		p := problem{shape: form.other}
		if _, ok := value.(map[string]any); ok {
			p.shape = form.object
		}
		if _, ok := value.([]any); ok && form.name == "message" {
			p.shape = shapeMessageList
		}
		p.code, p.message = describe(value)
		if p.code == "" {
			p.code = textAt(doc, "code")
		}
		return p, true
	}
	return problem{}, false
}

func describe(value any) (code, message string) {
	switch v := value.(type) {
	case map[string]any:
		_, message = describe(v["message"])
		return textAt(v, "code"), message
	case []any:
		var texts []string
		for _, item := range v {
			c, text := describe(item)
			if code == "" {
				code = c
			}
			texts = append(texts, text)
		}
		return code, strings.Join(texts, "; ")
	case nil:
		return "", ""
	}
	return "", fmt.Sprint(value)
}

// code returns the code of the error in the body. It is empty if there is none.
func (a answer) code() string {
	p, _ := a.problem()
	return p.code
}

// String returns the status and the code, shape or status word of an answer.
func (a answer) String() string {
	p, ok := a.problem()
	switch {
	case a.doc == nil:
		return fmt.Sprintf("HTTP %d with a body that is not JSON", a.status)
	case ok && p.code != "":
		return fmt.Sprintf("HTTP %d %s", a.status, p.code)
	case ok:
		return fmt.Sprintf("HTTP %d %s, without a code", a.status, p.shape)
	}
	for _, object := range []string{"transaction", "refund", "payment", "order"} {
		if status := a.text(object, "status"); status != "" {
			return fmt.Sprintf("HTTP %d %s", a.status, status)
		}
	}
	return fmt.Sprintf("HTTP %d", a.status)
}

func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

// replay reports whether an answer repeats an earlier one. DOKU repeats answers under HTTP 409 or 2xx. A repeat under
// 409 need not be the same byte for byte.
func (a answer) replay(first answer) bool {
	if !a.ok() && a.status != http.StatusConflict || len(first.body) == 0 {
		return false
	}
	if string(a.body) == string(first.body) {
		return true
	}
	same := func(path ...string) bool { return a.text(path...) == first.text(path...) }
	return a.status == http.StatusConflict && a.done() && first.done() && a.pageURL() == first.pageURL() &&
		same("refund", "approval_code") && same("payment", "approval_code")
}

// pageURL returns the URL of the payment page in an answer of create page.
func (a answer) pageURL() string { return a.text("credit_card_payment_page", "url") }

// done reports whether an answer to POST confirms the request.
func (a answer) done() bool {
	if !a.ok() && a.status != http.StatusConflict {
		return false
	}
	done := []string{a.word("refund", "status"), a.word("payment", "status")}
	if tokens, ok := a.doc.(map[string]any); ok && tokens["tokens"] != nil && a.ok() {
		return true
	}
	return a.pageURL() != "" || slices.Contains(done, "SUCCESS") || a.word("status") == "DELETE SUCCESS" ||
		a.word("token", "status") == "INACTIVE"
}

// refused reports whether an answer to POST is a refusal in DOKU's shape: an error with a code, or FAILED.
func (a answer) refused() bool {
	failed := []string{a.word("refund", "status"), a.word("payment", "status")}
	if slices.Contains(failed, "FAILED") || a.word("status") == "DELETE FAILED" {
		return true
	}
	p, ok := a.problem()
	return ok && a.status >= 400 && a.status < 500 &&
		(p.code != "" || p.shape != shapeMessage && p.shape != shapeErrorText)
}

var variables = regexp.MustCompile(`(?i)kasir-probe-[a-z0-9-]*|\b[a-z2-7]{20,}\b|/[^\s"',]*`)

// withoutVariables returns an answer without ids, paths and times. Two answers of one kind are then the same.
func (a answer) withoutVariables() string {
	p, _ := a.problem()
	if p.shape == "" && a.doc != nil {
		return fmt.Sprint(a.status, " ", a.text("order", "invoice_number") != "")
	}
	message := p.message
	if a.doc == nil {
		message = string(a.body[:min(len(a.body), 200)])
	}
	return fmt.Sprint(a.status, p.shape, p.code, variables.ReplaceAllString(message, "…"))
}

// pathMissing reports whether an answer shows that its path does not exist. wrong is the answer to a path that cannot
// exist.
func (a answer) pathMissing(wrong *Exchange) bool {
	p, _ := a.problem()
	switch {
	case strings.Contains(p.message, "No static resource"):
		return true
	case a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed:
		return false
	case wrong != nil && wrong.Answer != nil && a.withoutVariables() == wrong.answer.withoutVariables():
		return true
	}
	return p.code == "" && (p.shape == "" || p.shape == shapeMessage || p.shape == shapeErrorText)
}
