package shop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	clientID      = "lumbung" // the shop's client_id at the issuer
	tokenLife     = "15m"     // a page renews its token by itself, so a stolen one can be short-lived
	issuerTimeout = 10 * time.Second
	maxGrant      = 64 << 10
)

// issuer requests access tokens from the issuer that kasir trusts, by OAuth 2.0.
type issuer struct {
	url    string
	client *http.Client
}

func newIssuer(url string) issuer {
	return issuer{url, &http.Client{Timeout: issuerTimeout}}
}

type grant struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

// token requests a token for the subject, with the scopes separated by spaces.
func (i issuer) token(ctx context.Context, subject, scopes string) (grant, error) {
	form := url.Values{"scope": {scopes}, "sub": {subject}, "client_id": {clientID}, "ttl": {tokenLife}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, i.url, strings.NewReader(form.Encode()))
	if err != nil {
		return grant{}, fmt.Errorf("asking for a token: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := i.client.Do(request)
	if err != nil {
		return grant{}, fmt.Errorf("asking for a token: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return grant{}, fmt.Errorf("asking %s for a token: %s", i.url, response.Status)
	}
	var granted grant
	if err := json.NewDecoder(io.LimitReader(response.Body, maxGrant)).Decode(&granted); err != nil {
		return grant{}, fmt.Errorf("reading the token: %w", err)
	}
	if granted.AccessToken == "" || granted.ExpiresIn <= 0 {
		return grant{}, errors.New("reading the token: access_token or expires_in is missing")
	}
	return granted, nil
}
