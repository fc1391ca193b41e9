package doku

import (
	"cmp"
	"context"
	"errors"
	"strings"
)

// Token is a saved card.
type Token struct {
	ID     Private // the value for card.token in a create-page request
	Expiry string  // as DOKU writes it
	Card   Card
}

// maxTokens is the number of saved cards of one customer that are read. The rest of a longer list is ignored.
const maxTokens = 100

// ListTokens lists the cards that a customer has saved (DOKU's "Tokenization", get token). If Paths.ListTokens is the
// archived /tokenization/v1/tokens, ListTokens sends the body of that endpoint. requestID must be new in each call,
// which only reads.
func (c *Client) ListTokens(ctx context.Context, requestID, customerID string) ([]Token, error) {
	path := c.cfg.Paths.ListTokens
	in := map[string]any{
		"customer": map[string]string{"id": customerID}, "channel": map[string]string{"id": "CREDIT_CARD"},
	}
	if strings.HasPrefix(path, "/tokenization/v1/") {
		delete(in, "channel")
		in["token_data"] = map[string]string{"type": "CREDIT_CARD"}
	}
	var tokens []Token
	err := c.post(ctx, path, requestID, in, func(body []byte, _ bool) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if got := doc.text("customer", "id"); got != "" && got != customerID {
			return errors.New("it is for another customer")
		}
		value, _ := doc.at("tokens")
		list, ok := elements(value)
		if !ok && value != "null" {
			return errors.New("it has no list of tokens")
		}
		tokens = nil
		for _, entry := range list {
			if entry[0] == '{' && len(tokens) < maxTokens {
				tokens = append(tokens, readToken(document(entry)))
			}
		}
		return nil
	})
	return tokens, maskRefusal(err, customerID)
}

// readToken reads a token in either of DOKU's two shapes: with the card's details in an object of their own, or beside
// the id.
func readToken(doc document) Token {
	masked := doc.masked()
	card := readCard(doc, "card")
	return Token{
		ID:     Private(cmp.Or(doc.text("id"), doc.text("token_id"), doc.text("token"))),
		Expiry: cmp.Or(masked.text("card", "expiry"), masked.text("expiry")),
		Card: Card{
			Masked: scrubCard(cmp.Or(doc.text("masked_account"), doc.text("masked_card_number"), card.Masked)),
			Brand:  cmp.Or(card.Brand, masked.text("brand")),
			Issuer: cmp.Or(card.Issuer, masked.text("issuer")),
			Type:   card.Type,
		},
	}
}

// readCard reads the details of a card in the object under key.
func readCard(doc document, key string) Card {
	masked := doc.masked()
	return Card{
		Masked: scrubCard(cmp.Or(
			doc.text(key, "masked"), doc.text(key, "masked_card_number"), doc.text(key, "card_masked"))),
		Brand:  masked.text(key, "brand"),
		Issuer: masked.text(key, "issuer"),
		Type:   cmp.Or(masked.text(key, "card_type"), masked.text(key, "type")),
	}
}
