package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"kasir/shared/function"
)

// staffClient is the pool's client at which the merchant's people sign in.
const staffClient = "Staff"

// makeStaff makes the client of the console and other pages for people, and a group for each role. The pages run in a
// browser, so the client has no secret: the code of a sign-in is bound by PKCE. People need a second factor.
func (d *deployment) makeStaff(server awscognito.CfnUserPoolResourceServer) {
	if d.stage.Staff == nil {
		return
	}
	settings, err := loadSettings(d.stage, refundFunction())
	if err != nil {
		panic(err) // New has checked the settings
	}
	for _, role := range settings.Staff.Roles {
		awscognito.NewCfnUserPoolGroup(d.stack, new("Role"+camel(role.Name)), &awscognito.CfnUserPoolGroupProps{
			UserPoolId: d.issuer.pool, GroupName: new(role.Name), Description: new("kasir's role " + role.Name),
		})
	}
	pages := append([]*string{d.consoleURL()}, *list(d.stage.Staff.URLs)...)
	d.addClient(staffClient, &awscognito.CfnUserPoolClientProps{
		ClientName: new("staff"), GenerateSecret: false,
		AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: list([]string{"code"}),
		AllowedOAuthScopes: list(d.stage.signInScopes(&SignIn{})),
		CallbackUrLs:       &pages, LogoutUrLs: &pages,
		SupportedIdentityProviders: list([]string{"COGNITO"}),
		ExplicitAuthFlows:          list([]string{"ALLOW_REFRESH_TOKEN_AUTH"}),
		AccessTokenValidity:        new(staffMinutes), IdTokenValidity: new(staffMinutes),
		RefreshTokenValidity: new(staffHours),
		TokenValidityUnits: &awscognito.CfnUserPoolClient_TokenValidityUnitsProperty{
			AccessToken: new("minutes"), IdToken: new("minutes"), RefreshToken: new("hours"),
		},
	}, server, true)
}

func refundFunction() function.Function {
	row, _ := function.Find("refund")
	return row
}

// camel returns a role's name for the template, such as StoreLead of store-lead.
func camel(name string) string {
	var all strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		if word != "" {
			all.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return all.String()
}

// staffSettings are the settings of the people who sign in. The id of the pool's client is known to AWS alone.
func (s Stage) staffSettings() []setting {
	if s.Staff == nil {
		return nil
	}
	clients := strings.Join(s.Staff.Clients, ",")
	if s.Pool != nil {
		clients = "staff-client"
	}
	var roles, limits []string
	for _, role := range s.Staff.Roles {
		var scopes []string
		for _, scope := range role.Scopes {
			scopes = append(scopes, string(scope))
		}
		roles = append(roles, role.Name+"="+strings.Join(scopes, " "))
		if role.MaxRefund != 0 {
			limits = append(limits, fmt.Sprintf("%s=%d", role.Name, role.MaxRefund))
		}
	}
	return []setting{
		{name: "STAFF_CLIENTS", value: clients}, {name: "ROLES_CLAIM", value: s.Staff.Claim},
		{name: "ROLES", value: strings.Join(roles, ",")}, {name: "MAX_REFUND", value: strings.Join(limits, ",")},
	}
}

// staff checks where the people sign in.
func (c *checker) staff(s Stage) {
	if s.Staff == nil {
		return
	}
	names := map[string]bool{}
	for _, role := range s.Staff.Roles {
		id := camel(role.Name)
		c.require(!names[id], "Staff.Roles", "has %q beside a role of the same letters", role.Name)
		names[id] = true
	}
	if s.Pool == nil {
		c.require(len(s.Staff.URLs) == 0, "Staff.URLs", "are for Pool; with Tokens the issuer has them")
		c.require(len(s.Staff.Clients) > 0 && !slices.ContainsFunc(s.Staff.Clients, notAClient), "Staff.Clients",
			"is %q; it must have the ids of the issuer's clients at which people sign in, without commas and spaces",
			s.Staff.Clients)
		c.signIn(s.Staff.SignIn)
		return
	}
	c.require(s.Staff.SignIn == nil, "Staff.SignIn", "is for Tokens; the pool has addresses of its own")
	c.require(len(s.Staff.Clients) == 0 && s.Staff.Claim == "", "Staff.Clients", "and Claim are for Tokens; the pool "+
		"has a client of its own")
	for _, address := range s.Staff.URLs {
		u, err := url.Parse(address)
		right := err == nil && u.Host != "" && u.Fragment == "" && !strings.Contains(address, "*") &&
			(u.Scheme == "https" || u.Scheme == "http" && u.Hostname() == "localhost")
		c.require(right, "Staff.URLs", "has %q; it must have a form such as https://shop.example.com/kasir", address)
	}
}

func notAClient(id string) bool { return id == "" || strings.ContainsAny(id, ", ") }

// hosts returns the hosts of addresses.
func hosts(addresses []string) []string {
	var all []string
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil {
			all = append(all, u.Hostname())
		}
	}
	return all
}
