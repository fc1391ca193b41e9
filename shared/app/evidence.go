package app

import (
	"fmt"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// evidence reads what is believed of an answer of DOKU.
func (r *reader) evidence(s *Settings) {
	otherwise := doku.WhenPresent
	if r.flag("DOKU_REQUIRE_SIGNATURE") {
		otherwise = doku.Require
	}
	s.Signatures = doku.Signatures{
		Success: r.signature("DOKU_SIGNATURE_SUCCESS", otherwise),
		Error:   r.signature("DOKU_SIGNATURE_ERROR", otherwise),
		Get:     r.signature("DOKU_SIGNATURE_GET", otherwise),
	}
	s.TurnedAway, s.NotFound = r.codes("DOKU_TURNED_AWAY_CODES"), r.codes("DOKU_NOT_FOUND_CODES")
	s.Unsigned = r.choice("UNSIGNED_REFUSALS", "doubt", "status")
}

// reports reads what is believed of a report of DOKU, a notification or an answer of check status.
func (r *reader) reports(s *Settings) {
	s.MatchPages = r.choice("MATCH_REQUEST_ID", "report", "require")
	s.Declines = r.codes("DECLINE_CODES")
}

// choice reports whether a setting has the other value than its default.
func (r *reader) choice(name, otherwise, other string) bool {
	value := r.text(name, otherwise)
	if value != otherwise && value != other {
		r.wrong(name, fmt.Sprintf("is %q; it must be %s or %s", value, otherwise, other))
	}
	return value == other
}

func (r *reader) signature(name string, otherwise doku.SignaturePolicy) doku.SignaturePolicy {
	switch value := doku.SignaturePolicy(r.text(name, string(otherwise))); value {
	case doku.Require, doku.WhenPresent, doku.Ignore:
		return value
	default:
		r.wrong(name, fmt.Sprintf("is %q; it must be require, when_present or ignore", value))
		return otherwise
	}
}

// codes reads codes of DOKU's, separated by commas; nil when there are none.
func (r *reader) codes(name string) []string {
	var codes []string
	for code := range strings.SplitSeq(r.getenv(name), ",") {
		code = strings.TrimSpace(code)
		if strings.IndexFunc(code, notInCode) >= 0 {
			r.wrong(name, fmt.Sprintf("has %q; it must be codes of letters, digits and underscores, separated by commas", code))
		}
		if code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}

func notInCode(c rune) bool {
	return c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// windows reads how long a call may take, and when a request may be sent again. Each must be longer than the one before: a
// repeat must not overtake its first, and a window that ends before the first repeat is none.
func (r *reader) windows(s *Settings) {
	before := len(r.problems)
	s.DOKUTimeout = r.duration("DOKU_TIMEOUT", payment.LongestCall)
	s.ResendAfter = r.duration("RESEND_AFTER", order.DefaultResendAfter)
	s.TrustWindow = r.duration("TRUST_WINDOW", time.Hour)
	if len(r.problems) > before {
		return // the floors of a time that cannot be read say nothing
	}
	if s.DOKUTimeout < time.Second || s.DOKUTimeout > payment.LongestCall {
		r.wrong("DOKU_TIMEOUT", fmt.Sprintf("is %s; it must be between 1s and %s", s.DOKUTimeout, payment.LongestCall))
	}
	if s.ResendAfter <= s.DOKUTimeout {
		r.wrong("RESEND_AFTER", fmt.Sprintf("is %s; it must be above DOKU_TIMEOUT, %s: a repeat must not overtake its first", s.ResendAfter, s.DOKUTimeout))
	}
	if s.TrustWindow != 0 && s.TrustWindow <= s.ResendAfter {
		r.wrong("TRUST_WINDOW", fmt.Sprintf("is %s; it must be above RESEND_AFTER, %s, or 0, which sends nothing again", s.TrustWindow, s.ResendAfter))
	}
}
