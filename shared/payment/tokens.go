package payment

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"kasir/shared/doku"
)

// Tokens lists the cards a customer has saved at DOKU. Errors: *Invalid, ErrNotYours, *doku.Error, doku.ErrUnknown.
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

// Unbind makes DOKU forget a saved card of a customer. Nothing of a token is stored here, so whether it is the
// customer's is asked first: ErrNotYours when it is not, or no longer. The Request-Id is derived, so that a repeat after
// a lost answer is the same request. Errors: *Invalid, ErrNotYours, *doku.Error, doku.ErrUnknown.
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

// Limits of the guide's request table for customer.id, and of what a token can be.
const (
	maxCustomerID = 50
	maxTokenID    = 255
)

func checkIDs(customerID, tokenID string) error {
	var v []doku.Violation
	if customerID == "" || len([]rune(customerID)) > maxCustomerID {
		v = append(v, doku.Violation{Pointer: "/customer_id", Detail: "is not from 1 to 50 characters"})
	}
	if tokenID == "" || len(tokenID) > maxTokenID {
		v = append(v, doku.Violation{Pointer: "/token_id", Detail: "is not from 1 to 255 characters"})
	}
	if len(v) > 0 {
		return &Invalid{Violations: v}
	}
	return nil
}
