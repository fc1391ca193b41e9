package stack

import (
	"bytes"
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
	"time"

	"kasir/local/stack/bus"
	"kasir/local/stack/clock"
)

// running is the file in the data folder by which other commands find a running stack.
type running struct {
	API         string            `json:"api"`    // base URL of the HTTP API
	Issuer      string            `json:"issuer"` // base URL of its token issuer
	Environment map[string]string `json:"environment"`
	Keys        Keys              `json:"keys"`
}

func runningFile(data string) string { return filepath.Join(data, "running.json") }

// Announce writes the stack's addresses into the data folder. The returned function removes them.
func (s *Stack) Announce(data string) (func(), error) {
	if data == "" {
		return nil, errors.New("announcing the stack: there is no data folder")
	}
	r := running{API: s.API, Issuer: s.Issuer, Environment: s.Environment, Keys: s.Keys}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	name := runningFile(data)
	if err := os.MkdirAll(data, 0o700); err != nil { // a stack in memory has not created it
		return nil, fmt.Errorf("announcing the stack: %w", err)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) { // an old file would keep its mode
		return nil, fmt.Errorf("announcing the stack: %w", err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil { // it holds credentials
		return nil, fmt.Errorf("announcing the stack: %w", err)
	}
	return func() {
		if now, err := os.ReadFile(name); err == nil && bytes.Equal(now, content) { // otherwise it is another stack's
			os.Remove(name)
		}
	}, nil
}

// Running returns the functions' environment of the running stack that is announced in the data folder. ok is false if
// there is none.
func Running(data string) (environment map[string]string, ok bool) {
	r, ok := findRunning(data)
	return r.Environment, ok
}

// RunningKeys returns the environment of Running, with the keys that the secret held when the stack started.
func RunningKeys(data string) (environment map[string]string, ok bool) {
	r, ok := findRunning(data)
	if ok && r.Keys.SecretKey != "" {
		r.Environment["DOKU_CLIENT_ID"], r.Environment["DOKU_SECRET_KEY"] = r.Keys.ClientID, r.Keys.SecretKey
		r.Environment["DOKU_PREVIOUS_SECRET_KEY"], r.Environment["QUOTE_KEY"] = r.Keys.PreviousKey, r.Keys.QuoteKey
	}
	return r.Environment, ok
}

// RunningAPI returns the base URL of the HTTP API of Running's stack.
func RunningAPI(data string) (url string, ok bool) {
	r, ok := findRunning(data)
	return r.API, ok
}

// TokenEndpoint returns the URL of the token endpoint of Running's stack.
func TokenEndpoint(data string) (url string, ok bool) {
	r, ok := findRunning(data)
	return r.Issuer + "/token", ok && r.Issuer != ""
}

// ClockEndpoint returns the URL of the clock of Running's stack.
func ClockEndpoint(data string) (url string, ok bool) {
	r, ok := findRunning(data)
	return r.API + clockPath, ok && r.API != ""
}

// RunningEvents returns a client of the events on the bus of Running's stack.
func RunningEvents(data string) (events bus.Client, ok bool) {
	r, ok := findRunning(data)
	return bus.Client{URL: r.API + eventsPath}, ok && r.API != ""
}

// findRunning reads the file of the running stack. It ignores the file of a killed stack, whose DynamoDB does not
// answer.
func findRunning(data string) (running, bool) {
	if data == "" { // this user has no data folder
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

// ahead asks the stack how far its clock is ahead, because the clock may have been moved since the stack was announced.
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
