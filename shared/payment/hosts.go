package payment

import (
	"net/url"
	"slices"
	"strings"

	"kasir/shared/doku"
)

// hostRules checks the URLs that a caller may choose: a page that returns the customer to, or notifies, a host
// of somebody else's would serve a fraud.
func (s *Service) hostRules(r doku.CreatePageRequest) []doku.Violation {
	var found []doku.Violation
	for _, field := range []struct{ pointer, value string }{
		{"/order/callback_url", r.Order.CallbackURL}, {"/order/failed_url", r.Order.FailedURL},
	} {
		if problem := hostProblem(field.value, s.CallbackHosts, "CALLBACK_HOSTS"); problem != "" {
			found = append(found, doku.Violation{Pointer: field.pointer, Detail: problem})
		}
	}
	const pointer = "/additional_info/override_notification_url"
	target := r.AdditionalInfo.OverrideNotificationURL
	if problem := hostProblem(target, s.NotificationHosts, "NOTIFICATION_HOSTS"); problem != "" {
		return append(found, doku.Violation{Pointer: pointer, Detail: problem})
	}
	if u, err := url.Parse(target); target != "" && err == nil && (u.EscapedPath() != s.NotificationTarget || u.RawQuery != "" || u.Fragment != "") {
		found = append(found, doku.Violation{Pointer: pointer, Detail: "must have exactly the path " + s.NotificationTarget + ": DOKU lets only the host differ"})
	}
	return found
}

// allowed says what is wrong with an address, or nothing.
func hostProblem(address string, hosts []string, setting string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil || u.Host == "" { // the rules of the guide have named it already
		return ""
	}
	name := strings.ToLower(u.Hostname())
	if !slices.Contains(hosts, name) {
		return "names a host that is not in the setting " + setting
	}
	local := name == "localhost" || name == "127.0.0.1" || name == "::1"
	if u.Scheme != "https" && !local { // url.Parse writes schemes in lower case
		return "must begin with https://"
	}
	return ""
}
