package stack

import (
	"maps"
	"time"

	"kasir/local/merchant/issuer"
	"kasir/shared/function"
)

// environment returns the environment of every function, without Lambda's own variables.
func environment(cfg Config, s *Stack) map[string]string {
	env := map[string]string{
		"DOKU_ENVIRONMENT": cfg.DOKU, "DOKU_SECRET_ARN": secretARN, "AWS_ENDPOINT_URL_SECRETS_MANAGER": s.secretsURL,
		"TABLE_NAME": Table, "AWS_ENDPOINT_URL_DYNAMODB": s.DynamoDB, "NOTIFICATION_TARGET": NotificationTarget,
		"EVENT_BUS": eventBus, "AWS_ENDPOINT_URL_EVENTBRIDGE": s.eventsURL,
		"REPORTS_BUCKET": reportsBucket, "AWS_ENDPOINT_URL_S3": s.reportsURL,
		"CALLBACK_HOSTS": "localhost,127.0.0.1", "STAFF_CLIENTS": issuer.StaffClient,
	}
	maps.Copy(env, consoleSettings(s))
	if s.DOKU != "" { // the sandbox is DOKU, so everything is on this machine
		env["KASIR_LOCAL"] = "1"
	}
	maps.Copy(env, s.webhooks)
	maps.Copy(env, cfg.Settings)
	delete(env, "DOKU_PREVIOUS_SECRET_KEY") // it is in the secret
	return withClock(env, s.Clock.Ahead())
}

// environmentOf returns the environment of one function. The function of the queues may send events to this machine
// even if DOKU is elsewhere, since it does not call DOKU.
func environmentOf(name string, env map[string]string) map[string]string {
	if f, _ := function.Find(name); !f.Queue {
		return env
	}
	env = maps.Clone(env)
	env["KASIR_LOCAL"] = "1"
	delete(env, "DOKU_ENVIRONMENT")
	return env
}

// clockAhead is the variable that holds how far a function's clock is ahead; see app.Local.
const clockAhead = "KASIR_CLOCK_AHEAD"

// withClock returns the environment of functions whose clock is ahead.
func withClock(env map[string]string, ahead time.Duration) map[string]string {
	env = maps.Clone(env)
	delete(env, clockAhead)
	if ahead != 0 {
		env[clockAhead] = ahead.String()
	}
	return env
}

// PassedSettings are the settings that kasir's commands pass from their own environment to the functions.
var PassedSettings = []string{
	"CALLBACK_HOSTS", "NOTIFICATION_HOSTS", "PAGE_LIFETIME", "TRUST_WINDOW", "RESEND_AFTER", "AUTO_CAPTURE_BEFORE",
	"CHECK_PAID_AFTER", "NOTIFICATION_MAX_AGE", "DOKU_PREVIOUS_SECRET_KEY",
	"DOKU_PATH_CREATE_PAGE", "DOKU_PATH_CAPTURE", "DOKU_PATH_REFUND", "DOKU_PATH_DELETE_TOKEN",
	"DOKU_PATH_LIST_TOKENS", "DOKU_PATH_STATUS",
	"DOKU_REQUIRE_SIGNATURE", "DOKU_SIGNATURE_SUCCESS", "DOKU_SIGNATURE_ERROR", "DOKU_SIGNATURE_GET",
	"UNSIGNED_REFUSALS",
	"DOKU_TURNED_AWAY_CODES", "DOKU_NOT_FOUND_CODES", "DOKU_TIMEOUT", "MATCH_REQUEST_ID", "DECLINE_CODES",
	"SCOPE_PREFIX", "SECRET_MAX_AGE", "METRICS_NAMESPACE", "STAFF_CLIENTS", "ROLES_CLAIM", "ROLES", "MAX_REFUND",
	"SETTLE_COLUMNS", "SETTLE_WORDS", "SETTLE_CHANNELS", "SETTLE_MERCHANT", "FEE",
	"SETTLE_WITHIN", "HOLIDAYS", "SHARDS", "LOOKS_AT_ONCE",
}
