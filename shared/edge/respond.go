package edge

import (
	"net/http"

	"kasir/shared/payment"
)

// Respond answers a request for which DOKU was called. The answer has status and body if DOKU carried the request out
// now, 200 and body if it did so before, and 202 while the outcome is not known. After a 202 the caller should send the
// same request again.
func (r Request) Respond(a payment.Answer, status int, body any) Response {
	r.Log.Status = string(a.Order.Status())
	if a.Unknown != nil {
		r.Log.Unknown = a.Unknown
		return Response{
			Status: http.StatusAccepted, Header: map[string]string{"retry-after": Seconds(a.RetryAfter)},
			Body: processing{Status: "processing", LastAnswer: lastAnswer(r.Who.Caller(), a.Operation)},
		}
	}
	if a.Replayed {
		return Response{Status: http.StatusOK, Header: map[string]string{"idempotent-replayed": "true"}, Body: body}
	}
	return Response{Status: status, Body: body}
}

// processing is the body of an answer while the outcome is not known.
type processing struct {
	Status     string      `json:"status"`
	LastAnswer *AnswerView `json:"last_answer,omitempty"`
}
