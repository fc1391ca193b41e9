package golden

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	local "kasir/local/aws/dynamodb"
)

const tableName = "kasir"

// table is the table in an embedded DynamoDB. Its items go in and out as DynamoDB's own JSON.
type table struct {
	url    string
	client *dynamodb.Client
}

func startTable(t *testing.T) *table {
	t.Helper()
	root, err := filepath.Abs(filepath.Join(dir, ".."))
	if err != nil {
		t.Fatal(err)
	}
	server, err := local.Start(t.Context(), local.Config{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client := local.Client(server.URL)
	if err := local.CreateTable(t.Context(), client, tableName); err != nil {
		t.Fatal(err)
	}
	return &table{url: server.URL, client: client}
}

// load replaces all items of the table.
func (d *table) load(t *testing.T, items []json.RawMessage) {
	t.Helper()
	for _, item := range d.items(t) {
		var it struct {
			Key json.RawMessage `json:"pk"`
		}
		if err := json.Unmarshal(item, &it); err != nil {
			t.Fatal(err)
		}
		d.call(t, "DeleteItem", map[string]any{"TableName": tableName, "Key": map[string]any{"pk": it.Key}})
	}
	for _, item := range items {
		d.call(t, "PutItem", map[string]any{"TableName": tableName, "Item": item})
	}
}

// items lists the items of the table by key, each with its attributes in order.
func (d *table) items(t *testing.T) []json.RawMessage {
	t.Helper()
	var out struct{ Items []any }
	answer := d.call(t, "Scan", map[string]any{"TableName": tableName, "ConsistentRead": true})
	if err := json.Unmarshal(answer, &out); err != nil {
		t.Fatal(err)
	}
	items := []json.RawMessage{}
	for _, item := range out.Items {
		text, err := json.Marshal(item) // the members of an object come in order
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, text)
	}
	key := func(item json.RawMessage) string {
		_, key, _ := strings.Cut(string(item), `"pk":`)
		return key
	}
	slices.SortFunc(items, func(a, b json.RawMessage) int { return strings.Compare(key(a), key(b)) })
	return items
}

func (d *table) call(t *testing.T, operation string, in any) []byte {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	request.Header.Set("X-Amz-Date", "20260827T102400Z")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=none, "+
		"Credential=local/20260827/us-east-1/dynamodb/aws4_request")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", operation, response.Status, err, answer)
	}
	return answer
}
