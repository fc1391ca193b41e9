package faults

import (
	"net/http"
	"strings"
)

// EndpointOf returns the name of the endpoint that r calls, "" for a request that is no call to the API.
func EndpointOf(r *http.Request) string {
	if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/orders/v1/status/") {
		return Status
	}
	if r.Method != http.MethodPost {
		return ""
	}
	switch r.URL.Path {
	case "/credit-card/v1/payment-page":
		return CreatePage
	case "/credit-card/capture":
		return Capture
	case "/cancellation/credit-card/refund":
		return Refund
	case "/credit-card/delete-tokenization", "/tokenization/v2/delete-token":
		return DeleteToken
	case "/tokenization/v1/tokens", "/tokenization/v2/get-token":
		return ListTokens
	}
	return ""
}
