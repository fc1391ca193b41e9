package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/route"
)

// setting is one environment variable. A value that only AWS knows has an example for the check, and a reference for
// the template.
type setting struct {
	name, value string
	reference   *string
}

// settings returns the variables of the stage's functions. Each function gets those that it reads, see app.Variables.
func (d *deployment) settings() []setting {
	all := settings(d.stage)
	references := map[string]*string{
		"TABLE_NAME": d.table.name, "DOKU_SECRET_ARN": d.secret.Ref(), "EVENT_BUS": d.bus.name,
		"WEBHOOKS": d.webhookSetting(),
	}
	if id := d.issuer.clients[staffClient]; id != nil {
		references["STAFF_CLIENTS"] = id
	}
	if d.issuer.pool != nil {
		references["SIGN_IN_ISSUER"] = d.issuer.url
	}
	if d.stage.Settlement != nil {
		references["REPORTS_BUCKET"], references["REPORTS_ORIGIN"] = d.reportsBucket(), d.reportsOrigin()
	}
	if d.webhookSecret != nil {
		references["WEBHOOKS_SECRET_ARN"] = d.webhookSecret.Ref()
	}
	for i, s := range all {
		all[i].reference = &all[i].value
		if r := references[s.name]; r != nil {
			all[i].reference = r
		}
	}
	return all
}

// Tunable are the variables that Stage.Settings may have. They concern details of DOKU that are unknown and may differ
// between merchants.
var Tunable = []string{
	"DOKU_SIGNATURE_SUCCESS", "DOKU_SIGNATURE_ERROR", "DOKU_SIGNATURE_GET", "UNSIGNED_REFUSALS",
	"DOKU_TURNED_AWAY_CODES", "DOKU_NOT_FOUND_CODES", "DOKU_TIMEOUT", "RESEND_AFTER", "TRUST_WINDOW",
	"MATCH_REQUEST_ID", "DECLINE_CODES", "DOKU_PATH_CREATE_PAGE", "DOKU_PATH_CAPTURE", "DOKU_PATH_REFUND",
	"DOKU_PATH_DELETE_TOKEN", "DOKU_PATH_LIST_TOKENS", "DOKU_PATH_STATUS",
	"SETTLE_COLUMNS", "SETTLE_WORDS", "SETTLE_CHANNELS", "SETTLE_MERCHANT", "FEE",
}

func settings(s Stage) []setting {
	all := []setting{
		{name: "TABLE_NAME", value: "kasir"},
		{name: "DOKU_SECRET_ARN", value: "arn:aws:secretsmanager:" + s.Region + ":111122223333:secret:kasir-AbCdEf"},
		{name: "EVENT_BUS", value: s.StackName()},
		{name: "METRICS_NAMESPACE", value: s.StackName()},
		{name: "DOKU_ENVIRONMENT", value: s.DOKU},
		{name: "NOTIFICATION_TARGET", value: s.NotificationTarget()},
		{name: "CALLBACK_HOSTS", value: strings.Join(s.CallbackHosts, ",")},
		{name: "NOTIFICATION_HOSTS", value: strings.Join(s.NotificationHosts, ",")},
		{name: "SCOPE_PREFIX", value: s.scopePrefix()},
		{name: "PAGE_LIFETIME", value: duration(s.PageLifetime)},
		{name: "AUTO_CAPTURE_BEFORE", value: duration(s.AutoCaptureBefore)},
		{name: "CHECK_PAID_AFTER", value: durations(s.CheckPaidAfter)},
		{name: "NOTIFICATION_MAX_AGE", value: duration(s.MaxNotificationAge)},
		{name: "LIST_INDEXES", value: strings.Join(s.lists(), ",")},
		{name: "SHARDS", value: count(s.Scale.Shards)},
		{name: "LOOKS_AT_ONCE", value: count(s.Scale.LooksAtOnce)},
	}
	if len(s.Webhooks) > 0 {
		endpoints := s.endpoints(func(i int) (string, string) {
			queue := "https://sqs." + s.Region + ".amazonaws.com/111122223333/" + s.Webhooks[i].Name
			return queue, queue + "-letters"
		})
		text, err := json.Marshal(endpoints)
		if err != nil {
			panic(err) // strings always encode
		}
		arn := "arn:aws:secretsmanager:" + s.Region + ":111122223333:secret:webhooks-AbCdEf"
		all = append(all, setting{name: "WEBHOOKS", value: string(text)},
			setting{name: "WEBHOOKS_SECRET_ARN", value: arn})
	}
	if s.Table != nil {
		all = append(all, setting{name: "HOLD_UNTIL_RECOVERED", value: s.Table.RestoredTo})
	}
	if s.Settlement != nil {
		all = append(all, setting{name: "REPORTS_BUCKET", value: s.StackName() + "-reports"},
			setting{name: "SETTLE_WITHIN", value: days(s.Settlement.Within)},
			setting{name: "HOLIDAYS", value: strings.Join(s.Settlement.Holidays, ",")})
	}
	all = append(all, s.staffSettings()...)
	all = append(all, s.consoleSettings()...)
	if s.RequireSignedResponses {
		all = append(all, setting{name: "DOKU_REQUIRE_SIGNATURE", value: "true"})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Settings)) {
		all = append(all, setting{name: name, value: s.Settings[name]})
	}
	return slices.DeleteFunc(all, func(s setting) bool { return s.value == "" })
}

// duration returns a duration in the form of the functions' settings. It is empty for 0, and the functions then use
// their default.
func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func durations(all []time.Duration) string {
	var texts []string
	for _, d := range all {
		texts = append(texts, d.String())
	}
	return strings.Join(texts, ",")
}

// days returns a number of days in the form of the functions' settings. It is empty for 0.
func days(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// NotificationTarget returns the path that DOKU posts notifications to and signs: the route's path below the domain's
// base path. The printed URL contains it too.
func (s Stage) NotificationTarget() string {
	i := slices.IndexFunc(route.All, func(r route.Route) bool { return r.Function == "notify" })
	return s.basePath() + route.All[i].Path
}

func (s Stage) basePath() string {
	if s.Domain == nil || s.Domain.BasePath == "" {
		return ""
	}
	return "/" + s.Domain.BasePath
}

// loadSettings reads the stage's settings with a function's own code.
func loadSettings(s Stage, f function.Function) (app.Settings, error) {
	values := map[string]string{"AWS_REGION": s.Region} // Lambda sets it
	for _, setting := range settings(s) {
		values[setting.name] = setting.value
	}
	return app.Load(func(name string) string { return values[name] }, f)
}

// checkSettings checks the stage's settings with the code of every function.
func checkSettings(s Stage) error {
	var problems []error
	for _, f := range s.functions() {
		if _, err := loadSettings(s, f); err != nil {
			problems = append(problems,
				fmt.Errorf("stage %s: the function %s would not start: %w", s.Name, f.Name, err))
		}
	}
	return errors.Join(problems...)
}
