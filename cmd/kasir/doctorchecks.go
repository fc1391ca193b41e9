package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/cmd/kasir/probe"
	"kasir/shared/doku"
	"kasir/shared/secret"
)

const (
	maxSkew       = 60 * time.Second // of this machine's clock; AWS has its own
	doctorTimeout = 25 * time.Second
)

var doctorClient = &http.Client{
	Timeout:       doctorTimeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// checkSecret reads the secret as the functions do. It prints no part of it.
func (d deployment) checkSecret(ctx context.Context) (doku.Keyring, string, error) {
	text, err := d.readSecret(ctx)
	if err != nil {
		return doku.Keyring{}, "", err
	}
	value, err := secret.Parse(text)
	if err != nil {
		return doku.Keyring{}, "", err
	}
	good := "holds a key that can sign"
	if value.Keyring.Previous != "" {
		good += ", and a previous one: a rotation is under way"
	}
	return value.Keyring, good, nil
}

func (d deployment) readSecret(ctx context.Context) (string, error) {
	if d.secretFile != "" {
		content, err := fileOf("--secret-file", d.secretFile)
		return string(content), err
	}
	region, credentials, err := d.aws()
	if errors.Is(err, errNoCredentials) {
		return "", fmt.Errorf("%w, or give --secret-file", err)
	}
	if err != nil {
		return "", err
	}
	options := secretsmanager.Options{Region: region, Credentials: credentials}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_SECRETS_MANAGER"); endpoint != "" {
		options.BaseEndpoint = &endpoint
	}
	text, err := secret.From(secretsmanager.New(options), d.Secret)(ctx)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", d.Secret, err)
	}
	return text, nil
}

// dokuURL returns DOKU's base URL. A stand-in must be on this machine, because it receives a signature.
func (d deployment) dokuURL() (string, error) {
	switch d.DOKU {
	case "sandbox":
		return doku.Sandbox, nil
	case "production":
		return doku.Production, nil
	}
	u, err := url.Parse(d.DOKU)
	if err != nil || (u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") {
		return "", fmt.Errorf(
			"DokuEnvironment is %q; it must be sandbox, production, or a base URL on loopback", d.DOKU)
	}
	return d.DOKU, nil
}

// checkClock compares this machine's clock with DOKU's. A wrong clock would make the next two checks fail even though
// the deployment is right.
func (d deployment) checkClock(ctx context.Context, base string) (string, error) {
	answer, err := request(ctx, http.MethodGet, base+"/", nil, nil)
	if err != nil {
		return "", fmt.Errorf("DOKU cannot be reached at %s: %w", base, err)
	}
	theirs, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return "", fmt.Errorf("%s sent no Date header", base)
	}
	if skew := d.now().Sub(theirs); skew.Abs() > maxSkew {
		return "", fmt.Errorf("this machine's clock is %v from DOKU's: set it, because DOKU refuses signatures "+
			"of another time", skew.Round(time.Second))
	}
	return "agrees with DOKU's", nil
}

// checkDOKU asks for an invoice that cannot exist. If DOKU answers that it does not know the invoice, it has accepted
// the signature.
func (d deployment) checkDOKU(ctx context.Context, base string, keys doku.Keyring) (string, error) {
	client, err := doku.New(doku.Config{
		BaseURL: base, Keys: keys, Now: d.now, Log: slog.New(slog.DiscardHandler),
		Paths: doku.Paths{Status: os.Getenv("DOKU_PATH_STATUS")},
	})
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	_, err = client.Status(ctx, doctorID(), "DOCTOR-"+doctorID())
	var refused *doku.Error
	switch {
	case err == nil, errors.As(err, &refused) && !refused.Unprocessed:
		return "answers, accepts the signature, and has check status at its path", d.checkStatusPath(ctx, base, keys)
	case refused != nil && refused.WrongSignature():
		return "", fmt.Errorf("%s does not accept the signature: the secret holds another Secret Key "+
			"than DOKU's Back Office shows", base)
	case refused != nil:
		return "", fmt.Errorf("%s turned the request away: HTTP %d %s; client_id and secret_key must be "+
			"of this environment", base, refused.HTTPStatus, refused.Code)
	}
	if errors.Is(err, doku.ErrWrongSignature) { // DOKU signs its refusal of our signature too, with its own key
		return "", fmt.Errorf("%s signs with another key: the secret holds another Secret Key "+
			"than DOKU's Back Office shows", base)
	}
	return "", fmt.Errorf("%s gave no usable answer: %w", base, err)
}

// checkStatusPath compares the answer about an unknown order with that of a path that cannot exist. Both may be 404.
func (d deployment) checkStatusPath(ctx context.Context, base string, keys doku.Keyring) error {
	return probe.CheckStatusPath(ctx, probe.Config{
		BaseURL: base, Keys: keys, Getenv: os.Getenv, HTTP: probe.HTTP(), Now: d.now, NewID: doctorID,
	})
}

// checkNotification posts an empty notification that is signed for the printed URL. The function checks the signature
// first, so a refusal of the body shows that it accepted the signature.
func (d deployment) checkNotification(ctx context.Context, keys doku.Keyring) (string, error) {
	status, target, err := d.notify(ctx, keys)
	switch {
	case err != nil:
		return "", err
	case status == http.StatusBadRequest:
		return "checks signatures for " + d.Notification, nil
	case status == http.StatusUnauthorized:
		return "", fmt.Errorf("%s refuses a right signature: its NOTIFICATION_TARGET is not %s, or it still has "+
			"another key; the secret is read again within 5 minutes", d.Notification, target)
	}
	return "", fmt.Errorf("%s answers %d, want 400: read the log of the function notify", d.Notification, status)
}

// checkForged posts an empty notification with a signature of another key than DOKU's.
func (d deployment) checkForged(ctx context.Context) (string, error) {
	status, _, err := d.notify(ctx, doku.Keyring{ClientID: "DOCTOR", Current: doku.Secret("SK-" + doctorID())})
	switch {
	case err != nil:
		return "", err
	case status == http.StatusUnauthorized:
		return "refuses a signature that is not DOKU's", nil
	}
	return "", fmt.Errorf("%s answers %d to a forged signature, want 401: read the log of the function notify",
		d.Notification, status)
}

// notify posts an empty notification that is signed for the printed URL. It returns the status and the signed path.
func (d deployment) notify(ctx context.Context, keys doku.Keyring) (status int, target string, err error) {
	u, err := url.Parse(d.Notification)
	if err != nil {
		return 0, "", fmt.Errorf("NotificationUrl is %q, which is not a URL", d.Notification)
	}
	body := []byte("{}")
	signed := doku.Component{
		ClientID: keys.ClientID, RequestID: doctorID(), Timestamp: d.now().UTC().Format(doku.TimestampLayout),
		Target: u.EscapedPath(), Digest: doku.Digest(body),
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "Client-Id": {signed.ClientID}, "Request-Id": {signed.RequestID},
		"Request-Timestamp": {signed.Timestamp}, "Signature": {doku.Sign(keys.Current, signed)},
	}
	answer, err := request(ctx, http.MethodPost, d.Notification, header, body)
	if err != nil {
		return 0, "", fmt.Errorf("%s cannot be reached: %w", d.Notification, err)
	}
	if status = answer.StatusCode; status == http.StatusNotFound || status == http.StatusForbidden {
		return 0, "", fmt.Errorf("%s answers %d: nothing is deployed there; run make deploy, or point the domain's "+
			"DNS record at DomainTarget", d.Notification, status)
	}
	return status, signed.Target, nil
}

// checkClosed asks for a payment without a token, which the API must refuse.
func (d deployment) checkClosed(ctx context.Context) (string, error) {
	address := d.API + "/payments/DOCTOR-1"
	answer, err := request(ctx, http.MethodGet, address, nil, nil)
	if err != nil {
		return "", fmt.Errorf("%s cannot be reached: %w", d.API, err)
	}
	if answer.StatusCode != http.StatusUnauthorized {
		return "", fmt.Errorf("%s answers %d without a token, want 401", address, answer.StatusCode)
	}
	return "refuses requests without a token", nil
}

func request(ctx context.Context, method, address string, header http.Header, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	for name := range header {
		request.Header.Set(name, header.Get(name))
	}
	answer, err := doctorClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	return answer, err
}

func doctorID() string { return strings.ToLower(rand.Text()) }
