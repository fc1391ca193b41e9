package sandbox

import "net/http"

// apiError is a refusal by the card API: DOKU's body {"error":{code,message,type}} and its HTTP status.
type apiError struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Type    string `json:"type"`
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

// errorBody is the body of every refusal.
type errorBody struct {
	Error *apiError `json:"error"`
}

// badHeader refuses a header. The four header errors and the type "invalid_request_error" were observed on DOKU's own
// sandbox. So was "Invalid Parameter" beside INVALID_PARAMETER.
func badHeader(message string) *apiError {
	return &apiError{http.StatusBadRequest, "invalid_header_request", message, "invalid_request_error"}
}

// requestError refuses a request for the value of a header.
func requestError(code, message string) *apiError {
	return &apiError{http.StatusBadRequest, code, message, "invalid_request_error"}
}

// invalidParameter refuses a body.
func invalidParameter(message string) *apiError {
	return &apiError{http.StatusBadRequest, "INVALID_PARAMETER", message, "Invalid Parameter"}
}

// duplicate refuses an operation that was done already. 409 with DUPLICATE_TRANSACTION is in DOKU's Malaysian
// reference.
func duplicate(message string) *apiError {
	return &apiError{http.StatusConflict, "DUPLICATE_TRANSACTION", message, "Duplicate Transaction"}
}

// notFound refuses an unknown resource. DOKU's guide documents no body for it. The code is the sandbox's choice.
func notFound(code, message string) *apiError {
	return &apiError{http.StatusNotFound, code, message, "Not Found"}
}
