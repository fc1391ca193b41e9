package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strconv"

	"kasir/local/sandbox/validate"
)

// token is a card that a customer agreed to keep.
type token struct {
	id         string
	customerID string
	card       TestCard
	expiry     string // YY/MM, like in DOKU's list
	name       string
}

// saveToken keeps a card for its customer and returns its token. A card that is kept twice has one token.
func (b *book) saveToken(t *token) string {
	for _, known := range b.tokens {
		if known.customerID == t.customerID && known.card == t.card {
			known.expiry, known.name = t.expiry, t.name
			return known.id
		}
	}
	raw := make([]byte, 16)
	rand.Read(raw)
	t.id = hex.EncodeToString(raw)
	b.tokens = append(b.tokens, t)
	return t.id
}

// token returns a customer's card. It is nil for a token that is unknown, deleted, or another customer's.
func (b *book) token(id, customerID string) *token {
	i := slices.IndexFunc(b.tokens, func(t *token) bool { return t.id == id && t.customerID == customerID })
	if i < 0 {
		return nil
	}
	return b.tokens[i]
}

// deleteToken deletes a token and reports whether it existed. An empty customerID means any customer.
func (b *book) deleteToken(id, customerID string) bool {
	before := len(b.tokens)
	b.tokens = slices.DeleteFunc(b.tokens, func(t *token) bool {
		return t.id == id && (customerID == "" || t.customerID == customerID)
	})
	return len(b.tokens) < before
}

func deleteToken(s *Server, c call) (any, *apiError) {
	var body struct {
		TokenID    string `json:"token_id"`
		CustomerID string `json:"customer_id"`
	}
	if err := validate.DeleteToken.Decode(c.body, &body); err != nil {
		return nil, invalidParameter(err.Error())
	}
	status := "DELETE SUCCESS"
	if !s.book.deleteToken(body.TokenID, body.CustomerID) {
		status = "DELETE FAILED"
	}
	return map[string]string{"status": status}, nil
}

func deleteTokenV2(s *Server, c call) (any, *apiError) {
	var body struct {
		Token struct {
			ID string `json:"id"`
		} `json:"token"`
	}
	if err := validate.DeleteTokenV2.Decode(c.body, &body); err != nil {
		return nil, invalidParameter(err.Error())
	}
	if !s.book.deleteToken(body.Token.ID, "") {
		return nil, notFound("TOKEN_NOT_FOUND", "There is no such token")
	}
	return map[string]any{"token": map[string]string{"id": body.Token.ID, "status": "INACTIVE"}}, nil
}

type tokenList struct {
	Customer idName        `json:"customer"`
	Tokens   []listedToken `json:"tokens"`
}

type listedToken struct {
	ID     string     `json:"id"`
	Masked string     `json:"masked_account"`
	Card   listedCard `json:"card"`
}

type listedCard struct {
	Name    string `json:"cardholder_name"`
	Expiry  string `json:"expiry"` // YY/MM
	Brand   string `json:"brand"`
	Issuer  string `json:"issuer"`
	Country string `json:"country"`
	BIN     int    `json:"bin"` // a number in DOKU's sample
}

func (t *token) listEntry() listedToken {
	number := t.card.Number
	bin, _ := strconv.Atoi(number[:6])
	return listedToken{t.id, "********" + number[len(number)-4:], listedCard{
		Name: t.name, Expiry: t.expiry, Brand: t.card.Brand, Issuer: t.card.Issuer, Country: "ID", BIN: bin,
	}}
}

func listTokens(s *Server, c call) (any, *apiError) {
	var body struct {
		Customer  idName `json:"customer"`
		TokenData struct {
			Type string `json:"type"`
		} `json:"token_data"`
		Channel idName `json:"channel"`
	}
	if err := validate.ListTokens.Decode(c.body, &body); err != nil {
		return nil, invalidParameter(err.Error())
	}
	list := tokenList{Customer: idName{ID: body.Customer.ID}, Tokens: []listedToken{}}
	for _, kind := range []string{body.TokenData.Type, body.Channel.ID} {
		if kind != "" && kind != "CREDIT_CARD" {
			return list, nil // all tokens here are of cards
		}
	}
	for _, t := range s.book.tokens {
		if t.customerID == body.Customer.ID {
			list.Tokens = append(list.Tokens, t.listEntry())
		}
	}
	return list, nil
}
