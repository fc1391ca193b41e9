package gateway

import (
	"net/http"
	"time"
)

// Server is an http.Server for the API with AWS's limit for headers (10,240 bytes with the request line; Go allows some
// slack) and limits for clients that are slow to say anything. The limits for bodies and responses are the handler's.
func Server(api http.Handler) *http.Server {
	return &http.Server{
		Handler:           api,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    10240,
		// "OPTIONS *" is a request like any other, and found nowhere.
		DisableGeneralOptionsHandler: true,
	}
}
