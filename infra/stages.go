package main

import "time"

// Stages are the deployments: edit them, then make synth. Each is a stack of its own, kasir-<name>.
var Stages = []Stage{
	{
		Name: "sandbox", Region: "ap-southeast-3", // Jakarta
		DOKU:          "sandbox",
		CallbackHosts: []string{"shop.example.com"},
		Origins:       []string{"https://shop.example.com"},
		Pool:          &Pool{DomainPrefix: "example-kasir-sandbox"},
		AlarmEmail:    "payments@example.com",
		Architecture:  "arm64", Memory: 256, LogDays: 30, ArchiveDays: 30,
		Throttle: Throttle{Rate: 50, Burst: 100},
	},
	{
		Name: "production", Region: "ap-southeast-3",
		DOKU:          "production",
		CallbackHosts: []string{"shop.example.com"},
		Origins:       []string{"https://shop.example.com"},
		Pool:          &Pool{DomainPrefix: "example-kasir-production"},
		AlarmEmail:    "payments@example.com",
		Architecture:  "arm64", Memory: 256, LogDays: 365, ArchiveDays: 90,
		Concurrency: Concurrency{Reconcile: 2},
		Throttle:    Throttle{Rate: 200, Burst: 400},
		Keep:        true, CustomerKey: true,
	},
}

// Stage is one deployment.
type Stage struct {
	Name    string // of the stack, after kasir-; lower case
	Account string // twelve digits; empty: that of the credentials that deploy
	Region  string
	// SharesAccount lets CI deploy a stage into the account of another, or into one that is not named. CI's role may then
	// change every stage of the account, unless a boundary keeps it from that, see docs/deployment.md.
	SharesAccount bool

	DOKU                   string        // sandbox or production
	CallbackHosts          []string      // hosts that callback_url and failed_url may name
	NotificationHosts      []string      // hosts that override_notification_url may name
	PageLifetime           time.Duration // 0: the functions' default, an hour
	AutoCaptureBefore      time.Duration // captures an authorisation this long before it lapses; 0 never does
	RequireSignedResponses bool          // an answer of DOKU without signature is an unknown outcome
	// Settings are further settings of the functions, by variable, as kasir doctor --probe proposes them for this DOKU.
	Settings           map[string]string
	MaxNotificationAge time.Duration // 0: any age
	Origins            []string      // whose pages may call the API from a browser (CORS), such as https://shop.example.com
	Domain             *Domain       // nil: the address that API Gateway makes up
	Tokens             *Tokens       // an issuer of tokens that is there already; either this
	Pool               *Pool         // or a Cognito user pool of kasir's own
	AlarmEmail         string        // who is told of alarms; must confirm once
	Architecture       string        // arm64 or x86_64
	Memory             int           // of each function, MB
	LogDays            int           // how long logs are kept
	ArchiveDays        int           // how long events are kept for a replay
	Concurrency        Concurrency   // reserved; an account must have 100 more than all of it
	Throttle           Throttle      // of each route
	Untraced           bool          // no traces in X-Ray, which cost more than the rest, see docs/scale.md
	Keep               bool          // deletion protection; destroying the stack leaves table, secret, keys and logs
	CustomerKey        bool          // table and secret are encrypted with a key of this stack instead of AWS's
}

// Domain is a name of the merchant's own for the API.
type Domain struct {
	Name        string // pay.example.com
	Certificate string // ARN of its certificate in ACM, in the same region
	BasePath    string // what paths begin with, without slashes; empty: nothing. DOKU signs it with the path.
	Moving      bool   // the address that API Gateway made up answers as before, until DNS and DOKU know the domain
}

// domainOnly tells whether the address that API Gateway makes up is off.
func (s Stage) domainOnly() bool { return s.Domain != nil && !s.Domain.Moving }

// Tokens are whose tokens the API accepts.
type Tokens struct {
	Issuer   string   // https://…, as in the token's iss
	Audience []string // any of them must be the token's aud
	Prefix   string   // what the issuer writes before a scope, "kasir/" for kasir/payments:read
}

// Pool is a Cognito user pool that knows kasir's scopes and has one client, for the merchant's back end.
type Pool struct {
	DomainPrefix string // https://<prefix>.auth.<region>.amazoncognito.com; in a region the first who asks has it
}

// Concurrency is how many invocations at once are kept for a function, and are the most it may have. 0: it shares
// what the account has.
type Concurrency struct {
	Functions int // of each function of the HTTP API
	Reconcile int // 2: one run for money and one for pages, each of which waits for the one before
}

// Throttle is how many requests API Gateway lets through.
type Throttle struct {
	Rate  int // a second, over time
	Burst int // at once
}
