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

// Principal is the caller. Its fields are claims of the token that the API's JWT authorizer verified. A route without
// scope has no principal.
type Principal struct {
	Subject  string // sub
	ClientID string // client_id or azp, if the token has it
	Username string // username, as Cognito writes it, or preferred_username, if the token has it
	// MaxRefund is the limit that the caller's roles set to the refunds of one order, in whole rupiah; 0 means none.
	MaxRefund int64
	staff     bool // the token is of a client of Staff, so that the roles limit its scopes
	scopes    []route.Scope
}

// May reports whether the token allows a scope.
func (p Principal) May(s route.Scope) bool { return slices.Contains(p.scopes, s) }

// Caller returns the principal as the use cases see it.
func (p Principal) Caller() payment.Caller {
	return payment.Caller{
		Subject: p.Subject, Username: p.Username, Prices: p.May(route.PaymentsPrice),
		ReadsAll: p.May(route.PaymentsReadAll), AllTokens: p.May(route.TokensAll),
	}
}

// Act returns an act of the principal on an order, for the reason in the note. The use case sets the time.
func (p Principal) Act(note string) order.Act {
	return order.Act{By: p.Subject, Username: p.Username, Note: note}
}

// ErrUnauthenticated is the error for a request without a verified token on a route that needs one.
var ErrUnauthenticated = errors.New("no verified token")

// Forbidden is the error for a token without the route's scope.
type Forbidden struct {
	Scope route.Scope // the missing scope, as the issuer writes it
	Roles bool        // the token may have the scope, but the caller's roles do not
}

func (e *Forbidden) Error() string {
	if e.Roles {
		return fmt.Sprintf("the token or the caller's roles lack the scope %s", e.Scope)
	}
	return fmt.Sprintf("the token lacks the scope %s", e.Scope)
}

// NoRoute is the error for an event of a route that the function does not answer. The gateway is then misconfigured.
type NoRoute struct{}

func (e *NoRoute) Error() string {
	return "the event is for a route that this function does not answer"
}

// admit returns the caller, or the reason to refuse the call. The gateway has already checked the token and its scope.
// admit also refuses a route that was deployed without an authorizer, and an event of another function's route.
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
	claims := authorizer.JWT.Claims
	p := e.Staff.limit(principal(event, claims, e.ScopePrefix), event, claims)
	if !p.May(r.Scope) {
		return Principal{}, &Forbidden{Scope: route.Scope(e.ScopePrefix) + r.Scope, Roles: p.staff}
	}
	return p, nil
}

// principal reads the claims, all of which API Gateway passes as text.
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

// maxUsername is the length to which a username is cut for an order, in bytes.
const maxUsername = 128

// username cuts a username to maxUsername, and drops one with control characters. A username is only shown to people;
// no decision depends on it.
func username(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return strings.ToValidUTF8(name[:min(len(name), maxUsername)], "")
}

// text returns a claim that was a text in the token. It returns "" for null, an object or a list. It also returns ""
// for a claim with characters lost on the way, since two subjects must not become one. A number or a boolean cannot be
// distinguished from its text.
func text(claim string) string {
	isObject := strings.HasPrefix(claim, "{") || strings.HasPrefix(claim, "map[")
	isNull := claim == "null" || claim == "<nil>"
	if isNull || isObject || isList(claim) || strings.ContainsRune(claim, utf8.RuneError) {
		return ""
	}
	return claim
}

// isList reports whether a claim has API Gateway's form of a list: [a b].
func isList(claim string) bool { return strings.HasPrefix(claim, "[") && strings.HasSuffix(claim, "]") }
