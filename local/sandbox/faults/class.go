package faults

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Classes of answers, as in UnsignedAnswers.
const (
	ClassSuccess = "success"
	ClassRefusal = "refusal"
	ClassGET     = "get"
)

// ClassOf returns the class of an answer, as in UnsignedAnswers.
func ClassOf(method string, status int, body []byte) string {
	switch {
	case method == http.MethodGet:
		return ClassGET
	case IsRefusal(status, body):
		return ClassRefusal
	}
	return ClassSuccess
}

// IsRefusal reports whether an answer to a POST means that nothing was done: an error, or FAILED under 200. A repeat's
// 409 means the same as the first answer.
func IsRefusal(status int, body []byte) bool {
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

// LeavesUnsigned decides whether an answer of a class is left unsigned. identity is that of the operation, and invoice
// that of its order.
func (i *Injector) LeavesUnsigned(class, identity, invoice string) bool {
	classes := i.For(invoice).UnsignedAnswers
	is := map[string]bool{ClassSuccess: classes.Success, ClassRefusal: classes.Refusal, ClassGET: classes.GET}[class]
	if !is || classes.Share > 0 && i.random("unsigned "+class, identity).Float64() >= classes.Share {
		return false
	}
	i.Unsigned[class]++
	return true
}
