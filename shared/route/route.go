// Package route holds the one table of HTTP routes, with the function that answers each route and the scope that the
// caller's token must have. It is also the only list of scopes.
package route

import (
	"slices"
	"strings"
	"time"
)

// Scope is a permission of a token. An issuer may write it with a prefix, as Cognito does ("kasir/payments:read").
type Scope string

// Scopes.
const (
	PaymentsCreate   Scope = "payments:create"
	PaymentsPrice    Scope = "payments:price"
	PaymentsRead     Scope = "payments:read"
	PaymentsReadAll  Scope = "payments:read:all"
	PaymentsCapture  Scope = "payments:capture"
	PaymentsRefund   Scope = "payments:refund"
	PaymentsClose    Scope = "payments:close"
	PaymentsResolve  Scope = "payments:resolve"
	SettlementsRead  Scope = "settlements:read"
	SettlementsWrite Scope = "settlements:write"
	TokensRead       Scope = "tokens:read"
	TokensUnbind     Scope = "tokens:unbind"
	TokensAll        Scope = "tokens:all"
)

// Grant describes a scope for the people who issue tokens.
type Grant struct {
	Scope   Scope
	Allows  string // the permission, in one line
	Browser bool   // may be in a token that a customer's browser holds
}

// Grants lists every scope.
var Grants = []Grant{
	{PaymentsCreate, "ask for a payment page; without payments:price only with a quote", true},
	{PaymentsPrice, "name the price, promos, settlement and customer of a payment, without a quote; for back ends",
		false},
	{PaymentsRead, "read the payments that the token's own subject made or is the customer of", true},
	{PaymentsReadAll, "read every payment, its history included", false},
	{PaymentsCapture, "capture any authorised payment", false},
	{PaymentsRefund, "refund any payment", false},
	{PaymentsClose, "close any unpaid order, so that it gets no further page", false},
	{PaymentsResolve, "settle what waits for a person, and record money that moved at DOKU outside of kasir", false},
	{SettlementsRead, "read what DOKU has settled, and the differences", false},
	{SettlementsWrite, "upload DOKU's settlement reports", false},
	{TokensRead, "list the saved cards of the token's own subject", true},
	{TokensUnbind, "forget a saved card of the token's own subject", true},
	{TokensAll, "with tokens:read and tokens:unbind: those of every customer", false},
}

// Route ties an HTTP API route to the function that answers it.
type Route struct {
	Function string // folder of functions/, and the name of the deployed function
	Method   string // upper case
	Path     string // API Gateway's form: a segment in braces is a path parameter, one with a + the rest of the path
	Scope    Scope  // scope that the caller's token must have; empty for DOKU's notifications and the console's files
}

// Key returns the route key in API Gateway's form, "POST /payments".
func (r Route) Key() string { return r.Method + " " + r.Path }

// All lists every route of the HTTP API. The local gateway, the deployment and the functions themselves read it.
var All = []Route{
	{Function: "createpage", Method: "POST", Path: "/payments", Scope: PaymentsCreate},
	{Function: "getpayment", Method: "GET", Path: "/payments", Scope: PaymentsRead},
	{Function: "getpayment", Method: "GET", Path: "/payments/{invoice_number}", Scope: PaymentsRead},
	{Function: "refresh", Method: "POST", Path: "/payments/{invoice_number}/refresh", Scope: PaymentsRead},
	{Function: "capture", Method: "POST", Path: "/payments/{invoice_number}/capture", Scope: PaymentsCapture},
	{Function: "refund", Method: "POST", Path: "/payments/{invoice_number}/refunds", Scope: PaymentsRefund},
	{Function: "resolve", Method: "POST", Path: "/payments/{invoice_number}/close", Scope: PaymentsClose},
	{Function: "resolve", Method: "POST", Path: "/payments/{invoice_number}/resolve", Scope: PaymentsResolve},
	{Function: "resolve", Method: "POST", Path: "/payments/{invoice_number}/records", Scope: PaymentsResolve},
	{Function: "tokens", Method: "GET", Path: "/customers/{customer_id}/tokens", Scope: TokensRead},
	{Function: "tokens", Method: "DELETE", Path: "/customers/{customer_id}/tokens/{token_id}", Scope: TokensUnbind},
	{Function: "settlements", Method: "GET", Path: "/settlements", Scope: SettlementsRead},
	{Function: "settlements", Method: "POST", Path: "/settlements", Scope: SettlementsWrite},
	{Function: "settlements", Method: "GET", Path: "/settlements/{batch}", Scope: SettlementsRead},
	{Function: "notify", Method: "POST", Path: "/notifications"},
	{Function: "console", Method: "GET", Path: "/console"},
	{Function: "console", Method: "GET", Path: "/console/{path+}"},
}

// API returns the routes that programs call, which docs/api.yaml describes. The others serve the console's files.
func API() []Route {
	return slices.DeleteFunc(slices.Clone(All), func(r Route) bool { return r.Function == "console" })
}

// Find looks a route up by its key.
func Find(key string) (Route, bool) {
	method, path, _ := strings.Cut(key, " ")
	i := slices.IndexFunc(All, func(r Route) bool { return r.Method == method && r.Path == path })
	if i < 0 {
		return Route{}, false
	}
	return All[i], true
}

// Schedule is a schedule that invokes a function.
type Schedule struct {
	Name     string // of the schedule, unique
	Function string
	Input    string // the event, JSON
	Every    time.Duration
	Pages    bool // several runs may share its work, by ranges of shards
}

// Schedules lists every schedule. Money has a schedule of its own, so that no number of pages delays it.
var Schedules = []Schedule{
	{Name: "reconcile", Function: "reconcile", Input: `{"part":"money"}`, Every: time.Minute},
	{Name: "reconcilePages", Function: "reconcile", Input: `{"part":"pages"}`, Every: time.Minute, Pages: true},
}
