package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/merchant/issuer"
	"kasir/local/stack"
	"kasir/shared/route"
)

// tokenDocument is the output of kasir token --json. Its names are those of OAuth 2.0.
type tokenDocument struct {
	Token     string `json:"access_token"`
	Type      string `json:"token_type"`
	ExpiresIn int    `json:"expires_in"` // seconds
}

func tokenCommand() *cobra.Command {
	var where place
	var scope, sub, client, roles string
	var ttl time.Duration
	c := &cobra.Command{
		Use:   "token",
		Short: "Print a token for the HTTP API of the running kasir local",
		Long:  "Gets a token from the issuer of the running kasir local and prints it. The scopes are:\n\n" + grants(),
		Example: "  kasir token\n" +
			"  kasir token --sub CUST-1 --scope \"payments:create payments:read\"\n" +
			"  kasir token --sub sari --roles support\n" +
			"  curl -H \"authorization: Bearer $(kasir token)\" http://127.0.0.1:8080/payments/INV-1",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := where.config(); err != nil {
				return err
			}
			endpoint, running := stack.TokenEndpoint(where.data)
			if !running {
				return fmt.Errorf("no kasir local is running with the data folder %s: start one, "+
					"or name its folder with --data", where.data)
			}
			if roles != "" && !c.Flags().Changed("ttl") {
				ttl = issuer.StaffTTL
			}
			form := url.Values{"ttl": {ttl.String()}}
			if c.Flags().Changed("scope") {
				form.Set("scope", scope)
			}
			for name, value := range map[string]string{"sub": sub, "client_id": client, "roles": roles} {
				if value != "" {
					form.Set(name, value)
				}
			}
			token, err := askForToken(c.Context(), endpoint, form)
			if err != nil {
				return err
			}
			s := screenOf(c)
			fmt.Fprintln(s.text, token)
			return s.document(tokenDocument{token, "Bearer", int(ttl.Seconds())})
		},
	}
	dataFlag(c, &where.data, "data folder of the running kasir local")
	c.Flags().StringVar(&scope, "scope", "",
		"scopes, separated by spaces (default all, as a merchant's back end has them)")
	c.Flags().StringVar(&sub, "sub", "", "subject of the token, such as a customer's id (default the client's own)")
	c.Flags().StringVar(&roles, "roles", "", "roles of a person, separated by spaces, which limit the scopes: "+
		"viewer, support, finance, lead, or those of the setting ROLES")
	c.Flags().StringVar(&client, "client", "", "client id of the token (default "+issuer.DefaultClient+
		", with --roles "+issuer.StaffClient+")")
	c.Flags().DurationVar(&ttl, "ttl", time.Hour, "how long it is valid, at most 24h (with --roles 10m)")
	return c
}

func grants() string {
	var lines strings.Builder
	for _, g := range route.Grants {
		fmt.Fprintf(&lines, "  %-18s %s\n", g.Scope, g.Allows)
	}
	return strings.TrimSuffix(lines.String(), "\n")
}

// askForToken returns the token without anything around it, or an error with the first line of the issuer's answer.
func askForToken(ctx context.Context, endpoint string, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("asking the issuer: %w", err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return "", fmt.Errorf("asking the issuer: %w", err)
	}
	first, _, _ := strings.Cut(string(content), "\n")
	if response.StatusCode != http.StatusOK {
		return "", errors.New(first)
	}
	return first, nil
}
