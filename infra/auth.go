package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"kasir/shared/route"
)

// resourceServer is kasir's name at Cognito, which puts it before every scope: kasir/payments:read.
const resourceServer = "kasir"

// tokenMinutes is the lifetime of the pool's tokens. Cognito charges for each token.
const tokenMinutes = 60.0

// issuer is the issuer of the tokens that the API accepts.
type issuer struct {
	url      *string
	audience []*string
	pool     *string // id of the pool; nil if the issuer is another's
	client   *string // id of the back end's client
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
	client := awscognito.NewCfnUserPoolClient(d.stack, new("BackEnd"), &awscognito.CfnUserPoolClientProps{
		UserPoolId: pool.Ref(), ClientName: new("back end"), GenerateSecret: true,
		AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: list([]string{"client_credentials"}),
		AllowedOAuthScopes: clientScopes(d.stage.grants()), AccessTokenValidity: new(tokenMinutes),
		TokenValidityUnits: &awscognito.CfnUserPoolClient_TokenValidityUnitsProperty{
			AccessToken: new("minutes"),
		},
		EnableTokenRevocation: true, PreventUserExistenceErrors: new("ENABLED"),
	})
	client.AddResourceDependency(server, nil) // the client names the scopes
	d.issuer = issuer{
		url: awscdk.Fn_Join(new(""), &[]*string{
			new("https://cognito-idp."), d.stack.Region(), new(".amazonaws.com/"), pool.Ref(),
		}),
		// Cognito's access tokens have no aud; API Gateway compares client_id instead.
		audience: []*string{client.Ref()}, pool: pool.Ref(), client: client.Ref(),
	}
}

// makePool makes a pool in which nobody can sign up. Its only client is a machine. An issuer for customers is up to the
// shop.
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
	const reason = "the pool has a machine's client and no users, so there are no sign-ins to judge"
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

func clientScopes(grants []route.Grant) *[]*string {
	var scopes []string
	for _, g := range grants {
		scopes = append(scopes, resourceServer+"/"+string(g.Scope))
	}
	return list(scopes)
}
