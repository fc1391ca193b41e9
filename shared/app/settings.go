// Package app reads the settings once and builds the parts of a function from them. It is the only package that imports
// all the others and reads the environment and the clock.
package app

import (
	"errors"
	"slices"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
	"kasir/shared/webhook"
)

// Settings holds all settings. The table in rows has the environment variable and the default of each field.
// docs/architecture.md explains them.
type Settings struct {
	Environment  string        // sandbox, production, or a base URL on loopback
	DOKUBaseURL  string        // from Environment
	SecretARN    string        // the secret that holds the four fields below, which are then empty
	SecretMaxAge time.Duration // age at which the secret is read again
	SecretsURL   string        // of a Secrets Manager on loopback; empty means AWS
	ClientID     string
	SecretKey    doku.Secret
	PreviousKey  doku.Secret
	QuoteKey     doku.Secret // verifies quotes; empty refuses every quote

	ScopePrefix string          // the issuer's prefix of each scope
	Staff       edge.Staff      // whose scopes their roles limit
	Namespace   string          // of the metrics in the log line
	Paths       doku.Paths      // empty ones mean the guide's
	Signatures  doku.Signatures // the policy for the signatures of DOKU's answers
	TurnedAway  []string        // empty means doku.HeaderCodes
	NotFound    []string        // empty means doku.NotFoundCodes
	Unsigned    bool            // see order.Policy.BelieveUnsigned
	MatchPages  bool            // see payment.Service.RequireRequestID
	Declines    []string        // empty means payment.DeclineCodes
	DOKUTimeout time.Duration   // of one call of DOKU

	Region       string // set by Lambda, like the three credentials
	AccessKeyID  string
	AccessKey    doku.Secret
	SessionToken doku.Secret
	TableName    string
	Shards       int    // over which due orders are spread
	DynamoDBURL  string // of a DynamoDB on loopback; empty means AWS
	EventBus     string // name of the bus for the events
	EventsURL    string // of an EventBridge on loopback; empty means AWS

	Webhooks          []webhook.Endpoint // the merchant's endpoints for events
	WebhooksSecretARN string             // the secret that holds their secrets
	WebhookDelays     []time.Duration    // between the attempts to deliver an event
	WebhookTimeout    time.Duration      // of one attempt
	QueuesURL         string             // of an SQS on loopback; empty means AWS

	Console Console // the console and the sign-in of its people

	Reports    string // the bucket of settlement reports
	ReportsURL string // of an S3 on loopback; empty means AWS

	NotificationPath   string        // path of the notification URL as DOKU sees it
	MaxNotificationAge time.Duration // 0 accepts any age
	PageLifetime       time.Duration
	TrustWindow        time.Duration
	LooksAtOnce        int // orders of one shard that reconcile works on at the same time
	ResendAfter        time.Duration
	AutoCapture        time.Duration   // 0 means that kasir never captures by itself
	CheckPaid          []time.Duration // see order.Policy.CheckPaidAfter
	CallbackHosts      []string
	NotificationHosts  []string
	RestoredTo         time.Time       // see payment.Service.RestoredTo
	SettleWithin       int             // working days; 0 means that no payment is reported as not settled
	Holidays           []order.Day     // days that are no working days
	Lists              []payment.Index // see payment.Service.Lists

	Settlement settlement.Options // the form of DOKU's settlement reports

	Local Local // on one machine only
}

// row is one setting: its environment variable, the functions that read it, and the reading of its value.
type row struct {
	name string
	of   readers
	read reading
}

// readers reports whether a function reads a setting. The function of the stream uses only the stream and the bus, that
// of the queues only the queues and the endpoints, and that of the console only the sign-in.
type readers func(function.Function) bool

func everyFunction(function.Function) bool { return true }
func useCases(f function.Function) bool    { return !f.Stream && !f.Queue && !f.Console }
func withKeys(f function.Function) bool    { return useCases(f) && f.Secret }
func withTable(f function.Function) bool   { return useCases(f) && len(f.TableActions) > 0 }
func withMoney(f function.Function) bool   { return withTable(f) && f.DOKU }
func writing(f function.Function) bool {
	return useCases(f) && slices.Contains(f.TableActions, function.PutItem)
}
func ofSchedule(f function.Function) bool { return slices.Contains(f.Queries, function.DueIndex) }
func withLists(f function.Function) bool {
	return slices.ContainsFunc(function.Lists, func(list string) bool { return slices.Contains(f.Queries, list) })
}
func ofStream(f function.Function) bool    { return f.Stream }
func ofQueue(f function.Function) bool     { return f.Queue }
func withMetrics(f function.Function) bool { return !f.Stream }
func withSecrets(f function.Function) bool { return withKeys(f) || f.Queue }

// rows is the table of settings.
func rows(s *Settings) []row {
	return append(slices.Concat(keyRows(s), staffRows(s), consoleRows(s), settlementRows(s)), []row{
		{"AWS_REGION", everyFunction, required(&s.Region, "the region of the table; Lambda sets it")},
		{"AWS_ACCESS_KEY_ID", everyFunction, unchanged(&s.AccessKeyID)},
		{"AWS_SECRET_ACCESS_KEY", everyFunction, unchanged(&s.AccessKey)},
		{"AWS_SESSION_TOKEN", everyFunction, unchanged(&s.SessionToken)},
		{"KASIR_LOCAL", everyFunction, choice(&s.Local.On, "", "1")},
		{"KASIR_CLOCK_AHEAD", everyFunction, duration(&s.Local.Ahead, 0)},
		{"KASIR_LOCAL_ISSUER", everyFunction, unchanged(&s.Local.Issuer)},

		{"EVENT_BUS", ofStream, required(&s.EventBus, "the name of the bus that events are put on")},
		{"AWS_ENDPOINT_URL_EVENTBRIDGE", ofStream, endpoint(&s.EventsURL)},

		{"WEBHOOKS", ofQueue, endpoints(&s.Webhooks, &s.Local.On)},
		{"WEBHOOKS_SECRET_ARN", ofQueue, unchanged(&s.WebhooksSecretARN)},
		{"WEBHOOK_DELAYS", ofQueue, delays(&s.WebhookDelays, webhook.Delays)},
		{"WEBHOOK_TIMEOUT", ofQueue, duration(&s.WebhookTimeout, webhook.MaxTimeout)},
		{"AWS_ENDPOINT_URL_SQS", ofQueue, endpoint(&s.QueuesURL)},

		{"SCOPE_PREFIX", withScopes, unchanged(&s.ScopePrefix)},
		{"METRICS_NAMESPACE", withMetrics, text(&s.Namespace, "kasir")},
		{"NOTIFICATION_TARGET", useCases, path(&s.NotificationPath, "/notifications")},
		{"NOTIFICATION_MAX_AGE", useCases, duration(&s.MaxNotificationAge, 0)},
		{"PAGE_LIFETIME", useCases, duration(&s.PageLifetime, time.Hour)},
		{"DOKU_TIMEOUT", useCases, duration(&s.DOKUTimeout, payment.LongestCall)},
		{"RESEND_AFTER", useCases, duration(&s.ResendAfter, order.DefaultResendAfter)},
		{"TRUST_WINDOW", useCases, duration(&s.TrustWindow, time.Hour)},
		{"MATCH_REQUEST_ID", useCases, choice(&s.MatchPages, "report", "require")},
		{"DECLINE_CODES", useCases, codes(&s.Declines)},
		{"AUTO_CAPTURE_BEFORE", useCases, duration(&s.AutoCapture, 0)},
		{"CHECK_PAID_AFTER", useCases, sweeps(&s.CheckPaid)},
		{"CALLBACK_HOSTS", useCases, hosts(&s.CallbackHosts)},
		{"NOTIFICATION_HOSTS", useCases, hosts(&s.NotificationHosts)},

		{"TABLE_NAME", withTable, required(&s.TableName, "the name of the DynamoDB table")},
		{"AWS_ENDPOINT_URL_DYNAMODB", withTable, endpoint(&s.DynamoDBURL)},
		{"HOLD_UNTIL_RECOVERED", withMoney, instant(&s.RestoredTo)},
		{"SHARDS", writing, number(&s.Shards, payment.FewestShards, payment.FewestShards, payment.MostShards)},
		{"LOOKS_AT_ONCE", ofSchedule, number(&s.LooksAtOnce, 8, 1, 64)},
		{"LIST_INDEXES", withLists, lists(&s.Lists)},
	}...)
}

// keyRows are the settings of the functions that have DOKU's keys.
func keyRows(s *Settings) []row {
	signed := new(bool)
	return []row{
		{"DOKU_ENVIRONMENT", withDOKU, dokuEnvironment(&s.Environment, &s.DOKUBaseURL)},
		{"DOKU_REQUIRE_SIGNATURE", withKeys, choice(signed, "false", "true")},
		{"DOKU_SIGNATURE_SUCCESS", withKeys, signature(&s.Signatures.Success, signed)},
		{"DOKU_SIGNATURE_ERROR", withKeys, signature(&s.Signatures.Error, signed)},
		{"DOKU_SIGNATURE_GET", withKeys, signature(&s.Signatures.Get, signed)},
		{"DOKU_TURNED_AWAY_CODES", withKeys, codes(&s.TurnedAway)},
		{"DOKU_NOT_FOUND_CODES", withKeys, codes(&s.NotFound)},
		{"UNSIGNED_REFUSALS", withKeys, choice(&s.Unsigned, "doubt", "status")},
		{"DOKU_PATH_CREATE_PAGE", withKeys, path(&s.Paths.CreatePage, "")},
		{"DOKU_PATH_CAPTURE", withKeys, path(&s.Paths.Capture, "")},
		{"DOKU_PATH_REFUND", withKeys, path(&s.Paths.Refund, "")},
		{"DOKU_PATH_DELETE_TOKEN", withKeys, path(&s.Paths.DeleteToken, "")},
		{"DOKU_PATH_LIST_TOKENS", withKeys, path(&s.Paths.ListTokens, "")},
		{"DOKU_PATH_STATUS", withKeys, path(&s.Paths.Status, "")},
		{"DOKU_SECRET_ARN", withKeys, unchanged(&s.SecretARN)},
		{"AWS_ENDPOINT_URL_SECRETS_MANAGER", withSecrets, endpoint(&s.SecretsURL)},
		{"SECRET_MAX_AGE", withKeys, duration(&s.SecretMaxAge, 5*time.Minute)},
		{"DOKU_CLIENT_ID", withKeys, unchanged(&s.ClientID)},
		{"DOKU_SECRET_KEY", withKeys, unchanged(&s.SecretKey)},
		{"DOKU_PREVIOUS_SECRET_KEY", withKeys, unchanged(&s.PreviousKey)},
		{"QUOTE_KEY", withKeys, unchanged(&s.QuoteKey)},
	}
}

// Variables returns the names of the environment variables that a function reads.
func Variables(f function.Function) []string {
	var names []string
	for _, row := range rows(&Settings{}) {
		if row.of(f) {
			names = append(names, row.name)
		}
	}
	return names
}

// Load reads and checks the settings of a function. The error names every wrong variable and the values it may have.
func Load(getenv func(string) string, f function.Function) (Settings, error) {
	r, s := reader{getenv: getenv}, Settings{}
	for _, row := range rows(&s) {
		if row.of(f) {
			row.read(&r, row.name)
		}
	}
	s.Local = r.local(s.Local, f)
	if withRoles(f) {
		r.staff(&s)
	}
	if f.Console && len(s.Staff.Clients) == 0 {
		r.wrong("STAFF_CLIENTS", "is empty; its first client is the one at which people sign in to the console")
	}
	if useCases(f) {
		r.times(s)
	}
	if withKeys(f) {
		r.keys(s)
	}
	if ofQueue(f) {
		r.webhooks(s)
	}
	return s, errors.Join(r.problems...)
}
