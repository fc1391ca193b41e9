package lambda

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// phase is the position of a runtime in its loop. A call that does not fit the phase is refused with 403, as on AWS.
type phase int

const (
	starting phase = iota // has not asked for an event yet
	waiting               // has asked and waits for an event
	running               // has an event
	answered              // has posted its answer; its next call should ask for an event
)

// answer is the runtime's answer to an event.
type answer struct {
	payload []byte
	err     *Error
}

// apiError is the JSON of every error of the Runtime API, in both directions.
type apiError struct {
	Message string `json:"errorMessage"`
	Type    string `json:"errorType"`
}

// api returns the handler of the Runtime API for this instance's process.
func (i *instance) api() http.Handler {
	const root = "/2018-06-01/runtime"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"/invocation/next", i.next)
	mux.HandleFunc("POST "+root+"/invocation/{id}/response", i.response)
	mux.HandleFunc("POST "+root+"/invocation/{id}/error", i.invocationError)
	mux.HandleFunc("POST "+root+"/init/error", i.initError)
	return mux
}

// next answers when there is an event. There is no time limit: a runtime may wait for minutes.
func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	if !i.markWaiting() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "an event is being served")
		return
	}
	select {
	case inv := <-i.work:
		i.mu.Lock()
		i.phase, i.current = running, inv
		i.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(inv.event)))
		h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", i.fn.arn())
		h.Set("Lambda-Runtime-Trace-Id", inv.trace)
		w.Write(inv.event)
	case <-r.Context().Done(): // the process ended, or will ask again
	}
}

// markWaiting records that the runtime asks for an event, and reports whether it may. Asking twice is allowed, because
// a client may have given up its first request.
func (i *instance) markWaiting() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch i.phase {
	case running:
		return false
	case starting, answered:
		i.phase = waiting
		i.ready <- struct{}{} // never blocks: it is read before the next event is handed over
	}
	return true
}

// response takes the function's answer.
func (i *instance) response(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
	if err != nil {
		refuse(w, http.StatusBadRequest, "Runtime.TruncatedResponse", "the answer could not be read to its end")
		return
	}
	if len(payload) <= maxPayload {
		i.answer(w, r.PathValue("id"), answer{payload: payload})
		return
	}
	io.Copy(io.Discard, r.Body) // lets the runtime read the refusal
	message := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxPayload)
	oversized := newError(Failed, i.fn.Name, r.PathValue("id"), "Function.ResponseSizeTooLarge", message)
	if !i.accept(w, r.PathValue("id"), answer{err: oversized}) {
		return
	}
	refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", message)
}

// invocationError takes the error that the function returned.
func (i *instance) invocationError(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxPayload))
	if err != nil {
		refuse(w, http.StatusBadRequest, "Runtime.TruncatedResponse", "the error could not be read to its end")
		return
	}
	i.answer(w, r.PathValue("id"), answer{err: reportedError(Failed, i.fn, r.PathValue("id"), payload)})
}

// initError takes the reason why the runtime cannot start. The runtime should then exit.
func (i *instance) initError(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxPayload))
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.phase != starting || err != nil {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "init is over")
		return
	}
	select {
	case i.failure <- payload:
	default: // reported before
	}
	writeAccepted(w)
}

func (i *instance) answer(w http.ResponseWriter, id string, a answer) {
	if i.accept(w, id, a) {
		writeAccepted(w)
	}
}

// accept passes the answer to the invocation, unless the answer is for another event.
func (i *instance) accept(w http.ResponseWriter, id string, a answer) bool {
	if i.killBeforeAnswer(id) {
		return false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.phase != running {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "no event is being served")
		return false
	}
	if id != i.current.id {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return false
	}
	i.phase, i.current = answered, nil
	i.answers <- a // never blocks: there is one answer per event, and it is read before the next event
	return true
}

func writeAccepted(w http.ResponseWriter) {
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	reply(w, status, apiError{Message: message, Type: errorType})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
