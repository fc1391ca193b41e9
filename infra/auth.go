package main

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"kasir/shared/route"
)

// resourceServer is kasir's name at Cognito, which puts it before every scope: kasir/payments:read.
const resourceServer = "kasir"

// Lifetimes of the pool's tokens. Cognito charges for each token of a machine. A person's token is short, because it
// keeps the roles that it was issued with; staffHours is how long a person stays signed in.
const (
	tokenMinutes = 60.0
	staffMinutes = 10.0
	staffHours   = 12.0
)

// issuer is the issuer of the tokens that the API accepts.
type issuer struct {
	url      *string
	audience []*string
	pool     *string            // id of the pool; nil if the issuer is another's
	clients  map[string]*string // ids of the pool's clients, by their names in the template
}

// machine is a client of the merchant's programs.
type machine struct {
	id, name string
	scopes   []route.Scope
}

// backEnd is the first client, which may do everything. The other clients share its powers. Its id must not go to
// another client, see docs/access.md.
const backEnd = "BackEnd"

var machines = []machine{
	{"Checkout", "checkout", []route.Scope{route.PaymentsCreate, route.PaymentsPrice, route.PaymentsRead}},
	{"BackOffice", "back office", []route.Scope{
		route.PaymentsRead, route.PaymentsReadAll, route.PaymentsCapture, route.PaymentsRefund, route.PaymentsClose,
		route.PaymentsResolve, route.SettlementsRead, route.SettlementsWrite, route.TokensRead, route.TokensUnbind,
		route.TokensAll,
	}},
}

// scopePrefix returns the prefix that the issuer puts before a scope.
func (s Stage) scopePrefix() string {
	switch {
	case s.Pool != nil:
		return resourceServer + "/"
	case s.Tokens != nil:
		return s.Tokens.Prefix
	}
	return ""
}

func (d *deployment) makeIssuer() {
	if t := d.stage.Tokens; t != nil {
		d.issuer = issuer{url: &t.Issuer, audience: *list(t.Audience)}
		return
	}
	pool := d.makePool()
	props := &awscognito.CfnUserPoolResourceServerProps{
		UserPoolId: pool.Ref(), Identifier: new(resourceServer), Name: new(resourceServer),
		Scopes: cognitoScopes(d.stage.grants()),
	}
	server := awscognito.NewCfnUserPoolResourceServer(d.stack, new("Scopes"), props)
	awscognito.NewCfnUserPoolDomain(d.stack, new("PoolDomain"), &awscognito.CfnUserPoolDomainProps{
		UserPoolId: pool.Ref(), Domain: &d.stage.Pool.DomainPrefix,
	})
	d.issuer = issuer{
		url: awscdk.Fn_Join(new(""), &[]*string{
			new("https://cognito-idp."), d.stack.Region(), new(".amazonaws.com/"), pool.Ref(),
		}),
		pool: pool.Ref(), clients: map[string]*string{},
	}
	first := machine{backEnd, "back end", d.stage.scopes()}
	for _, m := range append([]machine{first}, machines...) {
		d.addClient(m.id, d.machineProps(m), server, m.id != backEnd || !d.stage.Pool.BackEndRetired)
	}
	d.makeStaff(server)
}

// addClient makes a client of the pool. Cognito's access tokens have no aud; API Gateway compares client_id instead.
func (d *deployment) addClient(
	id string, props *awscognito.CfnUserPoolClientProps, server awscognito.CfnUserPoolResourceServer, accepted bool,
) {
	props.UserPoolId, props.EnableTokenRevocation = d.issuer.pool, true
	props.PreventUserExistenceErrors = new("ENABLED")
	client := awscognito.NewCfnUserPoolClient(d.stack, &id, props)
	client.AddResourceDependency(server, nil) // the client names the scopes
	d.issuer.clients[id] = client.Ref()
	if accepted {
		d.issuer.audience = append(d.issuer.audience, client.Ref())
	}
}

// machineProps returns the properties of a machine's client. The first one stays when it is retired, but gets no
// tokens any more.
func (d *deployment) machineProps(m machine) *awscognito.CfnUserPoolClientProps {
	props := &awscognito.CfnUserPoolClientProps{
		ClientName: &m.name, GenerateSecret: true, AccessTokenValidity: new(tokenMinutes),
		TokenValidityUnits: &awscognito.CfnUserPoolClient_TokenValidityUnitsProperty{AccessToken: new("minutes")},
	}
	if m.id == backEnd && d.stage.Pool.BackEndRetired {
		props.AllowedOAuthFlowsUserPoolClient = false
		return props
	}
	props.AllowedOAuthFlowsUserPoolClient, props.AllowedOAuthFlows = true, list([]string{"client_credentials"})
	props.AllowedOAuthScopes = d.clientScopes(m.scopes)
	return props
}

// makePool makes a pool in which nobody can sign up. Its clients are machines and an application of the merchant's
// people. An issuer for customers is up to the shop.
func (d *deployment) makePool() awscognito.CfnUserPool {
	protection := "INACTIVE"
	if d.stage.Keep {
		protection = "ACTIVE"
	}
	pool := awscognito.NewCfnUserPool(d.stack, new("Pool"), &awscognito.CfnUserPoolProps{
		UserPoolName: new(d.stage.StackName()), DeletionProtection: &protection,
		AdminCreateUserConfig: &awscognito.CfnUserPool_AdminCreateUserConfigProperty{AllowAdminCreateUserOnly: true},
		Policies: &awscognito.CfnUserPool_PoliciesProperty{
			PasswordPolicy: &awscognito.CfnUserPool_PasswordPolicyProperty{
				MinimumLength: new(16.0), RequireLowercase: true, RequireUppercase: true,
				RequireNumbers: true, RequireSymbols: true,
			},
		},
		MfaConfiguration: new("ON"), EnabledMfas: list([]string{"SOFTWARE_TOKEN_MFA"}),
	})
	pool.ApplyRemovalPolicy(d.retainData(), nil)
	const reason = "the pool has machines and a few people of the merchant, who need a second factor for every sign-in"
	d.accept(pool, "AwsSolutions-COG8", reason)
	return pool
}

func cognitoScopes(grants []route.Grant) any {
	var scopes []*awscognito.CfnUserPoolResourceServer_ResourceServerScopeTypeProperty
	for _, g := range grants {
		scopes = append(scopes, &awscognito.CfnUserPoolResourceServer_ResourceServerScopeTypeProperty{
			ScopeName: new(string(g.Scope)), ScopeDescription: new(g.Allows),
		})
	}
	return scopes
}

// scopes returns the scopes of the stage.
func (s Stage) scopes() []route.Scope {
	var all []route.Scope
	for _, g := range s.grants() {
		all = append(all, g.Scope)
	}
	return all
}

// clientScopes returns those of the scopes that the stage has, as Cognito names them.
func (d *deployment) clientScopes(scopes []route.Scope) *[]*string {
	var names []string
	for _, scope := range d.stage.scopes() {
		if slices.Contains(scopes, scope) {
			names = append(names, resourceServer+"/"+string(scope))
		}
	}
	return list(names)
}
