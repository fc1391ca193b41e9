package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// recordRequest is the body of …/records. It has Kind and Amount, or the kind withdrawal and Movement.
type recordRequest struct {
	Kind      string  `json:"kind"`
	Amount    *int64  `json:"amount"`
	Reference *string `json:"reference"` // of DOKU or the bank
	Movement  *string `json:"movement"`  // id of the movement that is withdrawn
	Note      string  `json:"note"`
}

// maxReference is the length of the longest reference, in characters.
const maxReference = 64

// withdrawal is the kind of a record that withdraws a movement.
const withdrawal = "withdrawal"

func record(ctx context.Context, payments *payment.Service, r edge.Request, invoice string) (order.Order, error) {
	key, err := r.IdempotencyKey()
	if err != nil {
		return order.Order{}, err
	}
	var in recordRequest
	if err := r.Decode(&in, func() []jsonbody.Violation { return in.check() }); err != nil {
		return order.Order{}, err
	}
	stated := order.Record{
		Key: key, Reference: text(in.Reference), Withdraws: text(in.Movement), Act: r.Who.Act(in.Note),
	}
	if in.Kind != withdrawal {
		stated.Kind, stated.Amount = order.MovementKind(in.Kind), *in.Amount
	}
	o, _, err := payments.Record(ctx, payment.RecordRequest{Invoice: invoice, Record: stated})
	return o, err
}

// check returns the violations of a body that has neither of the two forms.
func (in recordRequest) check() []jsonbody.Violation {
	violations := edge.CheckNote(in.Note, true)
	wrong := func(when bool, pointer, detail string) {
		if when {
			violations = append(violations, jsonbody.Violation{Pointer: pointer, Detail: detail})
		}
	}
	if in.Kind == withdrawal {
		wrong(text(in.Movement) == "", "/movement", "is required: the id of a movement in elsewhere")
		wrong(in.Amount != nil, "/amount", "does not go with a withdrawal")
		wrong(in.Reference != nil, "/reference", "does not go with a withdrawal")
		return violations
	}
	known := slices.Contains(order.RecordKinds, order.MovementKind(in.Kind))
	wrong(!known, "/kind", "must be "+kindNames()+" or "+withdrawal)
	wrong(in.Amount == nil, "/amount", "is required")
	wrong(in.Amount != nil && *in.Amount < 1, "/amount", "must be at least 1")
	wrong(in.Movement != nil, "/movement", "goes with the kind "+withdrawal+" alone")
	reference := text(in.Reference)
	wrong(utf8.RuneCountInString(reference) > maxReference, "/reference",
		fmt.Sprintf("must have at most %d characters", maxReference))
	wrong(strings.ContainsFunc(reference, notShown), "/reference", "has characters that cannot be printed")
	return violations
}

// kindNames returns the kinds of movements, separated by commas.
func kindNames() string {
	var names []string
	for _, kind := range order.RecordKinds {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

func notShown(c rune) bool { return !unicode.IsPrint(c) }
