// Package bucket reads and writes the bucket of settlement reports. It is separate from package app to keep S3's client
// out of the other functions.
package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"kasir/shared/app"
)

// The folders of the bucket. S3 invokes the function settle for the objects below Reports.
const (
	Reports = "reports/"
	Results = "results/"
)

// ErrReplaced means that an object is not there in the version that was asked for.
var ErrReplaced = errors.New("the report was replaced or deleted")

// Bucket is the bucket of settlement reports.
type Bucket struct {
	client *s3.Client
	Name   string
}

// New returns the bucket that the settings name.
func New(s app.Settings) Bucket {
	// A report is read while its rows are applied, so only the start of an answer has a limit.
	calls := awshttp.NewBuildableClient().WithTransportOptions(startWithin(10 * time.Second))
	options := s3.Options{Region: s.Region, Credentials: app.Credentials(s), HTTPClient: calls}
	if s.ReportsURL != "" {
		options.BaseEndpoint, options.UsePathStyle = &s.ReportsURL, true
		options.DisableLogOutputChecksumValidationSkipped = true // a local stand-in sends no checksums
	}
	return Bucket{s3.New(options), s.Reports}
}

// Open opens an object at its beginning, in the version that an ETag names. Errors: ErrReplaced.
func (b Bucket) Open(ctx context.Context, key, etag string) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &b.Name, Key: &key}
	if etag != "" {
		in.IfMatch = aws.String(`"` + etag + `"`)
	}
	out, err := b.client.GetObject(ctx, in)
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && (answer.HTTPStatusCode() == 412 || answer.HTTPStatusCode() == 404) {
		return nil, ErrReplaced
	}
	if err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	return out.Body, nil
}

// Put writes an object.
func (b Bucket) Put(ctx context.Context, key, kind string, content []byte) error {
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.Name, Key: &key, Body: bytes.NewReader(content), ContentType: &kind,
	})
	if err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

// Result returns the key of a report's result, in a form such as json.
func Result(report, form string) string {
	return Results + strings.TrimPrefix(report, Reports) + ".result." + form
}
