package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// cloud answers the calls of roles at AWS. It judges each call by the role's policy. Calls about items go to dynalite,
// which all of kasir's tests of the store use, because moto evaluates some conditions wrongly. All others go to moto.
type cloud struct {
	place
	template template
	judge    *judge
	moto     http.Handler
	dynalite http.Handler

	mu     sync.Mutex
	errors []string // about requests that could not be judged
}

// itemActions are the actions of DynamoDB that go to dynalite.
var itemActions = []string{
	"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem", "Scan",
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := bodyOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	calls, err := callsOf(c.place, r, body)
	if err != nil {
		c.mu.Lock()
		c.errors = append(c.errors, err.Error())
		c.mu.Unlock()
		refuse(w, r, err.Error())
		return
	}
	allowed := true
	for _, one := range calls {
		allowed = c.allow(one) && allowed
	}
	if !allowed {
		refuse(w, r, fmt.Sprintf("%s is not authorized to perform %s", calls[0].role, calls[0].action))
		return
	}
	if _, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); slices.Contains(itemActions, action) {
		c.dynalite.ServeHTTP(w, r)
		return
	}
	c.moto.ServeHTTP(w, r)
}

// allow judges a call, and the use of the key with which its resource is encrypted.
func (c *cloud) allow(one call) bool {
	allowed := c.judge.allow(one)
	key := c.template.keyOf(one.resource)
	if key == "" {
		return allowed
	}
	service, action, _ := strings.Cut(one.action, ":")
	via := service + "." + c.region + ".amazonaws.com"
	for _, use := range keyUses(service, action) {
		allowed = c.judge.allow(call{role: one.role, action: "kms:" + use, resource: key, via: via}) && allowed
	}
	return allowed
}

// keyUses returns what a service does at KMS in the name of a caller, by AWS's guides. No test can see these calls.
// Which of its actions DynamoDB needs depends on the data keys that it has at hand.
func keyUses(service, action string) []string {
	switch {
	case action == "PutObject": // in one part; parts would have to be read back
		return []string{"GenerateDataKey"}
	case action == "GetObject" || service == "secretsmanager" || action == "GetRecords":
		return []string{"Decrypt"}
	case action == "PutItem" || action == "UpdateItem":
		return []string{"Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext",
			"ReEncryptFrom", "ReEncryptTo"}
	case slices.Contains(itemActions, action):
		return []string{"Decrypt", "DescribeKey"}
	}
	return nil
}

// refuse answers as AWS does when a policy does not allow a call.
func refuse(w http.ResponseWriter, r *http.Request, reason string) {
	if strings.Contains(r.Host, ".s3.") {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>AccessDenied</Code><Message>%s</Message></Error>", reason)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"__type": "AccessDeniedException", "message": reason})
}

// forward returns a handler that passes requests on to a server on this machine. With named, they keep the name of
// their host. dynalite sends no checksums, which the functions check.
func forward(address string, named bool) http.Handler {
	to, err := url.Parse(address)
	if err != nil {
		panic(err) // it is the address of a listener
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			if !named {
				r.Out.Host = to.Host
			}
		},
		ModifyResponse: func(response *http.Response) error {
			body, err := io.ReadAll(response.Body)
			response.Body = io.NopCloser(bytes.NewReader(body))
			if strings.Contains(response.Request.Header.Get("X-Amz-Target"), "DynamoDB") {
				response.Header.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
			}
			return err
		},
	}
}

// ask makes a call of AWS itself in the name of a role, and reads the answer into out unless it is nil.
func (c *cloud) ask(role, service, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	path := "/"
	if service == "xray" {
		path += target
	}
	address := "https://" + service + "." + c.region + ".amazonaws.com" + path
	r, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", authorization(role, c.region, service))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	if service != "xray" {
		r.Header.Set("X-Amz-Target", target)
	}
	answer := &answerBuffer{header: http.Header{}, status: http.StatusOK}
	c.ServeHTTP(answer, r)
	if answer.status != http.StatusOK {
		return fmt.Errorf("%s asked %s %s: %d %s", role, service, target, answer.status, answer.body.String())
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.body.Bytes(), out)
}

// authorization returns the header of a request of a role, without a right signature.
func authorization(role, region, service string) string {
	return "AWS4-HMAC-SHA256 Credential=" + role + "/20260101/" + region + "/" + service +
		"/aws4_request, SignedHeaders=host, Signature=00"
}

// answerBuffer keeps an answer of the cloud.
type answerBuffer struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (a *answerBuffer) Header() http.Header         { return a.header }
func (a *answerBuffer) WriteHeader(status int)      { a.status = status }
func (a *answerBuffer) Write(p []byte) (int, error) { return a.body.Write(p) }
