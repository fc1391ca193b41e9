package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kasir/local/aws/eventbridge"
)

const (
	defaultLimit = 100
	// LongestWait is the longest time that a request may wait for an event.
	LongestWait = 30 * time.Second
)

// Handler answers GET path with a List, and POST path/{id}/resend with the Event that was put again. The query of GET
// is that of Query, in lower case, and wait: how long to wait for an event.
func Handler(path string, server *eventbridge.Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		q, wait, problem := parse(r.URL.Query())
		if problem != "" {
			refuse(w, http.StatusUnprocessableEntity, problem)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), wait)
		defer cancel()
		write(w, http.StatusOK, "application/json", follow(ctx, server, q))
	})
	mux.HandleFunc("POST "+path+"/{id}/resend", func(w http.ResponseWriter, r *http.Request) {
		e, ok, err := resend(server, r.PathValue("id"))
		switch {
		case err != nil:
			refuse(w, http.StatusInternalServerError, err.Error())
		case !ok:
			refuse(w, http.StatusNotFound, fmt.Sprintf("Of the last %d events none has the id %s.",
				eventbridge.Limit, r.PathValue("id")))
		default:
			write(w, http.StatusOK, "application/json", e)
		}
	})
	return mux
}

// parse reads the query of GET. problem names the parameter that is wrong.
func parse(values url.Values) (q Query, wait time.Duration, problem string) {
	q = Query{Limit: defaultLimit, Type: values.Get("type"), Invoice: values.Get("invoice")}
	for name := range values {
		var err error
		text := values.Get(name)
		switch name {
		case "type", "invoice":
		case "after":
			if q.After, err = strconv.ParseInt(text, 10, 64); err != nil || q.After < 0 {
				problem = "after must be the place of an event, a whole number from 0 up."
			}
		case "limit":
			if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 0 || q.Limit > eventbridge.Limit {
				problem = fmt.Sprintf("limit must be a whole number between 0 and %d.", eventbridge.Limit)
			}
		case "wait":
			if wait, err = time.ParseDuration(text); err != nil || wait < 0 || wait > LongestWait {
				problem = fmt.Sprintf(`wait must be a duration such as "10s", at most %s.`, LongestWait)
			}
		default:
			problem = name + " is not a parameter; after, limit, type, invoice and wait are."
		}
		if problem != "" {
			return q, 0, problem
		}
	}
	return q, wait, ""
}

// refuse answers with application/problem+json (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string) {
	write(w, status, "application/problem+json",
		map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}

func write(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the caller is gone
}

// Client asks the handler of a running stack.
type Client struct {
	URL string // of the events: http://127.0.0.1:8080/dev/events
}

// List returns events. With a wait above 0 it waits as long until there is one.
func (c Client) List(ctx context.Context, q Query, wait time.Duration) (List, error) {
	values := url.Values{
		"after": {strconv.FormatInt(q.After, 10)}, "limit": {strconv.Itoa(q.Limit)}, "wait": {wait.String()},
		"type": {q.Type}, "invoice": {q.Invoice},
	}
	var l List
	err := c.ask(ctx, http.MethodGet, "?"+values.Encode(), &l)
	return l, err
}

// Resend puts an event on the bus again.
func (c Client) Resend(ctx context.Context, id string) (Event, error) {
	var e Event
	err := c.ask(ctx, http.MethodPost, "/"+url.PathEscape(id)+"/resend", &e)
	return e, err
}

func (c Client) ask(ctx context.Context, method, more string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.URL+more, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("asking kasir local for its events: %w", err)
	}
	defer response.Body.Close()
	decoder := json.NewDecoder(response.Body)
	if response.StatusCode == http.StatusOK {
		return decoder.Decode(answer)
	}
	var problem struct{ Detail string }
	if decoder.Decode(&problem) != nil || problem.Detail == "" {
		return fmt.Errorf("asking kasir local for its events: it answered %s", response.Status)
	}
	return errors.New(strings.TrimSuffix(problem.Detail, "."))
}
