package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Limits of an attempt.
const (
	MaxTimeout     = 15 * time.Second // for the answer's status
	connectTimeout = 5 * time.Second
	maxRead        = 4 << 10 // of an answer, only to use the connection again
	readTimeout    = 100 * time.Millisecond
	maxHeader      = 16 << 10 // of an answer
)

// NewClient returns the client that sends events. It connects to addresses of the internet alone, uses no proxy and
// follows no redirect. local also allows addresses of this machine.
func NewClient(local bool) *http.Client {
	dialer := net.Dialer{Timeout: connectTimeout, Control: control(local)}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: connectTimeout,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost: 10, IdleConnTimeout: 5 * time.Second, MaxResponseHeaderBytes: maxHeader,
			DisableCompression: true,
		},
	}
}

// post sends one attempt and returns the status of the answer. The error is the reason why there is none. It contains
// no path or query of the URL, and no part of the answer.
func post(ctx context.Context, client *http.Client, to string, header http.Header, body []byte) (int, error) {
	sending, end := context.WithCancel(ctx)
	defer end()
	request, err := http.NewRequestWithContext(sending, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the endpoint's URL is not valid")
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "kasir-webhooks/1")
	// With this entry, which is not sent, Go sends a request again when a kept connection turns out to be closed.
	request.Header["Idempotency-Key"] = nil
	response, err := client.Do(request)
	if err != nil {
		return 0, reason(ctx, err)
	}
	defer response.Body.Close()
	reading, stop := context.WithTimeout(ctx, readTimeout)
	defer stop()
	context.AfterFunc(reading, end)
	io.CopyN(io.Discard, response.Body, maxRead) // the status has decided; an error changes nothing
	return response.StatusCode, nil
}

// reason returns the cause of an error of http.Client. Go's errors about an answer that is not HTTP quote it, so only
// errors of the connection are passed on.
func reason(ctx context.Context, err error) error {
	network, inNetwork := errors.AsType[*net.OpError](err)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errors.New("the endpoint did not answer in time")
	case inNetwork:
		return fmt.Errorf("there is no answer: %w", network)
	case badCertificate:
		return errors.New("the endpoint's certificate is not trusted, or is for another name")
	case noTLS:
		return errors.New("the endpoint does not speak TLS")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the endpoint closed the connection")
	}
	return errors.New("the endpoint's answer is not HTTP, or its headers are too large")
}
