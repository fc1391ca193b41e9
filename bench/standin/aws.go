// Package standin answers for AWS and DOKU on loopback, always with success, and bills the requests to DynamoDB.
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
	SecretARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-AbCdEf"
	ClientID  = "MCH-0001-10791114622547" // as long as DOKU's own samples
	SecretKey = "SK-bench-not-a-secret"
	QuoteKey  = "quote-key-of-the-benchmarks-0123456789"
)

// AWS stands for DynamoDB, Secrets Manager and EventBridge. Its table checks one condition, that an item must be new,
// and answers queries of the index of due orders alone. It is safe for concurrent use.
type AWS struct {
	Fetches atomic.Int64 // of the secret

	indexes []Index // of the table; with them the requests are billed

	mu    sync.Mutex
	items map[string]stored
	bill  Bill
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
	body, _ := io.ReadAll(r.Body)
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	answer, err := a.answer(operation, body)
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		answer = cmp.Or(answer, fmt.Sprintf(`{"__type":"ValidationException","message":%q}`, err))
	}
	io.WriteString(w, answer)
}

// answer is an operation. The price of a write depends on the item before it.
func (a *AWS) answer(operation string, body []byte) (string, error) {
	var in struct {
		Key            stored
		Item           json.RawMessage
		ConsistentRead bool
		Entries        []json.RawMessage
		RequestItems   map[string]struct {
			Keys           []json.RawMessage
			ConsistentRead bool
		}
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
		item, ok := a.items[in.Key.PK.S]
		a.billRead(operation, in.ConsistentRead, 1, item.text)
		if ok {
			return fmt.Sprintf(`{"Item":%s}`, item.text), nil
		}
		return "{}", nil
	case "PutItem":
		return a.put(in.Item, strings.HasPrefix(in.Condition, "attribute_not_exists"))
	case "BatchGetItem": // each item is billed by itself, also one that is not there
		asked := in.RequestItems[TableName]
		a.billRead(operation, asked.ConsistentRead, len(asked.Keys), "")
		return `{"Responses":{"kasir":[]}}`, nil
	case "UpdateItem": // only peers use it, and they read nothing back
		return "{}", nil
	case "Query": // all entries are billed together
		var found []string
		if in.IndexName == "due" {
			found = a.due(in.Values[":0"].N, in.Values[":1"].N, in.Limit)
		}
		a.billRead(operation, false, 1, found...)
		return fmt.Sprintf(`{"Count":%d,"ScannedCount":%[1]d,"Items":[%s]}`, len(found), strings.Join(found, ",")), nil
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

// put stores an item, or answers with the one that is there if it must be new.
func (a *AWS) put(text json.RawMessage, mustBeNew bool) (string, error) {
	item := stored{text: string(text)}
	err := json.Unmarshal(text, &item)
	old, exists := a.items[item.PK.S]
	a.billPut(old.text, item.text, exists && mustBeNew)
	if exists && mustBeNew {
		const failed = `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":%s}`
		return fmt.Sprintf(failed, old.text), errors.New("the item exists")
	}
	if a.items == nil {
		a.items = map[string]stored{}
	}
	a.items[item.PK.S] = item
	return "{}", err
}

// due returns the entries of a partition for the orders until a time in milliseconds. Times have the same length, so
// that they compare as text.
func (a *AWS) due(partition, until string, limit int) (entries []string) {
	var found []stored
	for _, item := range a.items {
		if item.Shard.N == partition && item.At.N <= until {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(a, b stored) int { return strings.Compare(a.At.N, b.At.N) })
	for _, k := range found[:min(limit, len(found))] {
		entries = append(entries, fmt.Sprintf(`{"pk":{"S":%q},"due_shard":{"N":%q},"due_at":{"N":%q}}`, k.PK.S,
			k.Shard.N, k.At.N))
	}
	return entries
}
