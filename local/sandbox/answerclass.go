package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"

	"kasir/local/sandbox/faults"
)

// classOf is the class of an answer, of those that may go unsigned.
func classOf(method string, status int, body []byte) string {
	switch {
	case method == http.MethodGet:
		return faults.ClassGET
	case refuses(status, body):
		return faults.ClassRefusal
	}
	return faults.ClassSuccess
}

// refuses reports whether an answer to a POST says that nothing was done: an error, or FAILED under 200. A repeat's 409
// says what the first answer said.
func refuses(status int, body []byte) bool {
	if status != http.StatusOK && status != http.StatusConflict {
		return true
	}
	var says struct {
		Error, Errors json.RawMessage
		Payment       struct{ Status string }
		Refund        struct{ Status string }
	}
	if json.Unmarshal(body, &says) != nil {
		return false
	}
	failed := strings.EqualFold(says.Payment.Status, "FAILED") || strings.EqualFold(says.Refund.Status, "FAILED")
	return says.Error != nil || says.Errors != nil || failed
}
