package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"kasir/shared/app/bucket"
	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/payment"
)

const (
	// uploadTime is how long a form is valid. A person or a job uses it at once.
	uploadTime = 15 * time.Minute
	// maxReport is the size of a report, in bytes. Package settlement refuses a larger one.
	maxReport = 100 << 20
)

// uploadRequest is the body of POST /settlements.
type uploadRequest struct {
	Name string `json:"name" empty:"refused"` // of the report, for people
}

// uploadView is a form. Its file goes into the field "file", which must be the last one.
type uploadView struct {
	URL       string            `json:"url"`
	Fields    map[string]string `json:"fields"`
	Report    string            `json:"report"` // key of the object
	Result    string            `json:"result"` // key of the result that is written beside it
	MaxBytes  int64             `json:"max_bytes"`
	ExpiresAt time.Time         `json:"expires_at"`
}

// fileName is the form of a report's name. It becomes part of an object's key.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func (in uploadRequest) check() []jsonbody.Violation {
	if in.Name == "" || fileName.MatchString(in.Name) {
		return nil
	}
	return []jsonbody.Violation{{Pointer: "/name",
		Detail: "must have 1 to 100 letters, digits, dots, hyphens and underscores, and begin with a letter or digit"}}
}

func upload(
	ctx context.Context, payments *payment.Service, reports bucket.Bucket, r edge.Request,
) (edge.Response, error) {
	var in uploadRequest
	if err := r.Decode(&in, func() []jsonbody.Violation { return in.check() }); err != nil {
		return edge.Response{}, err
	}
	if in.Name == "" {
		in.Name = "report.csv"
	}
	now := payments.Now().UTC().Truncate(time.Second)
	key := bucket.Reports + now.Format("20060102T150405Z-") + strings.ToLower(payments.NewID()[:8]) + "-" + in.Name
	form, err := reports.Sign(ctx, key, maxReport, uploadTime)
	if err != nil {
		return edge.Response{}, err
	}
	return edge.Response{Status: http.StatusCreated, Body: uploadView{
		URL: form.URL, Fields: form.Fields, Report: key, Result: bucket.Result(key, "json"), MaxBytes: maxReport,
		ExpiresAt: now.Add(uploadTime),
	}}, nil
}
