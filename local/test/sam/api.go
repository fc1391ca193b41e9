package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kasir/shared/route"
)

// samAPI is the URL of sam local start-api.
const samAPI = "http://127.0.0.1:3000"

// startAPI sends the requests of new event files, in the order of make sam's commands, to sam local start-api.
func (p *proof) startAPI(ctx context.Context) error {
	_, err := p.output(ctx, "bin/kasir", "events", "write", "--data", p.in("data"), "--out", p.in("api"))
	if err != nil {
		return err
	}
	mounted, err := p.background(ctx, "Press CTRL+C to quit", p.in("sam"), "sam", "local", "start-api")
	if err != nil {
		return err
	}
	if n := countMounted(mounted); n != len(route.All) {
		return fmt.Errorf("SAM CLI found %d routes in the template; there are %d", n, len(route.All))
	}
	bearer, err := token(ctx)
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, file := range p.files {
		key, err := p.send(ctx, file, bearer)
		if err != nil {
			return err
		}
		asked[key] = true
	}
	for _, r := range []struct {
		method, path, bearer string
		status               int
	}{
		{http.MethodDelete, "/customers/CUST-0001/tokens/unknown", bearer, http.StatusNotFound},
		{http.MethodPost, "/payments/SAM-1/records", bearer, http.StatusBadRequest}, // it has no idempotency key
		{http.MethodGet, "/payments/SAM-1", "", http.StatusUnauthorized},
		{http.MethodGet, "/payments/SAM-1", bearer + "x", http.StatusUnauthorized},
		{http.MethodGet, "/elsewhere", bearer, http.StatusForbidden}, // SAM's answer to a request without a route
	} {
		got, err := request(ctx, r.method, r.path, map[string]string{"Authorization": "Bearer " + r.bearer}, "")
		if err != nil || got.StatusCode != r.status {
			return fmt.Errorf("%s %s: %d, %v, want %d: %s", r.method, r.path, got.StatusCode, err, r.status, got.Body)
		}
		fmt.Printf("$ %s %s%s\n    %s\n", r.method, samAPI, r.path, got)
		p.answers++
	}
	asked["DELETE /customers/{customer_id}/tokens/{token_id}"] = true
	asked["POST /payments/{invoice_number}/records"] = true
	for _, r := range route.All {
		if !asked[r.Key()] {
			return fmt.Errorf("no request was for the route %s", r.Key())
		}
	}
	return nil
}

// send sends the request of an event file, with a token, and returns the key of its route.
func (p *proof) send(ctx context.Context, file, bearer string) (string, error) {
	content, err := os.ReadFile(filepath.Join(p.in("api"), "events", file))
	if err != nil {
		return "", err
	}
	var event struct {
		RouteKey, RawPath, RawQueryString, Body string
		Headers                                 map[string]string
	}
	if err := json.Unmarshal(content, &event); err != nil || event.RouteKey == "" {
		return "", err
	}
	method, _, _ := strings.Cut(event.RouteKey, " ")
	if event.RawQueryString != "" {
		event.RawPath += "?" + event.RawQueryString
	}
	fmt.Printf("$ %s %s%s    # %s\n", method, samAPI, event.RawPath, file)
	for _, name := range slices.Collect(maps.Keys(event.Headers)) {
		if name == "host" || name == "content-length" || strings.HasPrefix(name, "x-forwarded-") {
			delete(event.Headers, name)
		}
	}
	if _, signed := event.Headers["signature"]; !signed {
		event.Headers["authorization"] = "Bearer " + bearer
	}
	got, err := request(ctx, method, event.RawPath, event.Headers, event.Body)
	if err != nil {
		return "", err
	}
	return event.RouteKey, p.keep(ctx, file, got)
}

func request(ctx context.Context, method, path string, headers map[string]string, body string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, samAPI+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, string(content)}, err
}

// countMounted counts the routes in SAM CLI's output. A line has the methods of a path, and the OPTIONS that SAM CLI
// adds.
func countMounted(output string) int {
	n := 0
	for line := range strings.Lines(output) {
		if _, methods, is := strings.Cut(line, " ["); is && strings.Contains(line, "Mounting ") {
			n += strings.Count(methods, ",")
		}
	}
	return n
}
