package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

func environment(changes map[string]string) func(string) string {
	env := map[string]string{
		"DOKU_ENVIRONMENT": "sandbox", "DOKU_CLIENT_ID": "MCH-1", "DOKU_SECRET_KEY": "SK-1",
		"AWS_REGION": "ap-southeast-3", "TABLE_NAME": "kasir", "EVENT_BUS": "kasir",
		"REPORTS_BUCKET": "kasir-reports",
		"STAFF_CLIENTS":  "staff", "SIGN_IN_ISSUER": "https://issuer.example",
		"SIGN_IN_URL": "https://issuer.example/authorize", "SIGN_IN_TOKEN_URL": "https://issuer.example/token",
	}
	return func(name string) string {
		if value, ok := changes[name]; ok {
			return value
		}
		return env[name]
	}
}

func TestDefaults(t *testing.T) {
	s, err := Load(environment(nil), everything)
	if err != nil {
		t.Fatal(err)
	}
	if s.DOKUBaseURL != doku.Sandbox || s.NotificationPath != "/notifications" || s.PageLifetime != time.Hour ||
		s.MaxNotificationAge != 0 || s.Signatures.Success != doku.WhenPresent || len(s.CallbackHosts) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSettingsAreRead(t *testing.T) {
	s, err := Load(environment(map[string]string{
		"DOKU_ENVIRONMENT": "http://127.0.0.1:8082", "NOTIFICATION_TARGET": "/prod/notifications",
		"PAGE_LIFETIME": "30m", "NOTIFICATION_MAX_AGE": "24h",
		"CALLBACK_HOSTS": "shop.example, localhost", "DOKU_REQUIRE_SIGNATURE": "true",
		"DOKU_PATH_CREATE_PAGE": "/v2/page",
	}), everything)
	if err != nil {
		t.Fatal(err)
	}
	if s.DOKUBaseURL != "http://127.0.0.1:8082" || s.NotificationPath != "/prod/notifications" ||
		s.PageLifetime != 30*time.Minute || s.MaxNotificationAge != 24*time.Hour ||
		len(s.CallbackHosts) != 2 || s.CallbackHosts[1] != "localhost" || s.Signatures.Get != doku.Require ||
		s.Paths.CreatePage != "/v2/page" {
		t.Errorf("%+v", s)
	}
}

// A wrong setting ends the start and is named; none is replaced by its default in silence.
func TestWrongSettingsAreNamed(t *testing.T) {
	for name, values := range map[string][]string{
		"DOKU_ENVIRONMENT": {"", "Production", "https://api.doku.example", "http://10.0.0.1:80",
			"ftp://localhost"},
		"DOKU_CLIENT_ID":           {"", " ", `"MCH-1"`, "MCH 1", "\ufeffMCH-1", "MCH-1MCH-1"},
		"DOKU_SECRET_KEY":          {"", `"SK-1"`, "'SK-1'", "SK-\n1", "SK-abcdSK-abcd", "doku_key_1"},
		"DOKU_PREVIOUS_SECRET_KEY": {" ", "SK-1\n", `"SK-1"`},
		"TABLE_NAME":               {""},
		"AWS_REGION":               {""},
		"NOTIFICATION_TARGET":      {"notifications", "https://x.example/notifications", "/n?x=1", "//x.example/n"},
		"PAGE_LIFETIME":            {"60", "-1h", "0s", "an hour"},
		"NOTIFICATION_MAX_AGE":     {"1d"},
		"AUTO_CAPTURE_BEFORE":      {"1m", "200h", "12"},
		"CHECK_PAID_AFTER": {"24", "24h 168h", "168h,24h", "24h,24h", "1m", "5000h", "24h,",
			"1h,2h,3h,4h,5h,6h"},
		"CALLBACK_HOSTS": {"https://shop.example", "shop.example:443", "*.example", "shop.example.",
			"shop example", "user@shop.example", "xn--a"},
		"NOTIFICATION_HOSTS":     {"a/b"},
		"DOKU_REQUIRE_SIGNATURE": {"yes", "1"},
		"QUOTE_KEY": {"short", strings.Repeat("k", 31), strings.Repeat("k", 32) + "\n", `"` +
			strings.Repeat("k", 32) + `"`},
		"TRUST_WINDOW":           {"an hour", "-1m", "90s"},
		"RESEND_AFTER":           {"1s", "20s"},
		"DOKU_TIMEOUT":           {"21s", "0s", "soon"},
		"DOKU_SIGNATURE_SUCCESS": {"yes"},
		"DOKU_SIGNATURE_ERROR":   {"required"},
		"DOKU_SIGNATURE_GET":     {"true"},
		"UNSIGNED_REFUSALS":      {"believe"},
		"DOKU_NOT_FOUND_CODES":   {"NOT FOUND"},
		"DOKU_TURNED_AWAY_CODES": {"a;b"},
		"MATCH_REQUEST_ID":       {"true", "Require"},
		"DECLINE_CODES":          {"05 51", "05;51"},
		"SHARDS":                 {"7", "257", "eight", "16.5"},
		"LOOKS_AT_ONCE":          {"0", "65", "-1"},
		"SETTLE_WITHIN":          {"-1", "61", "3d", "three"},
		"HOLIDAYS":               {"25-12-2026", "2026-12-25;2027-01-01", "2026-02-30"},
		"LIST_INDEXES":           {"customer", "day,due", "day customer", "day,", "Day"},
	} {
		for _, value := range values {
			_, err := Load(environment(map[string]string{name: value}), everything)
			if err == nil || !strings.Contains(err.Error(), name) || name == "QUOTE_KEY" &&
				strings.Contains(err.Error(), value) {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	}
	_, err := Load(func(string) string { return "" }, everything)
	for _, name := range []string{"DOKU_ENVIRONMENT", "DOKU_CLIENT_ID", "DOKU_SECRET_KEY", "TABLE_NAME", "AWS_REGION"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("an empty environment: %s is not named in %v", name, err)
		}
	}
}

// A host is written in many ways, and compared as an address writes it.
func TestHostsAreReadAsAddressesWriteThem(t *testing.T) {
	for written, want := range map[string]string{
		"Toko.Example": "toko.example", "tokó.example": "xn--tok-ina.example",
		"XN--TOK-INA.Example": "xn--tok-ina.example", "localhost": "localhost",
		"127.0.0.1": "127.0.0.1", "r3---sn.example": "r3---sn.example", "shop。example": "shop.example",
	} {
		for _, name := range []string{"CALLBACK_HOSTS", "NOTIFICATION_HOSTS"} {
			s, err := Load(environment(map[string]string{name: " " + written + " ,,"}), everything)
			if got := append(s.CallbackHosts, s.NotificationHosts...); err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("%s=%s: %q, %v, want %q", name, written, got, err, want)
			}
		}
	}
}

func TestSettingsPrintNoSecret(t *testing.T) {
	s, err := Load(environment(map[string]string{
		"DOKU_SECRET_KEY": "SK-hush1", "DOKU_PREVIOUS_SECRET_KEY": "SK-hush2", "AWS_SECRET_ACCESS_KEY": "hush3",
		"AWS_SESSION_TOKEN": "hush4",
	}), everything)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(text, "hush") {
		t.Error(text)
	}
}

func TestKeysOfTheEnvironmentDoNotPrint(t *testing.T) {
	const key = "hush, a quote key of 32 characters"
	s, err := Load(environment(map[string]string{"DOKU_SECRET_KEY": "SK-hush1", "DOKU_PREVIOUS_SECRET_KEY": "SK-hush2",
		"QUOTE_KEY": key}), everything)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keysOf(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil || string(keys.QuoteKeys(t.Context(), false)[0]) != key {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "keys", keys)
	}
	inside := struct{ Keys keySource }{keys}
	if text := out.String() +
		fmt.Sprintf("%v %+v %#v %s %x %v %#v", keys, keys, keys, keys, keys, inside, inside); strings.Contains(text,
		"hush") || strings.Contains(text, "68757368") {
		t.Error(text)
	}
}

// A setting that is read but handed to nobody would be off in silence.
func TestEverySettingReachesTheUseCases(t *testing.T) {
	everything := everything
	everything.DOKU = true
	s, err := Load(environment(map[string]string{
		"CALLBACK_HOSTS": "shop.example", "NOTIFICATION_HOSTS": "hooks.example", "AUTO_CAPTURE_BEFORE": "12h",
		"CHECK_PAID_AFTER":     "24h, 168h",
		"NOTIFICATION_MAX_AGE": "24h", "UNSIGNED_REFUSALS": "status",
		"MATCH_REQUEST_ID": "require", "DECLINE_CODES": "05, 51", "LIST_INDEXES": "day,attention",
		"DOKU_ENVIRONMENT": "http://127.0.0.1:1", // nothing answers there
		"SETTLE_WITHIN":    "5", "HOLD_UNTIL_RECOVERED": "2026-11-30T10:00:00Z", "HOLIDAYS": "2026-12-25, 2027-01-01",
	}), everything)
	if err != nil {
		t.Fatal(err)
	}
	service, err := New(t.Context(), s, everything, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []reflect.Value{reflect.ValueOf(*service), reflect.ValueOf(service.Receiver),
		reflect.ValueOf(service.Merchant)} {
		for i := range part.NumField() {
			if part.Field(i).IsZero() {
				t.Errorf("%s.%s is not set", part.Type(), part.Type().Field(i).Name)
			}
		}
	}
	if !slices.Equal(service.Lists, []payment.Index{payment.ByDay, payment.ByAttention}) {
		t.Errorf("lists %q", service.Lists)
	}
	if !slices.Equal(service.Holidays, []order.Day{"2026-12-25", "2027-01-01"}) || service.SettleWithin != 5 {
		t.Errorf("%d working days, without %v", service.SettleWithin, service.Holidays)
	}
	if !slices.Equal(service.DeclineCodes, []string{"05", "51"}) {
		t.Errorf("decline codes %q", service.DeclineCodes)
	}
	if !slices.Equal(service.CheckPaidAfter, []time.Duration{24 * time.Hour, 168 * time.Hour}) {
		t.Errorf("paid orders are checked after %v", service.CheckPaidAfter)
	}
	if service.TrustWindow != time.Hour || service.AutoCaptureBefore != 12*time.Hour {
		t.Errorf("%+v", service)
	}
}

// everything is a function that needs all there is.
var everything = function.Function{Name: "test", TableActions: []string{function.GetItem, function.PutItem},
	Queries: append([]string{function.DueIndex}, function.Lists...), Secret: true}

// Each function requires only the settings that its row needs.
func TestAFunctionNeedsOnlyWhatItsRowSays(t *testing.T) {
	for _, f := range function.All {
		read := map[string]bool{}
		env := environment(nil)
		if _, err := Load(func(name string) string { read[name] = true; return env(name) }, f); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, name := range []string{"DOKU_SECRET_KEY", "DOKU_SECRET_ARN", "QUOTE_KEY", "DOKU_ENVIRONMENT"} {
			if shown := f.Console && name == "DOKU_ENVIRONMENT"; read[name] != (f.Secret || shown) {
				t.Errorf("%s: %s is read: %v", f.Name, name, read[name])
			}
		}
		if read["TABLE_NAME"] != (len(f.TableActions) > 0) {
			t.Errorf("%s: TABLE_NAME is read: %v", f.Name, read["TABLE_NAME"])
		}
		if read["EVENT_BUS"] != f.Stream {
			t.Errorf("%s: EVENT_BUS is read: %v", f.Name, read["EVENT_BUS"])
		}
	}
}

func TestTheKeysComeFromOnePlace(t *testing.T) {
	_, err := Load(environment(map[string]string{"DOKU_SECRET_ARN": "arn:aws:secretsmanager:ap-southeast-3:1:secret:kasir"}), everything)
	for _, name := range []string{"DOKU_CLIENT_ID", "DOKU_SECRET_KEY"} {
		if err == nil || !strings.Contains(err.Error(), "setting "+name+" is set beside DOKU_SECRET_ARN") {
			t.Errorf("%v, want %s named", err, name)
		}
	}
	_, err = Load(environment(map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://evil.example"}),
		everything)
	if err == nil || !strings.Contains(err.Error(), "setting AWS_ENDPOINT_URL_SECRETS_MANAGER is") {
		t.Errorf("keys may be fetched from anywhere: %v", err)
	}
}

// docs/architecture.md explains every variable that a function reads, and no other.
func TestTheDocumentHasEverySetting(t *testing.T) {
	content, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "\n## Settings\n")
	section, _, _ = strings.Cut(section, "\n## ")
	explained := map[string]bool{}
	for line := range strings.Lines(section) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		var last string
		for _, name := range regexp.MustCompile("`([A-Z_]+)`").FindAllStringSubmatch(first, -1) {
			if last = name[1]; strings.HasPrefix(name[1], "_") { // the end of a name like the one before
				continue
			}
			explained[last] = true
		}
	}
	read := map[string]bool{}
	for _, f := range function.All {
		for _, name := range Variables(f) {
			read[name] = true
		}
	}
	abbreviated := func(name string) bool { // a row may name only the end of a name, such as `_LIST_TOKENS`
		for i := range name {
			if name[i] == '_' && strings.Contains(section, "`"+name[i:]+"`") {
				return true
			}
		}
		return false
	}
	for name := range read {
		if !explained[name] && !abbreviated(name) && !strings.HasPrefix(name, "AWS_") {
			t.Errorf("docs/architecture.md does not explain %s", name)
		}
	}
	for name := range explained {
		if !read[name] {
			t.Errorf("docs/architecture.md explains %s, which no function reads", name)
		}
	}
}

// The table of functions, the use cases and the store name the same lists, in the same order.
func TestTheListsHaveTheSameNamesEverywhere(t *testing.T) {
	var ofPayments, ofStore []string
	for _, list := range payment.Indexes {
		ofPayments = append(ofPayments, string(list))
	}
	for _, index := range store.ListIndexes {
		ofStore = append(ofStore, index.Name)
	}
	if !slices.Equal(ofPayments, function.Lists) || !slices.Equal(ofStore, function.Lists) ||
		function.DueIndex != store.DueIndex {
		t.Errorf("%v, %v, %v", function.Lists, ofPayments, ofStore)
	}
}
