package payment

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
)

// Tokens lists the cards that a customer has saved at DOKU. Errors: *Invalid, ErrNotYours, *doku.Error,
// doku.ErrUnknown.
func (s *Service) Tokens(ctx context.Context, c Caller, customerID string) ([]doku.Token, error) {
	if !c.AllTokens && customerID != c.Subject {
		return nil, ErrNotYours
	}
	if err := checkIDs(customerID, "-"); err != nil {
		return nil, err
	}
	ctx, cancel := s.callContext(ctx)
	defer cancel()
	return s.DOKU.ListTokens(ctx, s.NewID(), customerID)
}

// Unbind deletes a customer's saved card at DOKU. No tokens are stored here, so DOKU is first asked for the customer's
// cards. The Request-Id is derived, so that a repeat after a lost answer is the same request. Errors: *Invalid,
// ErrNotYours (the card is not the customer's, or no longer), *doku.Error, doku.ErrUnknown.
func (s *Service) Unbind(ctx context.Context, c Caller, customerID, tokenID string) error {
	if err := checkIDs(customerID, tokenID); err != nil {
		return err
	}
	tokens, err := s.Tokens(ctx, c, customerID)
	if err != nil {
		return err
	}
	owned := false
	for _, token := range tokens {
		owned = owned || string(token.ID) == tokenID
	}
	if !owned {
		return ErrNotYours
	}
	ctx, cancel := s.callContext(ctx)
	defer cancel()
	text := strings.Join([]string{s.Merchant.Environment, s.Merchant.ClientID, customerID, "unbind", tokenID}, "|")
	sum := sha256.Sum256([]byte(text))
	return s.DOKU.DeleteToken(ctx, strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20])), customerID, tokenID)
}

// Limits of customer.id in the guide's request table, and of a token.
const (
	maxCustomerID = 50
	maxTokenID    = 255
)

func checkIDs(customerID, tokenID string) error {
	var v []jsonbody.Violation
	if customerID == "" || len([]rune(customerID)) > maxCustomerID {
		v = append(v, jsonbody.Violation{Pointer: "/customer_id", Detail: "must have between 1 and 50 characters"})
	}
	if tokenID == "" || len(tokenID) > maxTokenID {
		v = append(v, jsonbody.Violation{Pointer: "/token_id", Detail: "must have between 1 and 255 characters"})
	}
	if len(v) > 0 {
		return &Invalid{Violations: v}
	}
	return nil
}
