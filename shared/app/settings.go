// Package app reads the settings, once, and builds the parts from them. It is the only package that knows all
// the others, the environment and the clock.
package app

import (
	"errors"
	"time"

	"kasir/shared/doku"
	"kasir/shared/function"
)

// Settings is everything that can be set. It comes from environment variables; docs/architecture.md lists them.
type Settings struct {
	Environment  string          // DOKU_ENVIRONMENT: sandbox, production, or a base URL on loopback
	DOKUBaseURL  string          // from Environment
	SecretARN    string          // DOKU_SECRET_ARN: the secret that holds the four below, which are empty then
	SecretMaxAge time.Duration   // SECRET_MAX_AGE: after which the secret is read again
	SecretsURL   string          // AWS_ENDPOINT_URL_SECRETS_MANAGER, on loopback; empty means AWS
	ClientID     string          // DOKU_CLIENT_ID
	SecretKey    doku.Secret     // DOKU_SECRET_KEY
	PreviousKey  doku.Secret     // DOKU_PREVIOUS_SECRET_KEY
	QuoteKey     doku.Secret     // QUOTE_KEY: verifies quotes; empty: no quote is good
	ScopePrefix  string          // SCOPE_PREFIX: what the issuer writes before each scope
	Namespace    string          // METRICS_NAMESPACE: of the metrics in the log line
	Paths        doku.Paths      // DOKU_PATH_CREATE_PAGE, DOKU_PATH_CAPTURE, …; empty ones mean the guide's
	Signatures   doku.Signatures // DOKU_SIGNATURE_SUCCESS, _ERROR, _GET; DOKU_REQUIRE_SIGNATURE requires all three
	TurnedAway   []string        // DOKU_TURNED_AWAY_CODES; empty: doku.HeaderCodes
	NotFound     []string        // DOKU_NOT_FOUND_CODES; empty: doku.NotFoundCodes
	Unsigned     bool            // UNSIGNED_REFUSALS=status: see order.Policy.BelieveUnsigned
	MatchPages   bool            // MATCH_REQUEST_ID=require: see payment.Service.RequireRequestID
	Declines     []string        // DECLINE_CODES; empty: payment.DeclineCodes
	DOKUTimeout  time.Duration   // DOKU_TIMEOUT: of one call of DOKU
	Region       string          // AWS_REGION, set by Lambda
	Table        string          // TABLE_NAME
	DynamoDBURL  string          // AWS_ENDPOINT_URL_DYNAMODB; empty means AWS
	AccessKeyID  string          // AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, set by Lambda
	AccessKey    doku.Secret     // (see AccessKeyID)
	SessionToken doku.Secret     // (see AccessKeyID)
	Bus          string          // EVENT_BUS: name of the bus that events are put on
	EventsURL    string          // AWS_ENDPOINT_URL_EVENTBRIDGE, on loopback; empty means AWS
	Target       string          // NOTIFICATION_TARGET: path of the notification URL as DOKU sees it
	MaxAge       time.Duration   // NOTIFICATION_MAX_AGE; 0 accepts any age
	PageLifetime time.Duration   // PAGE_LIFETIME
	TrustWindow  time.Duration   // TRUST_WINDOW
	ResendAfter  time.Duration   // RESEND_AFTER
	AutoCapture  time.Duration   // AUTO_CAPTURE_BEFORE; 0 never captures by itself
	Callbacks    []string        // CALLBACK_HOSTS, separated by commas
	Notified     []string        // NOTIFICATION_HOSTS, separated by commas
	Local        Local           // KASIR_LOCAL, KASIR_CLOCK_AHEAD, KASIR_LOCAL_ISSUER: on one machine only
}

// Load reads and checks the settings. The error names every variable that is wrong and what it should be.
func Load(getenv func(string) string, f function.Function) (Settings, error) {
	r := reader{getenv: getenv}
	s := Settings{
		Region:       r.required("AWS_REGION", "the region of the table; Lambda sets it"),
		AccessKeyID:  getenv("AWS_ACCESS_KEY_ID"),
		AccessKey:    doku.Secret(getenv("AWS_SECRET_ACCESS_KEY")),
		SessionToken: doku.Secret(getenv("AWS_SESSION_TOKEN")),
	}
	s.Local = r.local(f)
	if f.Stream { // it knows no more than the stream and the bus
		s.Bus = r.required("EVENT_BUS", "the name of the bus that events are put on")
		s.EventsURL = r.endpoint("AWS_ENDPOINT_URL_EVENTBRIDGE")
		return s, errors.Join(r.problems...)
	}
	s.ScopePrefix, s.Namespace = getenv("SCOPE_PREFIX"), r.text("METRICS_NAMESPACE", "kasir")
	s.Target, s.MaxAge = r.path("NOTIFICATION_TARGET", "/notifications"), r.duration("NOTIFICATION_MAX_AGE", 0)
	s.PageLifetime = r.duration("PAGE_LIFETIME", time.Hour)
	r.windows(&s)
	r.reports(&s)
	s.AutoCapture = r.duration("AUTO_CAPTURE_BEFORE", 0)
	s.Callbacks, s.Notified = r.hosts("CALLBACK_HOSTS"), r.hosts("NOTIFICATION_HOSTS")
	if f.Secret {
		r.access(&s)
	}
	if len(f.Table) > 0 {
		s.Table = r.required("TABLE_NAME", "the name of the DynamoDB table")
		s.DynamoDBURL = r.endpoint("AWS_ENDPOINT_URL_DYNAMODB")
	}
	if s.PageLifetime == 0 {
		r.wrong("PAGE_LIFETIME", "must be above 0")
	}
	if s.AutoCapture != 0 && (s.AutoCapture < time.Hour || s.AutoCapture > 6*24*time.Hour) {
		r.wrong("AUTO_CAPTURE_BEFORE", "must be from 1h to 144h: an authorisation lives 7 days")
	}
	return s, errors.Join(r.problems...)
}
