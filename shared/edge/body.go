package edge

import (
	"kasir/shared/jsonbody"
	"kasir/shared/payment"
)

// Decode reads the body strictly into a struct, see package jsonbody. rules returns the rules that the decoded struct
// breaks; it may be nil. All violations are reported at once. Errors: *jsonbody.Malformed, *payment.Invalid.
func (r Request) Decode(into any, rules func() []jsonbody.Violation) error {
	violations, err := jsonbody.Decode(r.Body, into)
	if err != nil {
		return err
	}
	if rules != nil {
		violations = jsonbody.Merge(violations, rules())
	}
	if len(violations) > 0 {
		return &payment.Invalid{Violations: violations}
	}
	return nil
}
