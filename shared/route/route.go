// Package route is the one table of HTTP routes: which function answers which method and path.
package route

import "time"

// Route ties an HTTP API route to the function that answers it.
type Route struct {
	Function string // folder of functions/, and the name of the deployed function
	Method   string // upper case
	Path     string // API Gateway's form: a segment in braces is a path parameter
}

// Key is the route key as API Gateway spells it, "POST /payments".
func (r Route) Key() string { return r.Method + " " + r.Path }

// Table lists every route of the HTTP API. The local gateway and the deployment both read it.
var Table = []Route{
	{Function: "createpage", Method: "POST", Path: "/payments"},
	{Function: "getpayment", Method: "GET", Path: "/payments/{invoice_number}"},
	{Function: "capture", Method: "POST", Path: "/payments/{invoice_number}/capture"},
	{Function: "refund", Method: "POST", Path: "/payments/{invoice_number}/refunds"},
	{Function: "unbind", Method: "GET", Path: "/customers/{customer_id}/tokens"},
	{Function: "unbind", Method: "DELETE", Path: "/customers/{customer_id}/tokens/{token_id}"},
	{Function: "notify", Method: "POST", Path: "/notifications"},
}

// Schedule ties a function to the clock.
type Schedule struct {
	Function string
	Every    time.Duration
}

// Schedules lists every function that runs by the clock.
var Schedules = []Schedule{
	{Function: "reconcile", Every: time.Minute},
}
