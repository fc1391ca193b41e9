package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// Kind says what went wrong with an invocation, for callers that treat the cases differently.
type Kind int

const (
	// Unknown: no function of that name is deployed. The event reached nobody.
	Unknown Kind = iota + 1
	// TooLarge: the event is over Lambda's 6 MB. It reached nobody.
	TooLarge
	// Throttled: all instances the function may have are busy. The event reached nobody; it may be sent again. Like
	// AWS, nothing is queued: a queue here would hide that the deployed function refuses.
	Throttled
	// Init: an instance could not be started: its process ended, reported an error or stayed silent before it asked for
	// its first event. The event reached nobody.
	Init
	// Failed: the function reported an error, by returning one or by panicking (then Exited is set), or answered with
	// more than 6 MB. What it had done until then stays done.
	Failed
	// Crashed: the process ended without an answer. Whether the event had an effect is not known.
	Crashed
	// TimedOut: no answer before the deadline; the instance was killed. Whether the event had an effect is not known.
	TimedOut
)

// Error is a failed invocation.
type Error struct {
	Kind      Kind
	Function  string
	RequestID string // empty when no instance got the event
	// Type and Message are errorType and errorMessage as AWS words them, or the function's own for Failed.
	Type    string
	Message string
	// Payload is the JSON that Lambda's Invoke returns beside X-Amz-Function-Error; for Failed it is what the function
	// reported, stackTrace included, byte for byte.
	Payload []byte
	// Exited tells that the process ended after reporting its failure, as aws-lambda-go makes it after a panic.
	Exited bool
}

// Error names the function and says in AWS's words what happened.
func (e *Error) Error() string {
	return fmt.Sprintf("function %s: %s: %s", e.Function, e.Type, e.Message)
}

// newError fills in the payload that AWS would give.
func newError(kind Kind, function, requestID, errorType, message string) *Error {
	e := &Error{Kind: kind, Function: function, RequestID: requestID, Type: errorType, Message: message}
	e.Payload, _ = json.Marshal(apiError{Message: message, Type: errorType}) // two strings always marshal
	return e
}

func unknown(function string) *Error {
	return newError(Unknown, function, "", "ResourceNotFoundException", "no such function")
}

func tooLarge(function string, size int) *Error {
	return newError(TooLarge, function, "", "RequestEntityTooLargeException",
		fmt.Sprintf("the event has %d bytes; Lambda takes at most %d", size, maxPayload))
}

func throttled(f Function) *Error {
	return newError(Throttled, f.Name, "", "TooManyRequestsException",
		fmt.Sprintf("Rate Exceeded: all %d instances are busy, which are all that it may have at once", f.MaxInstances))
}

func crashed(f Function, id, status string) *Error {
	return newError(Crashed, f.Name, id, "Runtime.ExitError",
		fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %s", id, status))
}

func timedOut(f Function, id string) *Error {
	return newError(TimedOut, f.Name, id, "Sandbox.Timedout",
		fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, f.Timeout.Seconds()))
}

// initFailed says why there is no instance. The last log line is the part that helps: it is where a function says which
// setting is missing.
func initFailed(f Function, reason, lastLine string) *Error {
	message := "failed to start: " + reason
	if lastLine != "" {
		message += ": " + lastLine
	}
	return newError(Init, f.Name, "", "Runtime.ExitError", message)
}

func silent(f Function, limit time.Duration, lastLine string) *Error {
	e := initFailed(f, fmt.Sprintf("asked for no event within %s", limit), lastLine)
	e.Type = "Sandbox.Timedout"
	return e
}

// reported turns what a function posted to one of the two error routes into an error. It need not be JSON: then the type
// is unknown and the text is the message.
func reported(kind Kind, f Function, id string, payload []byte) *Error {
	e := &Error{Kind: kind, Function: f.Name, RequestID: id, Type: "Runtime.Unknown", Payload: payload}
	var said apiError
	if json.Unmarshal(payload, &said) != nil {
		e.Message = string(payload)
		return e
	}
	e.Message = said.Message
	if said.Type != "" {
		e.Type = said.Type
	}
	return e
}
