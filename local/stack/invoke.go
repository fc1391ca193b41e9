package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kasir/local/aws/lambda"
	"kasir/local/stack/clock"
	"kasir/shared/function"
)

// Functions names every function.
func Functions() []string { return function.Names() }

// Invoke runs one function's binary once, in an environment such as Stack.Environment, and returns its answer.
func Invoke(ctx context.Context, functions, name string, environment map[string]string, event []byte, log io.Writer) ([]byte, error) {
	if !slices.Contains(Functions(), name) {
		return nil, fmt.Errorf("there is no function %q: there are %s", name, strings.Join(Functions(), ", "))
	}
	kept := hold(log)
	runtime, err := lambda.New(lambda.Config{
		Functions: []lambda.Function{{Name: name, Binary: Bootstrap(functions, name), Env: environment}}, Log: kept,
	})
	if err != nil {
		return nil, err
	}
	defer runtime.Close()
	answer, err := runtime.Invoke(ctx, name, event)
	if problem := notStarted(err); problem != nil {
		return nil, problem
	}
	kept.release()
	return answer, err
}

// running is what a stack leaves in its data folder for other commands to find it.
type running struct {
	API         string            `json:"api"`    // base URL of the HTTP API
	Issuer      string            `json:"issuer"` // base URL of its token issuer
	Environment map[string]string `json:"environment"`
	Keys        Keys              `json:"keys"`
}

func runningFile(data string) string { return filepath.Join(data, "running.json") }

// Announce writes where the stack is into the data folder; the returned function takes it back.
func (s *Stack) Announce(data string) (func(), error) {
	if data == "" {
		return nil, errors.New("announcing the stack: there is no data folder")
	}
	content, err := json.MarshalIndent(running{API: s.API, Issuer: s.Issuer, Environment: s.Environment, Keys: s.Keys}, "", "  ")
	if err != nil {
		return nil, err
	}
	name := runningFile(data)
	if err := os.MkdirAll(data, 0o700); err != nil { // a stack that keeps nothing has not made it
		return nil, fmt.Errorf("announcing the stack: %w", err)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) { // it would keep its mode
		return nil, fmt.Errorf("announcing the stack: %w", err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil { // it holds credentials
		return nil, fmt.Errorf("announcing the stack: %w", err)
	}
	return func() {
		if now, err := os.ReadFile(name); err == nil && bytes.Equal(now, content) { // else another has taken the place
			os.Remove(name)
		}
	}, nil
}

// Running returns the functions' environment of the stack that is announced in the data folder and running, if there is one.
func Running(data string) (environment map[string]string, ok bool) {
	r, ok := findRunning(data)
	return r.Environment, ok
}

// RunningKeys is the environment of Running with the keys that the secret held when the stack started.
func RunningKeys(data string) (environment map[string]string, ok bool) {
	r, ok := findRunning(data)
	if ok && r.Keys.SecretKey != "" {
		r.Environment["DOKU_CLIENT_ID"], r.Environment["DOKU_SECRET_KEY"] = r.Keys.ClientID, r.Keys.SecretKey
		r.Environment["DOKU_PREVIOUS_SECRET_KEY"], r.Environment["QUOTE_KEY"] = r.Keys.PreviousKey, r.Keys.QuoteKey
	}
	return r.Environment, ok
}

// RunningAPI is the base URL of the HTTP API of Running's stack.
func RunningAPI(data string) (url string, ok bool) {
	r, ok := findRunning(data)
	return r.API, ok
}

// TokenEndpoint is where Running's stack hands out tokens.
func TokenEndpoint(data string) (url string, ok bool) {
	r, ok := findRunning(data)
	return r.Issuer + "/token", ok && r.Issuer != ""
}

// ClockEndpoint is where the clock of Running's stack is read and moved.
func ClockEndpoint(data string) (url string, ok bool) {
	r, ok := findRunning(data)
	return r.API + clockPath, ok && r.API != ""
}

// findRunning tells a file left behind by a killed stack by its DynamoDB not answering.
func findRunning(data string) (running, bool) {
	if data == "" { // this user has no folder for it
		return running{}, false
	}
	content, err := os.ReadFile(runningFile(data))
	if err != nil {
		return running{}, false
	}
	var r running
	if json.Unmarshal(content, &r) != nil {
		return running{}, false
	}
	endpoint, err := url.Parse(r.Environment["AWS_ENDPOINT_URL_DYNAMODB"])
	if err != nil || endpoint.Host == "" {
		return running{}, false
	}
	conn, err := net.DialTimeout("tcp", endpoint.Host, time.Second)
	if err != nil {
		return running{}, false
	}
	conn.Close()
	if ahead, ok := r.ahead(); ok {
		r.Environment = withClock(r.Environment, ahead)
	}
	return r, true
}

// ahead asks the stack how far its clock is ahead: it may have been moved since the stack was announced.
func (r running) ahead() (time.Duration, bool) {
	if r.API == "" {
		return 0, false
	}
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get(r.API + clockPath)
	if err != nil {
		return 0, false
	}
	defer response.Body.Close()
	var answer clock.Answer
	if json.NewDecoder(io.LimitReader(response.Body, 4<<10)).Decode(&answer) != nil {
		return 0, false
	}
	ahead, err := time.ParseDuration(answer.Ahead)
	return ahead, err == nil
}
