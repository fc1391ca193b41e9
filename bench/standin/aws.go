// Package standin answers for AWS and DOKU on loopback, always with success.
package standin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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

// AWS stands for DynamoDB, Secrets Manager and EventBridge. Its table checks no condition. It is safe for concurrent
// use.
type AWS struct {
	Fetches atomic.Int64 // of the secret

	items sync.Map // item by key, both as text
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
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		answer = fmt.Sprintf(`{"__type":"ValidationException","message":%q}`, err)
	}
	io.WriteString(w, answer)
}

type key struct {
	PK struct{ S string } `json:"pk"`
}

func (a *AWS) answer(operation string, body []byte) (string, error) {
	var in struct {
		Key     key
		Item    json.RawMessage
		Entries []json.RawMessage
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return "", err
	}
	switch operation {
	case "GetItem":
		if item, ok := a.items.Load(in.Key.PK.S); ok {
			return fmt.Sprintf(`{"Item":%s}`, item), nil
		}
		return "{}", nil
	case "PutItem":
		var k key
		err := json.Unmarshal(in.Item, &k)
		a.items.Store(k.PK.S, in.Item)
		return "{}", err
	case "UpdateItem": // only peers use it, and they read nothing back
		return "{}", nil
	case "Query":
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
