package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
)

// SecretARN is the name of the one secret.
const SecretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bench-AbCdEf"

// Secrets stands for Secrets Manager.
type Secrets struct {
	Fetches atomic.Int64
}

// ServeHTTP answers GetSecretValue.
func (s *Secrets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetSecretValue") {
		http.Error(w, `{"__type":"InvalidRequestException"}`, http.StatusBadRequest)
		return
	}
	s.Fetches.Add(1)
	secret, err := json.Marshal(map[string]string{"client_id": ClientID, "secret_key": SecretKey, "quote_key": QuoteKey})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	fmt.Fprintf(w, `{"ARN":%q,"Name":"bench","VersionId":"8d1f4bd6-3f9a-4c68-9e0e-1f8f7b7a3c11","VersionStages":["AWSCURRENT"],"CreatedDate":1.7e9,"SecretString":%q}`, SecretARN, secret)
}

// QuoteKey signs nothing here: every event is sent with a scope that names its price.
const QuoteKey = "quote-key-of-the-benchmarks-0123456789"
