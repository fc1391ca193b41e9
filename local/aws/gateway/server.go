package gateway

import (
	"net/http"
	"time"
)

// Server returns an http.Server for the API. It has AWS's limit for headers (10,240 bytes with the request line; Go
// allows some slack) and time limits for clients that are slow to send a request. The handler has the limits for bodies
// and responses.
func Server(api http.Handler) *http.Server {
	return &http.Server{
		Handler:           api,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    10240,
		// "OPTIONS *" is handled like any other request, and answered with 404.
		DisableGeneralOptionsHandler: true,
	}
}
