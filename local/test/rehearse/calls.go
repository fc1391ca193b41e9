package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// place is an account of AWS in a region.
type place struct{ account, region string }

// arn returns the ARN of a resource of the place.
func (p place) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + p.region + ":" + p.account + ":" + resource
}

var (
	// signed finds the caller's key, the region and the service in the header Authorization.
	signed = regexp.MustCompile(`Credential=([^/]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request`)
	// formSigned finds the same in a form for an upload.
	formSigned = regexp.MustCompile(`^([^/]+)/\d{8}/([a-z0-9-]+)/s3/aws4_request$`)
)

// callsOf returns what a request does, in the words of IAM. The id of the access key is the role's name in the
// template.
func callsOf(p place, r *http.Request, body []byte) ([]call, error) {
	if form := r.Header.Get("Content-Type"); strings.HasPrefix(form, "multipart/form-data") {
		return uploadOf(r, form, body)
	}
	found := signed.FindStringSubmatch(r.Header.Get("Authorization"))
	if found == nil {
		return nil, fmt.Errorf("%s %s is not signed", r.Method, r.Host+r.URL.Path)
	}
	role, service := found[1], found[3]
	if found[2] != p.region {
		return nil, fmt.Errorf("a call to %s is for the region %s, not %s", service, found[2], p.region)
	}
	var all []call
	add := func(action string, resources ...string) {
		for _, resource := range resources {
			all = append(all, call{role: role, action: service + ":" + action, resource: resource})
		}
	}
	switch service {
	case "s3":
		add(objectActions[r.Method], "arn:aws:s3:::"+bucketOf(r)+r.URL.Path)
	case "xray":
		add("Put"+strings.Trim(r.URL.Path, "/"), "*")
	default:
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		var in input
		if err := json.Unmarshal(body, &in); err != nil || action == "" {
			return nil, fmt.Errorf("a call to %s is not understood: %w", service, err)
		}
		resources := in.resources(p, service, action)
		if len(resources) == 0 {
			return nil, fmt.Errorf("the resource of %s:%s is not known: %s", service, action, body)
		}
		add(action, resources...)
	}
	return all, nil
}

// objectActions are the actions on objects of S3, by the method of the request.
var objectActions = map[string]string{
	"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject",
}

// bucketOf returns the bucket of a request to its own host.
func bucketOf(r *http.Request) string {
	bucket, _, _ := strings.Cut(r.Host, ".s3.")
	return bucket
}

// uploadOf returns the call of an upload with a form that a function has signed.
func uploadOf(r *http.Request, kind string, body []byte) ([]call, error) {
	_, parameters, err := mime.ParseMediaType(kind)
	if err != nil {
		return nil, err
	}
	form, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(10 << 20)
	if err != nil {
		return nil, err
	}
	role, key := "", ""
	for name, values := range form.Value {
		switch found := formSigned.FindStringSubmatch(values[0]); {
		case strings.EqualFold(name, "X-Amz-Credential") && found != nil:
			role = found[1]
		case strings.EqualFold(name, "key"):
			key = values[0]
		}
	}
	if role == "" || key == "" {
		return nil, errors.New("the form of an upload is not signed, or has no key")
	}
	return []call{{role: role, action: "s3:PutObject", resource: "arn:aws:s3:::" + bucketOf(r) + "/" + key}}, nil
}

// input is the part of a request's body that names the resource.
type input struct {
	TableName, IndexName, StreamArn, ShardIterator string // DynamoDB
	RequestItems                                   map[string]any
	SecretID                                       string `json:"SecretId"`
	QueueURL                                       string `json:"QueueUrl"`
	Entries                                        []struct{ EventBusName string }
	LogGroupName, LogStreamName                    string
}

// resources returns the ARNs that a call is about.
func (in input) resources(p place, service, action string) []string {
	switch {
	case service == "dynamodb" && action == "ListStreams":
		return []string{p.arn(service, "table/"+in.TableName) + "/stream/*"}
	case service == "dynamodb" && in.IndexName != "":
		return []string{p.arn(service, "table/"+in.TableName+"/index/"+in.IndexName)}
	case service == "dynamodb" && in.TableName != "":
		return []string{p.arn(service, "table/"+in.TableName)}
	case service == "dynamodb" && in.ShardIterator != "":
		return []string{streamOf(in.ShardIterator)}
	case service == "dynamodb" && in.StreamArn != "":
		return []string{in.StreamArn}
	case service == "dynamodb":
		var tables []string
		for _, table := range slices.Sorted(maps.Keys(in.RequestItems)) {
			tables = append(tables, p.arn(service, "table/"+table))
		}
		return tables
	case service == "secretsmanager" && in.SecretID != "":
		return []string{in.SecretID}
	case service == "sqs" && in.QueueURL != "":
		u, err := url.Parse(in.QueueURL)
		if err != nil {
			return nil
		}
		return []string{p.arn(service, u.Path[strings.LastIndexByte(u.Path, '/')+1:])}
	case service == "logs" && in.LogGroupName != "":
		return []string{p.arn(service, "log-group:"+in.LogGroupName+":log-stream:"+in.LogStreamName)}
	case service == "events":
		var buses []string
		for _, entry := range in.Entries {
			buses = append(buses, p.arn(service, "event-bus/"+entry.EventBusName))
		}
		slices.Sort(buses)
		return slices.Compact(buses)
	}
	return nil
}

// streamOf returns the ARN of the stream that moto writes into an iterator of its shard.
func streamOf(iterator string) string {
	if i := strings.Index(iterator, "|"); i > 0 {
		iterator = iterator[:i]
	}
	return iterator
}
