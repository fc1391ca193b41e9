package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// Kind is the kind of a failed invocation.
type Kind int

const (
	// Unknown: no function has that name. The event was not delivered.
	Unknown Kind = iota + 1
	// TooLarge: the event exceeds Lambda's 6 MB. It was not delivered.
	TooLarge
	// Throttled: all instances that the function may have are busy. The event was not delivered and can be sent again.
	// Events are not queued, as on AWS: a queue would hide that the deployed function refuses them.
	Throttled
	// Init: no instance could be started. Its process exited, reported an error, or did not ask for an event in time.
	// The event was not delivered.
	Init
	// Failed: the function returned an error, panicked (then Exited is set), or answered with more than 6 MB. Its
	// effects until then remain.
	Failed
	// Crashed: the process exited without an answer. The event may or may not have had an effect.
	Crashed
	// TimedOut: there was no answer before the deadline, and the instance was killed. The event may or may not have had
	// an effect.
	TimedOut
)

// Error is a failed invocation.
type Error struct {
	Kind      Kind
	Function  string
	RequestID string // empty if no instance got the event
	// Type and Message are errorType and errorMessage in AWS's words, or the function's own for Failed.
	Type    string
	Message string
	// Payload is the JSON that Lambda's Invoke returns together with X-Amz-Function-Error. For Failed it is the
	// function's report with its stackTrace, byte for byte.
	Payload []byte
	// Exited reports that the process exited after it reported its failure, as aws-lambda-go does after a panic.
	Exited bool
}

// Error returns the function's name and AWS's description of the failure.
func (e *Error) Error() string {
	return fmt.Sprintf("function %s: %s: %s", e.Function, e.Type, e.Message)
}

// newError fills in the payload that AWS would return.
func newError(kind Kind, function, requestID, errorType, message string) *Error {
	e := &Error{Kind: kind, Function: function, RequestID: requestID, Type: errorType, Message: message}
	e.Payload, _ = json.Marshal(apiError{Message: message, Type: errorType}) // two strings always marshal
	return e
}

func unknownFunction(function string) *Error {
	return newError(Unknown, function, "", "ResourceNotFoundException", "no such function")
}

func tooLargeError(function string, size int) *Error {
	return newError(TooLarge, function, "", "RequestEntityTooLargeException",
		fmt.Sprintf("the event has %d bytes; Lambda takes at most %d", size, maxPayload))
}

func throttleError(f Function) *Error {
	return newError(Throttled, f.Name, "", "TooManyRequestsException",
		fmt.Sprintf("Rate Exceeded: all %d instances are busy, which are all that it may have at once", f.MaxInstances))
}

func crashError(f Function, id, status string) *Error {
	return newError(Crashed, f.Name, id, "Runtime.ExitError",
		fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %s", id, status))
}

func timeoutError(f Function, id string) *Error {
	return newError(TimedOut, f.Name, id, "Sandbox.Timedout",
		fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, f.Timeout.Seconds()))
}

// initError reports why no instance could be started. It contains the last log line, in which a function names its
// missing setting.
func initError(f Function, reason, lastLine string) *Error {
	message := "failed to start: " + reason
	if lastLine != "" {
		message += ": " + lastLine
	}
	return newError(Init, f.Name, "", "Runtime.ExitError", message)
}

func initTimeout(f Function, limit time.Duration, lastLine string) *Error {
	e := initError(f, fmt.Sprintf("asked for no event within %s", limit), lastLine)
	e.Type = "Sandbox.Timedout"
	return e
}

// reportedError returns the error that a function posted to one of the two error routes. The payload need not be JSON:
// then the type is unknown and the text is the message.
func reportedError(kind Kind, f Function, id string, payload []byte) *Error {
	e := &Error{Kind: kind, Function: f.Name, RequestID: id, Type: "Runtime.Unknown", Payload: payload}
	var report apiError
	if json.Unmarshal(payload, &report) != nil {
		e.Message = string(payload)
		return e
	}
	e.Message = report.Message
	if report.Type != "" {
		e.Type = report.Type
	}
	return e
}
