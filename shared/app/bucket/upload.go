package bucket

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Upload is a form with which a holder may put one object, once signed, without credentials of AWS.
type Upload struct {
	URL    string
	Fields map[string]string // of the form, before the field with the file
}

// Sign returns the form for an object of at most most bytes. It is valid for a time.
func (b Bucket) Sign(ctx context.Context, key string, most int64, valid time.Duration) (Upload, error) {
	signed, err := s3.NewPresignClient(b.client).PresignPostObject(ctx,
		&s3.PutObjectInput{Bucket: &b.Name, Key: &key},
		func(o *s3.PresignPostOptions) {
			o.Expires, o.Conditions = valid, []any{[]any{"content-length-range", 1, most}}
		})
	if err != nil {
		return Upload{}, fmt.Errorf("signing the upload: %w", err)
	}
	return Upload{signed.URL, signed.Values}, nil
}

// startWithin limits the time until an answer begins.
func startWithin(limit time.Duration) func(*http.Transport) {
	return func(t *http.Transport) {
		t.ResponseHeaderTimeout = limit
		t.DialContext = (&net.Dialer{Timeout: limit}).DialContext
	}
}
