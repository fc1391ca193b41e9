package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// console opens the console without a token, and reads where people sign in.
func (s *stage) console(ctx context.Context) error {
	if _, ok := s.functions["console"]; !ok {
		return nil
	}
	var c struct {
		Authorize, Token, Issuer, Stage string
		Client                          string `json:"client_id"`
		Scopes                          []string
	}
	err := errors.Join(s.request(ctx, http.StatusOK, http.MethodGet, "/console", "", nil),
		s.request(ctx, http.StatusOK, http.MethodGet, "/console/orders/INV.1", "", nil),
		s.request(ctx, http.StatusNotFound, http.MethodGet, "/console/assets/unknown.js", "", nil),
		s.request(ctx, http.StatusOK, http.MethodGet, "/console/config.json", "", &c))
	for name, address := range map[string]string{"authorize": c.Authorize, "token": c.Token, "issuer": c.Issuer} {
		if !strings.HasPrefix(address, "https://") {
			err = errors.Join(err, fmt.Errorf("config.json has the address %s %q", name, address))
		}
	}
	if c.Client == "" || len(c.Scopes) < 2 || c.Scopes[0] != "openid" {
		err = errors.Join(err, fmt.Errorf("config.json has the client %q and the scopes %q", c.Client, c.Scopes))
	}
	return err
}
