package probe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kasir/shared/doku"
)

// endpoint is one of DOKU's endpoints. Its value is the setting that holds the path.
type endpoint string

const (
	createPage  endpoint = "DOKU_PATH_CREATE_PAGE"
	capture     endpoint = "DOKU_PATH_CAPTURE"
	refund      endpoint = "DOKU_PATH_REFUND"
	deleteToken endpoint = "DOKU_PATH_DELETE_TOKEN"
	listTokens  endpoint = "DOKU_PATH_LIST_TOKENS"
	checkStatus endpoint = "DOKU_PATH_STATUS"
)

// knownPaths holds the paths in DOKU's documents. The guide's path comes first.
var knownPaths = map[endpoint][]string{
	createPage:  {"/credit-card/v1/payment-page"},
	capture:     {"/credit-card/capture"},
	refund:      {"/cancellation/credit-card/refund", "/credit-card/v1/cancellation/credit-card/refund"},
	deleteToken: {"/credit-card/delete-tokenization", "/tokenization/v2/delete-token"},
	listTokens:  {"/tokenization/v2/get-token", "/tokenization/v1/tokens"},
	checkStatus: {"/orders/v1/status"},
}

// defaults holds the values that kasir uses for empty settings.
var defaults = map[string]string{
	"DOKU_SIGNATURE_SUCCESS": whenPresent, "DOKU_SIGNATURE_ERROR": whenPresent, "DOKU_SIGNATURE_GET": whenPresent,
	"UNSIGNED_REFUSALS":      "doubt",
	"DOKU_TURNED_AWAY_CODES": strings.Join(doku.HeaderCodes, ","),
	"DOKU_NOT_FOUND_CODES":   strings.Join(doku.NotFoundCodes, ","),
	"DOKU_TIMEOUT":           "20s", "RESEND_AFTER": "90s", "TRUST_WINDOW": "1h", "NOTIFICATION_MAX_AGE": "0s",
	"NOTIFICATION_TARGET": "/notifications", "PAGE_LIFETIME": "1h", "MATCH_REQUEST_ID": "report",
}

// Signature policies.
const (
	require     = "require"
	whenPresent = "when_present"
	ignore      = "ignore"
)

// Setting is an environment variable with a value.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (s Setting) String() string { return s.Name + "=" + s.Value }

// settings reads kasir's current settings.
type settings struct{ getenv func(string) string }

func (s settings) value(name string) string {
	if value := strings.TrimSpace(s.getenv(name)); value != "" {
		return value
	}
	if strings.HasPrefix(name, "DOKU_SIGNATURE_") && s.getenv("DOKU_REQUIRE_SIGNATURE") == "true" {
		return require
	}
	return defaults[name]
}

func (s settings) duration(name string) time.Duration {
	d, _ := time.ParseDuration(s.value(name)) // check has already parsed it
	return d
}

func (s settings) list(name string) []string {
	return strings.FieldsFunc(s.value(name), func(r rune) bool { return r == ',' || r == ' ' })
}

func (s settings) paths() map[endpoint]string {
	paths := map[endpoint]string{}
	for e, all := range knownPaths {
		paths[e] = all[0]
		if path := strings.TrimSpace(s.getenv(string(e))); path != "" {
			paths[e] = path
		}
	}
	return paths
}

// check returns an error for a setting that kasir would refuse. It looks only at the settings that the probe compares.
func (s settings) check() error {
	times := []string{"DOKU_TIMEOUT", "RESEND_AFTER", "TRUST_WINDOW", "NOTIFICATION_MAX_AGE", "PAGE_LIFETIME"}
	for _, name := range times {
		if d, err := time.ParseDuration(s.value(name)); err != nil || d < 0 {
			return fmt.Errorf("%s is %q; it must be a duration such as 90s or 1h", name, s.value(name))
		}
	}
	for _, name := range []string{"DOKU_SIGNATURE_SUCCESS", "DOKU_SIGNATURE_ERROR", "DOKU_SIGNATURE_GET"} {
		if !slices.Contains([]string{require, whenPresent, ignore}, s.value(name)) {
			return fmt.Errorf("%s is %q; it must be require, when_present or ignore", name, s.value(name))
		}
	}
	if v := s.value("UNSIGNED_REFUSALS"); v != "doubt" && v != "status" {
		return fmt.Errorf("UNSIGNED_REFUSALS is %q; it must be doubt or status", v)
	}
	if v := s.value("MATCH_REQUEST_ID"); v != "report" && v != "require" {
		return fmt.Errorf("MATCH_REQUEST_ID is %q; it must be report or require", v)
	}
	for e, path := range s.paths() {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# ") {
			return fmt.Errorf("%s is %q; it must be a path that starts with / and has no query", e, path)
		}
	}
	return nil
}

// containsCode reports whether a list contains a code, in any case.
func containsCode(codes []string, code string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return strings.EqualFold(c, code) })
}
