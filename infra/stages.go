package main

import (
	"time"

	"kasir/shared/route"
)

// Stages are the deployments. Edit them, then run make synth. Each has a stack of its own, kasir-<name>.
var Stages = []Stage{
	{
		Name: "sandbox", Region: "ap-southeast-3", // Jakarta
		DOKU:          "sandbox",
		CallbackHosts: []string{"shop.example.com"},
		Origins:       []string{"https://shop.example.com"},
		Pool:          &Pool{DomainPrefix: "example-kasir-sandbox"},
		Staff:         &Staff{},
		AlarmEmail:    "payments@example.com",
		Architecture:  "arm64", Memory: 256, LogDays: 30, ArchiveDays: 30,
		Throttle:   Throttle{Rate: 50, Burst: 100},
		Settlement: &Settlement{Within: 5, Holidays: []string{"2026-12-25", "2027-01-01"}},
		Boundary:   true,
	},
	{
		Name: "production", Region: "ap-southeast-3",
		DOKU:          "production",
		CallbackHosts: []string{"shop.example.com"},
		Origins:       []string{"https://shop.example.com"},
		Pool:          &Pool{DomainPrefix: "example-kasir-production"},
		Staff:         &Staff{},
		AlarmEmail:    "payments@example.com",
		Architecture:  "arm64", Memory: 256, LogDays: 365, ArchiveDays: 90,
		Concurrency: Concurrency{Reconcile: 3},
		Webhooks:    []Webhook{{Name: "shop", URL: "https://shop.example.com/kasir/events"}},
		Throttle:    Throttle{Rate: 200, Burst: 400},
		Settlement:  &Settlement{Within: 5, Holidays: []string{"2026-12-25", "2027-01-01"}},
		Keep:        true, CustomerKey: true, Canary: true, Boundary: true,
	},
}

// Stage is one deployment.
type Stage struct {
	Name    string // of the stack, after kasir-; lower case
	Account string // twelve digits; if empty, that of the credentials that deploy
	Region  string
	// SharesAccount lets CI deploy a stage into an account that another stage uses or may use. CI's role may then
	// change every stage of the account, unless a boundary prevents it, see docs/deployment.md.
	SharesAccount bool

	DOKU                   string          // sandbox or production
	CallbackHosts          []string        // hosts that callback_url and failed_url may name
	NotificationHosts      []string        // hosts that override_notification_url may name
	PageLifetime           time.Duration   // 0: the functions' default, an hour
	AutoCaptureBefore      time.Duration   // captures an authorisation this long before it lapses; 0 never does
	CheckPaidAfter         []time.Duration // asks DOKU about a paid order this long after the capture; empty never does
	RequireSignedResponses bool            // an answer of DOKU without signature is an unknown outcome
	// Settings are further variables of the functions, such as those that kasir doctor --probe proposes for this DOKU.
	Settings           map[string]string
	MaxNotificationAge time.Duration  // 0: any age
	Origins            []string       // of pages that may call the API (CORS), such as https://shop.example.com
	Webhooks           []Webhook      // endpoints of the merchant that receive events
	Domain             *Domain        // nil: the address that API Gateway chooses
	Tokens             *Tokens        // an existing issuer of tokens; set either this
	Pool               *Pool          // or a Cognito user pool of kasir's own
	Staff              *Staff         // people who sign in; nil: none
	AlarmEmail         string         // receives alarms; must confirm once
	TicketEmail        string         // receives those that can wait for a working day; if empty, AlarmEmail does
	Paid               int            // of 100 pages, the number that customers pay in a good week; 0: 50
	Executions         int            // the account's quota of concurrent executions; 0: 1,000
	SecretReaders      []string       // ARNs of roles of people that may read DOKU's keys without an alarm
	Architecture       string         // arm64 or x86_64
	Memory             int            // of each function, MB; half of it if the function does little but wait for DOKU
	LogDays            int            // that logs are kept
	ArchiveDays        int            // that events are kept for a replay
	Concurrency        Concurrency    // reserved; an account needs 100 more than their sum
	Throttle           Throttle       // of each route
	Settlement         *Settlement    // nil: DOKU's settlement reports are not read
	Table              *RestoredTable // a restored table; nil: the stack's own
	// Notifications is the throttle of POST /notifications, which DOKU alone calls. The zero value is that of each
	// route.
	Notifications Throttle
	Scale         Scale // how much work the stage does at once; the zero value is the defaults
	// Canary gives a new version of a function a tenth of its invocations for five minutes before it gets all of them.
	// An alarm meanwhile takes it back. Without Canary a new version gets all invocations at once.
	Canary bool
	// Boundary limits every role of the stage by the policy kasir-boundary. make bootstrap makes the policy, and a role
	// for deployments that can make no other roles. Without Boundary it makes the CDK's, which may do everything.
	Boundary bool
	Untraced bool // makes no traces in X-Ray, which cost more than the rest, see docs/scale.md
	Keep     bool // deletion protection; destroying the stack leaves table, secret, keys and logs
	// NoCustomerList leaves out the index by which the payments of one customer are listed, and its cost; see
	// docs/scale.md. Such a list then takes more pages.
	NoCustomerList bool
	CustomerKey    bool // table and secret are encrypted with a key of this stack instead of AWS's

	allAtOnce bool     // for one deployment: without the stage's canary
	onlyLists []string // during a deployment in steps: the lists that the table has after this one
}

// Domain is the merchant's own domain name for the API.
type Domain struct {
	Name        string // pay.example.com
	Certificate string // ARN of its certificate in ACM, in the same region
	BasePath    string // prefix of paths, without slashes, or empty. DOKU signs it with the path.
	Moving      bool   // keeps API Gateway's own address working until DNS and DOKU use the domain
}

// domainOnly reports whether API Gateway's own address is turned off.
func (s Stage) domainOnly() bool { return s.Domain != nil && !s.Domain.Moving }

// Webhook is an endpoint of the merchant that receives events, signed as Standard Webhooks. docs/webhooks.md explains
// it. The name stays when the URL changes, since it is also that of the queue.
type Webhook struct {
	Name  string   // of the queue and the secret: lower-case letters and digits
	URL   string   // https://…, on the internet
	Types []string // of the events, such as payment.paid; empty means all
}

// Settlement makes a bucket for DOKU's settlement reports, which are compared with the orders. docs/settlement.md
// explains it.
type Settlement struct {
	Within   int      // working days in which DOKU settles a payment; a later one needs a person. 0 reports none
	Holidays []string // days that are no working days, such as 2026-12-25
}

// Tokens is the issuer whose tokens the API accepts.
type Tokens struct {
	Issuer   string   // https://…, as in the token's iss
	Audience []string // the token's aud must be one of them
	Prefix   string   // that the issuer puts before a scope, such as "kasir/" for kasir/payments:read
}

// Pool is a Cognito user pool with kasir's scopes, and clients for the merchant's programs.
type Pool struct {
	DomainPrefix   string // https://<prefix>.auth.<region>.amazoncognito.com; unique in a region
	BackEndRetired bool   // the first client, which may do everything, gets no tokens any more; see docs/access.md
}

// Staff are the merchant's people who sign in. Their tokens allow what their roles allow. docs/access.md explains it.
type Staff struct {
	URLs    []string // with Pool: further pages to which Cognito returns people; the console's own is known
	Clients []string // with Tokens: ids of the issuer's clients at which people sign in
	Claim   string   // with Tokens: the tokens' claim that holds the roles; empty means Cognito's
	Roles   []Role   // none: the functions' own, viewer, support, finance and admin
	SignIn  *SignIn  // with Tokens: where people sign in to the console; nil: there is no console
}

// SignIn has the addresses of an issuer at which people sign in to the console. docs/console.md has those of some
// issuers. The console's client is the first of Staff.Clients.
type SignIn struct {
	Authorize, Token string   // the issuer's authorization endpoint and token endpoint
	Logout           string   // the issuer's end_session_endpoint; if empty, signing out only forgets the token
	Audience         string   // parameter audience of a sign-in, if the issuer needs it
	Scopes           []string // none: openid and those of the roles, with Tokens.Prefix
}

// Role is a job of the merchant's people.
type Role struct {
	Name      string // of lower-case letters and dashes, as the issuer writes it
	Scopes    []route.Scope
	MaxRefund int64 // of one order, in whole rupiah; 0 means no limit
}

// Concurrency is the number of concurrent invocations that are reserved for a function. It is also the function's
// maximum. With 0 it shares the account's.
type Concurrency struct {
	Functions int // of each function of the HTTP API
	// Webhooks is the number for each endpoint, at least 2. With 0, each has at most 5 of the account's.
	Webhooks  int
	Reconcile int // 3 allow one run for money, one for pages and one test; each waits for the one before
}

// Throttle is the number of requests that API Gateway lets through.
type Throttle struct {
	Rate  int // per second, over time
	Burst int // at once
}
