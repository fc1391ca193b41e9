package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// TestType is the type of the event that Courier.Test sends. No payment is behind it.
const TestType = "kasir.test"

// Report is the result of Courier.Test.
type Report struct {
	Endpoint string  `json:"endpoint"`
	EventID  string  `json:"event_id"`
	Status   int     `json:"http_status,omitempty"` // absent without an answer
	Took     int64   `json:"ms"`
	Outcome  Outcome `json:"outcome"`
	Cause    string  `json:"cause,omitempty"` // why there is no answer
}

// Test sends a signed test event to an endpoint, once and at once. The error names an endpoint that does not exist.
func (c *Courier) Test(ctx context.Context, name string) (Report, error) {
	i := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool { return e.Name == name })
	if i < 0 {
		var names []string
		for _, e := range c.Endpoints {
			names = append(names, e.Name)
		}
		return Report{}, fmt.Errorf("there is no endpoint %q: there are %q", name, strings.Join(names, ", "))
	}
	at := c.Wall().UTC().Format(time.RFC3339)
	id := "evt-test-" + strings.ToLower(c.NewID())
	data, err := json.Marshal(map[string]string{"id": id, "at": at})
	if err != nil {
		return Report{}, err
	}
	a := attempt{endpoint: name, number: 1}
	if a.event, err = newEvent(TestType, id, at, "", data); err != nil {
		return Report{}, err
	}
	c.send(ctx, c.Endpoints[i], &a)
	report := Report{Endpoint: name, EventID: id, Status: a.status, Took: a.took.Milliseconds(), Outcome: a.outcome}
	if a.cause != nil {
		report.Cause = a.cause.Error()
	}
	return report, nil
}
