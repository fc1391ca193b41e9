package payment

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"kasir/shared/jsonbody"
	"kasir/shared/quote"
)

// pageRules returns the rules that a request for a page breaks: rules of its form, of DOKU's guide, of this
// installation, and of the merchant's quote. A field that could not be read has no other violation.
func (s *Service) pageRules(ctx context.Context, r PageRequest) []jsonbody.Violation {
	broken := slices.Concat(r.Validate(), metadataRules(r.Metadata), s.hostRules(r))
	return jsonbody.Merge(r.Misread, append(broken, s.callerRules(ctx, r)...))
}

// hostRules checks the URLs that a caller may choose. A page that sends the customer or the notification to a foreign
// host would help a fraud.
func (s *Service) hostRules(r PageRequest) []jsonbody.Violation {
	var found []jsonbody.Violation
	for _, field := range []struct{ pointer, value string }{
		{"/order/callback_url", r.Order.CallbackURL}, {"/order/failed_url", r.Order.FailedURL},
	} {
		if problem := hostProblem(field.value, s.CallbackHosts, "CALLBACK_HOSTS"); problem != "" {
			found = append(found, jsonbody.Violation{Pointer: field.pointer, Detail: problem})
		}
	}
	const pointer = "/additional_info/override_notification_url"
	target := r.AdditionalInfo.OverrideNotificationURL
	if problem := hostProblem(target, s.NotificationHosts, "NOTIFICATION_HOSTS"); problem != "" {
		return append(found, jsonbody.Violation{Pointer: pointer, Detail: problem})
	}
	u, err := url.Parse(target)
	if target != "" && err == nil && (u.EscapedPath() != s.NotificationTarget || u.RawQuery != "" || u.Fragment != "") {
		found = append(found, jsonbody.Violation{Pointer: pointer,
			Detail: "must have exactly the path " + s.NotificationTarget + ": DOKU lets only the host differ"})
	}
	return found
}

// hostProblem returns the rule that an address breaks, or "".
func hostProblem(address string, hosts []string, setting string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil || u.Host == "" { // the guide's rules report it already
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

// callerRules checks a request from a caller that may not set prices. Such a caller must be the customer itself, and
// must keep to a quote of the merchant.
func (s *Service) callerRules(ctx context.Context, r PageRequest) []jsonbody.Violation {
	if r.Caller.Prices && r.Quote == "" {
		return nil
	}
	var found []jsonbody.Violation
	if !r.Caller.Prices && r.Customer.ID != "" && r.Customer.ID != r.Caller.Subject {
		found = append(found, jsonbody.Violation{Pointer: "/customer/id",
			Detail: "must be the subject of the token, or left out"})
	}
	return append(found, s.quoteRules(ctx, r)...)
}

// quoteRules compares a request with its quote. A caller that may set prices need not send one, but a quote that it
// sends binds it too. Nothing is filled in from the quote: the order stores the request.
func (s *Service) quoteRules(ctx context.Context, r PageRequest) []jsonbody.Violation {
	const pointer = "/quote"
	if r.Quote == "" {
		return []jsonbody.Violation{{Pointer: pointer,
			Detail: "is required: your token does not have the scope payments:price, " +
				"so the merchant's back end must sign the price"}}
	}
	terms, err := s.terms(ctx, r.Quote)
	if err != nil {
		return []jsonbody.Violation{{Pointer: pointer, Detail: err.Error()}}
	}
	return terms.Check(r.CreatePageRequest, r.Caller.Subject)
}

// terms reads a quote. If no key matches, it tries again with fresh keys: they may have been rotated.
func (s *Service) terms(ctx context.Context, token string) (quote.Terms, error) {
	if s.QuoteKeys == nil {
		return quote.Terms{}, quote.ErrQuote
	}
	known := s.QuoteKeys(ctx, false)
	terms, err := quote.Verify(token, s.Now(), known...)
	if !errors.Is(err, quote.ErrQuote) {
		return terms, err
	}
	newer := s.QuoteKeys(ctx, true)
	if slices.Equal(newer, known) {
		return terms, err
	}
	return quote.Verify(token, s.Now(), newer...)
}
