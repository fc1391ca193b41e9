package clock

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// Mover moves the clock of everything at once. An error that a caller can act on is a *Problem.
type Mover interface {
	Now() time.Time
	Ahead() time.Duration
	// Advance moves the clock forward. Everything that becomes due on the way runs at its time.
	Advance(ctx context.Context, by time.Duration) error
	// Reset puts the clock back to the real time. If something happened later than that, it needs forget, and deletes
	// everything.
	Reset(ctx context.Context, forget bool) (Forgotten, error)
}

// Forgotten counts the deletions of Reset.
type Forgotten struct {
	Orders int `json:"orders"`
	Pages  int `json:"pages"` // of the sandbox
}

// Problem is the reason why the clock was not moved.
type Problem struct {
	Status  int
	Pointer string // JSON pointer of the field that is wrong, or empty
	Detail  string
}

func (p *Problem) Error() string { return p.Detail }

// Check returns the problem of moving a clock that is ahead by a duration, or nil.
func Check(ahead, by time.Duration) error {
	if by <= 0 {
		return invalid("/advance", `advance must be above 0, such as "168h": the clock does not go back`)
	}
	if by > MaxAhead-ahead {
		return invalid("/advance", "advance is too long: the clock can be ten years ahead at most")
	}
	return nil
}

func invalid(pointer, detail string) error {
	return &Problem{http.StatusUnprocessableEntity, pointer, detail}
}

const maxBody = 4 << 10

// Answer is the answer to a GET, and to a POST that moved the clock.
type Answer struct {
	Now   time.Time `json:"now"`   // UTC, whole seconds
	Ahead string    `json:"ahead"` // "168h0m0s"

	Forgotten *Forgotten `json:"forgotten,omitempty"` // by this request; missing if nothing was
}

// Handler answers GET with the time, and POST {"advance":"168h"} or {"reset":true} after the clock was moved.
func Handler(m Mover) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		var gone Forgotten
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodPost:
			var err error
			if gone, err = move(r.Context(), m, http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
				refuse(w, err)
				return
			}
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			refuse(w, &Problem{Status: http.StatusMethodNotAllowed, Detail: "The clock answers GET and POST."})
			return
		}
		answer := Answer{Now: m.Now().UTC().Truncate(time.Second), Ahead: m.Ahead().String()}
		if gone != (Forgotten{}) {
			answer.Forgotten = &gone
		}
		write(w, http.StatusOK, "application/json", answer)
	})
}

// move moves the clock as the body asks.
func move(ctx context.Context, m Mover, body io.Reader) (Forgotten, error) {
	var ask struct {
		Advance *string `json:"advance"`
		Reset   bool    `json:"reset"`
		Forget  bool    `json:"forget"`
	}
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&ask)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("something follows it")
		}
	}
	if err != nil {
		detail := `the body must be {"advance":"168h"} or {"reset":true}: ` + err.Error()
		return Forgotten{}, &Problem{Status: http.StatusBadRequest, Detail: detail}
	}
	switch {
	case ask.Advance != nil && ask.Reset, ask.Advance == nil && !ask.Reset:
		return Forgotten{}, invalid("", `the body must have exactly one of "advance" or "reset": true`)
	case ask.Forget && !ask.Reset:
		return Forgotten{}, invalid("/forget", `forget goes with "reset": true`)
	case ask.Reset:
		return m.Reset(ctx, ask.Forget)
	}
	by, err := time.ParseDuration(*ask.Advance)
	if err != nil {
		return Forgotten{}, invalid("/advance", `advance must be a duration such as "30m" or "168h"`)
	}
	return Forgotten{}, m.Advance(ctx, by)
}

// refuse answers with application/problem+json (RFC 9457).
func refuse(w http.ResponseWriter, err error) {
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		p = &Problem{Status: http.StatusInternalServerError, Detail: err.Error()}
	}
	type fault struct {
		Pointer string `json:"pointer"`
		Detail  string `json:"detail"`
	}
	var faults []fault
	if p.Pointer != "" {
		faults = []fault{{p.Pointer, p.Detail}}
	}
	write(w, p.Status, "application/problem+json", struct {
		Title  string  `json:"title"`
		Status int     `json:"status"`
		Detail string  `json:"detail"`
		Errors []fault `json:"errors,omitempty"`
	}{http.StatusText(p.Status), p.Status, p.Detail, faults})
}

func write(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the caller is gone
}
