// Package standin answers for AWS and DOKU on loopback, always with success.
package standin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Names and keys of the functions' environment. They open nothing anywhere else.
const (
	TableName = "kasir"
	BusName   = "kasir"
	SecretARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-AbCdEf"
	ClientID  = "MCH-0001-10791114622547" // as long as DOKU's own samples
	SecretKey = "SK-bench-not-a-secret"
	QuoteKey  = "quote-key-of-the-benchmarks-0123456789"
)

// AWS stands for DynamoDB, Secrets Manager and EventBridge. Its table checks one condition, that an item must be new,
// and has the index of due orders alone. It is safe for concurrent use.
type AWS struct {
	Fetches atomic.Int64 // of the secret
	// Seen, if set, is called with each request that was answered.
	Seen func(operation string, sent, received []byte, status int)

	mu    sync.Mutex
	items map[string]stored
}

// stored is an item with its keys in the table and in the index of due orders.
type stored struct {
	PK    struct{ S string } `json:"pk"`
	Shard struct{ N string } `json:"due_shard"`
	At    struct{ N string } `json:"due_at"`

	text string
}

// ServeHTTP answers the operations that kasir and its peers use. It refuses all others.
func (a *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	answer, err := a.answer(operation, body)
	status := http.StatusOK
	if err != nil {
		status = http.StatusBadRequest
		answer = cmp.Or(answer, fmt.Sprintf(`{"__type":"ValidationException","message":%q}`, err))
	}
	if a.Seen != nil {
		a.Seen(operation, body, []byte(answer), status)
	}
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

func (a *AWS) answer(operation string, body []byte) (string, error) {
	var in struct {
		Key     stored
		Item    json.RawMessage
		Entries []json.RawMessage

		Condition string `json:"ConditionExpression"`
		IndexName string
		Limit     int
		Values    map[string]struct{ N string } `json:"ExpressionAttributeValues"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch operation {
	case "GetItem":
		if item, ok := a.items[in.Key.PK.S]; ok {
			return fmt.Sprintf(`{"Item":%s}`, item.text), nil
		}
		return "{}", nil
	case "PutItem":
		item := stored{text: string(in.Item)}
		err := json.Unmarshal(in.Item, &item)
		if old, ok := a.items[item.PK.S]; ok && strings.HasPrefix(in.Condition, "attribute_not_exists") {
			const failed = `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":%s}`
			return fmt.Sprintf(failed, old.text), errors.New("the item exists")
		}
		if a.items == nil {
			a.items = map[string]stored{}
		}
		a.items[item.PK.S] = item
		return "{}", err
	case "BatchGetItem":
		return `{"Responses":{"kasir":[]}}`, nil
	case "UpdateItem": // only peers use it, and they read nothing back
		return "{}", nil
	case "Query":
		if in.IndexName == "due" {
			return a.queryDue(in.Values[":0"].N, in.Values[":1"].N, in.Limit), nil
		}
		return `{"Count":0,"ScannedCount":0,"Items":[]}`, nil
	case "GetSecretValue":
		a.Fetches.Add(1)
		secret := fmt.Sprintf(`{"client_id":%q,"secret_key":%q,"quote_key":%q}`, ClientID, SecretKey, QuoteKey)
		return fmt.Sprintf(`{"ARN":%q,"Name":"bench","VersionId":"8d1f4bd6-3f9a-4c68-9e0e-1f8f7b7a3c11",`+
			`"VersionStages":["AWSCURRENT"],"CreatedDate":1.7e9,"SecretString":%q}`, SecretARN, secret), nil
	case "PutEvents":
		taken := strings.Repeat(`,{"EventId":"11710aed-b79e-4468-a20b-bb3c0c3b4860"}`, len(in.Entries))
		return `{"FailedEntryCount":0,"Entries":[` + strings.TrimPrefix(taken, ",") + `]}`, nil
	}
	return "", fmt.Errorf("the stand-in has no answer to %s", operation)
}

// queryDue answers a query of a partition for the orders until a time in milliseconds. Times have the same length, so
// that they compare as text.
func (a *AWS) queryDue(partition, until string, limit int) string {
	var found []stored
	for _, item := range a.items {
		if item.Shard.N == partition && item.At.N <= until {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(a, b stored) int { return strings.Compare(a.At.N, b.At.N) })
	var keys []string
	for _, k := range found[:min(limit, len(found))] {
		keys = append(keys, fmt.Sprintf(`{"pk":{"S":%q},"due_shard":{"N":%q},"due_at":{"N":%q}}`, k.PK.S, k.Shard.N,
			k.At.N))
	}
	return fmt.Sprintf(`{"Count":%d,"ScannedCount":%[1]d,"Items":[%s]}`, len(keys), strings.Join(keys, ","))
}
