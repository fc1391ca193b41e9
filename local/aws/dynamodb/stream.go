package dynamodb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Stream is the stream of changes of a running dynalite. Each write that dynalite has acknowledged has a record in it,
// with the item before and after. Records of one item are in the order of its writes. A record stays until it is
// removed, in the data folder also after a restart.
type Stream struct {
	URL string // of dynalite
}

// Read returns the oldest records, at most limit, in the form in which Lambda passes them to a function. It waits some
// seconds for the first one, and returns none if none comes.
func (s Stream) Read(ctx context.Context, limit int) ([]json.RawMessage, error) {
	var answer struct{ Records []json.RawMessage }
	err := s.ask(ctx, http.MethodGet, "?limit="+strconv.Itoa(limit), nil, &answer)
	return answer.Records, err
}

// Remove removes records that were handled, by their sequence numbers.
func (s Stream) Remove(ctx context.Context, sequences ...string) error {
	return s.ask(ctx, http.MethodDelete, "", map[string][]string{"handled": sequences}, &struct{}{})
}

// SetAside takes a record out of the stream until the next start of dynalite, which puts it back.
func (s Stream) SetAside(ctx context.Context, sequence string) error {
	return s.ask(ctx, http.MethodDelete, "", map[string][]string{"aside": {sequence}}, &struct{}{})
}

// Clear removes all records, also those that were set aside.
func (s Stream) Clear(ctx context.Context) error {
	return s.ask(ctx, http.MethodDelete, "", map[string]bool{"all": true}, &struct{}{})
}

func (s Stream) ask(ctx context.Context, method, query string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, s.URL+"/stream"+query, bytes.NewReader(content))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the stream: %w", err)
	}
	defer response.Body.Close()
	content, err = io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("asking the stream: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the stream answered %d: %s", response.StatusCode, content)
	}
	return json.Unmarshal(content, answer)
}
