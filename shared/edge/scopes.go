package edge

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// scopeWords returns the scopes of a token with their prefix. It reads the claim scope, or the claim scp if there is no
// scope. Each may be a text of words or a list.
//
// API Gateway writes a list as [a b]. In this form the single scope "a b" looks like two, as does a list or an object
// inside the list. scopeWords therefore reads the list from the token, which API Gateway has verified.
func scopeWords(event events.APIGatewayV2HTTPRequest, claims map[string]string) []string {
	for _, name := range []string{"scope", "scp"} {
		claim := claims[name]
		if isList(claim) {
			return listed(event, claim, name, strings.Fields)
		}
		if claim = text(claim); claim != "" {
			return strings.Fields(claim)
		}
	}
	return nil
}

// listed returns the words of a claim that API Gateway wrote as a list. A text that looks like a list is no list: split
// returns its words.
func listed(
	event events.APIGatewayV2HTTPRequest, claim, name string, split func(text string) []string,
) []string {
	if words, ok := wordsInToken(event.Headers, name, split); ok {
		return words
	}
	return strings.Fields(claim[1 : len(claim)-1]) // tests and tools make events without a token
}

// wordsInToken reads a claim from the token of the header Authorization. ok is false if there is no readable token.
func wordsInToken(header map[string]string, name string, split func(string) []string) (words []string, ok bool) {
	parts := strings.Split(bearerToken(header), ".")
	if len(parts) != 3 {
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, false
	}
	var claims map[string]json.RawMessage
	if json.Unmarshal(payload, &claims) != nil {
		return nil, false
	}
	var all []any
	if json.Unmarshal(claims[name], &all) != nil { // the claim is absent, or a text that looks like a list
		var written string
		if json.Unmarshal(claims[name], &written) != nil {
			return nil, false
		}
		return split(written), true
	}
	for _, value := range all {
		if word, isText := value.(string); isText && word != "" && !strings.ContainsAny(word, " \t\r\n") {
			words = append(words, word)
		}
	}
	return words, true
}

// bearerToken returns the token of the header Authorization, which API Gateway accepts with and without the scheme.
func bearerToken(header map[string]string) string {
	for name, value := range header {
		if !strings.EqualFold(name, "authorization") {
			continue
		}
		value = strings.TrimSpace(value)
		if scheme, token, found := strings.Cut(value, " "); found && strings.EqualFold(scheme, "bearer") {
			value = strings.TrimSpace(token)
		}
		return value
	}
	return ""
}
