package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// issuerClient fetches the issuer's documents, as API Gateway does.
var issuerClient = &http.Client{Timeout: 10 * time.Second}

// maxDiscovery is the largest document of an issuer that API Gateway accepts.
const maxDiscovery = 150_000

// checkIssuer reads the issuer's documents as API Gateway does when it makes the authorizer. A mistake there would fail
// the deployment after minutes, or refuse every token later.
func checkIssuer(ctx context.Context, client *http.Client, s Stage) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("stage %s: Tokens.Issuer is %q; %s", s.Name, s.Tokens.Issuer, fmt.Sprintf(format, args...))
	}
	var discovery struct {
		Issuer    string `json:"issuer"`
		Keys      string `json:"jwks_uri"`
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
	}
	at := strings.TrimSuffix(s.Tokens.Issuer, "/") + "/.well-known/openid-configuration"
	if err := fetch(ctx, client, at, &discovery); err != nil {
		return wrong("its discovery document cannot be read: %v", err)
	}
	if discovery.Issuer != s.Tokens.Issuer {
		return wrong("its discovery document names the issuer %q, and so do its tokens: write exactly that, "+
			"including a slash at the end", discovery.Issuer)
	}
	if u, err := url.Parse(discovery.Keys); err != nil || u.Scheme != "https" || u.Host == "" {
		return wrong("its discovery document has the jwks_uri %q, which must be an https URL", discovery.Keys)
	}
	if s.Staff != nil && s.Staff.SignIn != nil {
		in := s.Staff.SignIn
		if in.Authorize != discovery.Authorize || in.Token != discovery.Token {
			return wrong("its discovery document has the authorization_endpoint %q and the token_endpoint %q: "+
				"write these into Staff.SignIn", discovery.Authorize, discovery.Token)
		}
	}
	var set struct {
		Keys []struct {
			Type string `json:"kty"`
		} `json:"keys"`
	}
	if err := fetch(ctx, client, discovery.Keys, &set); err != nil {
		return wrong("its keys cannot be read: %v", err)
	}
	for _, key := range set.Keys {
		if key.Type == "RSA" {
			return nil
		}
	}
	return wrong("it has no RSA key at %s, and API Gateway accepts only tokens that are signed with RSA",
		discovery.Keys)
}

func fetch(ctx context.Context, client *http.Client, from string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", from, response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxDiscovery))
	if err != nil {
		return fmt.Errorf("reading %s: %w", from, err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s is not JSON: %w", from, err)
	}
	return nil
}
