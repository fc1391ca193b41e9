package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"kasir/shared/function"
	"kasir/shared/route"
)

// powers are the scopes of each client of a program. A change that widens a client must widen it here too.
var powers = map[string]string{
	"Checkout": "payments:create payments:price payments:read",
	"BackOffice": "payments:capture payments:close payments:read payments:read:all payments:refund payments:resolve " +
		"settlements:read settlements:write tokens:all tokens:read tokens:unbind",
}

// checkClients checks that each client of the pool gets tokens for its own scopes only, and that the API accepts the
// tokens of the pool's clients and of no others.
func checkClients(t template) (f findings) {
	var accepted, want []string
	for _, a := range t.of("AWS::ApiGatewayV2::Authorizer") {
		accepted = texts(at(a, "JwtConfiguration", "Audience"))
	}
	for id, client := range t.of("AWS::Cognito::UserPoolClient") {
		scopes := grantedTo(client)
		switch {
		case id == staffClient:
			f.checkStaffClient(t, client)
		case id == backEnd && t.stage.Pool.BackEndRetired:
			f.that(len(scopes) == 0 && client["AllowedOAuthFlows"] == nil &&
				client["AllowedOAuthFlowsUserPoolClient"] == false,
				"the first client is retired, and gets tokens for %v", scopes)
			continue // its tokens are refused
		case id == backEnd:
			f.that(len(scopes) == len(t.stage.scopes()), "the first client lost scopes: %v", scopes)
		default:
			f.same("scopes of the client "+id, scopes, t.stage.has(strings.Fields(powers[id])))
		}
		if id != staffClient {
			f.that(text(client["AllowedOAuthFlows"]) == "client_credentials" && client["GenerateSecret"] == true &&
				client["AccessTokenValidity"] == tokenMinutes, "%s is no machine's client", id)
		}
		want = append(want, id)
	}
	f.same("clients whose tokens the API accepts", accepted, want)
	for _, id := range []string{backEnd, "Checkout", "BackOffice"} {
		f.that(t.of("AWS::Cognito::UserPoolClient")[id] != nil, "there is no client %s", id)
	}
	return f
}

// has returns those of the scopes that the stage has.
func (s Stage) has(scopes []string) []string {
	return slices.DeleteFunc(scopes, func(scope string) bool {
		return !slices.ContainsFunc(s.grants(), func(g route.Grant) bool { return string(g.Scope) == scope })
	})
}

// grantedTo returns the scopes of a client without the pool's prefix.
func grantedTo(client object) []string {
	var scopes []string
	for _, scope := range texts(client["AllowedOAuthScopes"]) {
		if ours, is := strings.CutPrefix(scope, "kasir/"); is {
			scopes = append(scopes, ours)
		}
	}
	return scopes
}

// checkStaffClient checks that a person's token is short, that the client has no secret that a browser could not keep,
// and that there is a group for every role that the functions know.
func (f *findings) checkStaffClient(t template, client object) {
	f.that(text(client["AllowedOAuthFlows"]) == "code" && client["GenerateSecret"] == false, "people sign in by %s",
		text(client["AllowedOAuthFlows"]))
	f.that(client["AccessTokenValidity"] == 10.0 && text(at(client, "TokenValidityUnits", "AccessToken")) == "minutes",
		"a person's token lives for %v", client["AccessTokenValidity"])
	console := text(at(t.doc, "Outputs", "ConsoleUrl", "Value"))
	f.that(console == text(at(t.doc, "Outputs", "ApiUrl", "Value"))+"/console", "the console is at %q", console)
	for _, pages := range []string{"CallbackURLs", "LogoutURLs"} {
		f.same(pages, texts(client[pages]), append([]string{console}, t.stage.Staff.URLs...))
	}
	asked := text(at(t.of("AWS::Lambda::Function")["ConsoleFunction"], "Environment", "Variables", "SIGN_IN_SCOPES"))
	f.same("scopes that the console asks for", strings.Fields(asked), texts(client["AllowedOAuthScopes"]))
	var groups, names, scopes []string
	for _, g := range t.of("AWS::Cognito::UserPoolGroup") {
		groups = append(groups, text(g["GroupName"]))
	}
	settings, err := loadSettings(t.stage, refundFunction())
	f.that(err == nil, "%v", err)
	for _, role := range settings.Staff.Roles {
		names = append(names, role.Name)
		for _, scope := range role.Scopes {
			scopes = append(scopes, string(scope))
		}
	}
	slices.Sort(scopes)
	f.same("groups of the pool", groups, names)
	f.same("scopes of people", grantedTo(client), t.stage.has(slices.Compact(scopes)))
	refund := t.of("AWS::Lambda::Function")[function.LogicalID("refund")]
	given := at(refund, "Environment", "Variables", "STAFF_CLIENTS")
	f.that(text(given) == staffClient, "refund takes the client %q for that of people", text(given))
}

// docs/access.md has every client with its scopes, and the default roles with theirs.
func TestTheDocumentHasClientsAndRoles(t *testing.T) {
	content, err := os.ReadFile("../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(content)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) > 3 {
			rows[strings.Trim(cells[1], " `")] = cells[len(cells)-2]
		}
	}
	scopesOf := func(name string) []string {
		var scopes []string
		for _, word := range strings.Split(rows[name], "`") {
			if strings.Contains(word, ":") && !strings.Contains(word, " ") {
				scopes = append(scopes, word)
			}
		}
		slices.Sort(scopes)
		return scopes
	}
	for _, m := range machines {
		want := strings.Fields(powers[m.id])
		if slices.Sort(want); !slices.Equal(scopesOf(m.name), want) {
			t.Errorf("docs/access.md gives the client %s %v, the template %v", m.name, scopesOf(m.name), want)
		}
	}
	settings, err := loadSettings(Stages[0], refundFunction())
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range settings.Staff.Roles {
		var want []string
		for _, g := range route.Grants {
			if slices.Contains(role.Scopes, g.Scope) != (role.Name == "admin") { // admin has all scopes but those it names
				want = append(want, string(g.Scope))
			}
		}
		if slices.Sort(want); !slices.Equal(scopesOf(role.Name), want) {
			t.Errorf("docs/access.md gives the role %s %v, the functions %v", role.Name, scopesOf(role.Name), want)
		}
	}
}
