package edge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/route"
)

// Principal is who calls: what the API's JWT authorizer verified of the token, read again here. A route without scope
// has none.
type Principal struct {
	Subject  string // sub
	ClientID string // client_id or azp, when the token has it
	Username string // username, as Cognito writes it, or preferred_username, when the token has it
	scopes   []route.Scope
}

// May reports whether the token allows a scope.
func (p Principal) May(s route.Scope) bool { return slices.Contains(p.scopes, s) }

// Caller is the principal as the use cases see it.
func (p Principal) Caller() payment.Caller {
	return payment.Caller{
		Subject: p.Subject, Username: p.Username, Prices: p.May(route.PaymentsPrice),
		ReadsAll: p.May(route.PaymentsReadAll), AllTokens: p.May(route.TokensAll),
	}
}

// Act is what the principal does with an order, for the reason in the note. The time is the use case's.
func (p Principal) Act(note string) order.Act {
	return order.Act{By: p.Subject, Username: p.Username, Note: note}
}

// ErrUnauthenticated is a request without a verified token on a route that needs one.
var ErrUnauthenticated = errors.New("no verified token")

// Forbidden is a token that does not allow what is asked.
type Forbidden struct {
	Scope route.Scope // what it lacks, as the issuer writes it
}

func (e *Forbidden) Error() string { return fmt.Sprintf("the token lacks the scope %s", e.Scope) }

// NoRoute is an event for a route that the function does not answer: the gateway in front is set up wrongly.
type NoRoute struct{}

func (e *NoRoute) Error() string {
	return "the event is for a route that this function does not answer"
}

// admit says who calls, or why the call is not let in. The gateway has checked the token and its scope already; here a
// route that was deployed without authorizer, or an event of another route, is still refused.
func (e Edge) admit(event events.APIGatewayV2HTTPRequest) (Principal, error) {
	r, ok := route.Find(event.RouteKey)
	if !ok || r.Function != e.Function.Name {
		return Principal{}, &NoRoute{}
	}
	if r.Scope == "" {
		return Principal{}, nil
	}
	authorizer := event.RequestContext.Authorizer
	if authorizer == nil || authorizer.JWT == nil || text(authorizer.JWT.Claims["sub"]) == "" {
		return Principal{}, ErrUnauthenticated
	}
	p := principal(event, authorizer.JWT.Claims, e.ScopePrefix)
	if !p.May(r.Scope) {
		return Principal{}, &Forbidden{Scope: route.Scope(e.ScopePrefix) + r.Scope}
	}
	return p, nil
}

// principal reads the claims, all of which API Gateway hands over as text.
func principal(event events.APIGatewayV2HTTPRequest, claims map[string]string, prefix string) Principal {
	p := Principal{
		Subject: claims["sub"], ClientID: cmp.Or(text(claims["client_id"]), text(claims["azp"])),
		Username: username(cmp.Or(text(claims["username"]), text(claims["preferred_username"]))),
	}
	for _, word := range scopeWords(event, claims) {
		if scope, ours := strings.CutPrefix(word, prefix); ours {
			p.scopes = append(p.scopes, route.Scope(scope))
		}
	}
	return p
}

// maxUsername is how much of a username an order keeps, in bytes.
const maxUsername = 128

// username cuts a username to what an order keeps of it, and drops one with control characters. It is shown to people
// and decides nothing.
func username(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return strings.ToValidUTF8(name[:min(len(name), maxUsername)], "")
}

// text returns a claim that was a text in the token, and "" for one that was null, an object or a list, or whose
// characters were lost on the way: two subjects must not become one. A number and a boolean cannot be told from
// their text.
func text(claim string) string {
	isObject := strings.HasPrefix(claim, "{") || strings.HasPrefix(claim, "map[")
	isNull := claim == "null" || claim == "<nil>"
	if isNull || isObject || isList(claim) || strings.ContainsRune(claim, utf8.RuneError) {
		return ""
	}
	return claim
}

// isList reports whether a claim looks as API Gateway writes a list: [a b].
func isList(claim string) bool { return strings.HasPrefix(claim, "[") && strings.HasSuffix(claim, "]") }
