package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"kasir/shared/function"
	"kasir/shared/route"
)

type apiParts struct {
	id         *string
	url        *string // prefix of the routes' paths, including the base path
	domainHost *string // target of the domain's DNS record; nil without a domain
}

// vendedLogs is the prefix of log groups that AWS services may write to. With another prefix, each API would add its
// log group to the one policy of the account and region that allows it. That policy is full at 5120 characters.
const vendedLogs = "/aws/vendedlogs/apigateway/"

// accessLog is the line for a request. It has no path, query or header, because they may hold confidential data. It has
// the address, which helps to stop an attack.
var accessLog = map[string]string{
	"request_id": "$context.requestId", "time": "$context.requestTime", "route": "$context.routeKey",
	"status": "$context.status",
	"ms":     "$context.responseLatency", "bytes": "$context.responseLength", "address": "$context.identity.sourceIp",
	"client":           "$context.authorizer.claims.client_id",
	"authorizer_error": "$context.authorizer.error", "integration_status": "$context.integrationStatus",
	"integration_error": "$context.integrationErrorMessage", "error": "$context.error.responseType",
}

// openAPI makes the API without its routes. Its address is that of the console too, to which the issuer sends people.
func (d *deployment) openAPI() {
	api := awsapigatewayv2.NewCfnApi(d.stack, new("Api"), &awsapigatewayv2.CfnApiProps{
		Name: new(d.stage.StackName()), ProtocolType: new("HTTP"), CorsConfiguration: d.cors(),
		DisableExecuteApiEndpoint: d.stage.domainOnly(), // otherwise the API would have a second address
	})
	d.api.id = api.Ref()
	d.api.url = awscdk.Fn_Join(new(""), &[]*string{
		new("https://"), d.api.id, new(".execute-api."), d.stack.Region(), new(".amazonaws.com"),
	})
	if d.stage.Domain != nil {
		d.api.url = new("https://" + d.stage.Domain.Name + d.stage.basePath())
	}
}

func (d *deployment) makeAPI() {
	authorizer := awsapigatewayv2.NewCfnAuthorizer(d.stack, new("Tokens"), &awsapigatewayv2.CfnAuthorizerProps{
		ApiId: d.api.id, AuthorizerType: new("JWT"), Name: new("tokens"),
		IdentitySource: list([]string{"$request.header.Authorization"}),
		JwtConfiguration: &awsapigatewayv2.CfnAuthorizer_JWTConfigurationProperty{
			Issuer: d.issuer.url, Audience: &d.issuer.audience,
		},
	})
	integrations := d.makeIntegrations()
	stage := d.makeStage()
	for _, r := range d.stage.routes() {
		made := d.makeRoute(r, authorizer.Ref(), integrations[r.Function])
		stage.AddResourceDependency(made, nil) // the stage's throttling names the route
	}
	d.makeDomain(stage)
}

// routes returns the routes whose functions the stage has.
func (s Stage) routes() []route.Route {
	has := s.functions()
	return slices.DeleteFunc(slices.Clone(route.All), func(r route.Route) bool {
		return !slices.ContainsFunc(has, func(f function.Function) bool { return f.Name == r.Function })
	})
}

// grants returns the scopes of the stage: all but those that only its missing routes need.
func (s Stage) grants() []route.Grant {
	has := s.routes()
	return slices.DeleteFunc(slices.Clone(route.Grants), func(g route.Grant) bool {
		needs := func(r route.Route) bool { return r.Scope == g.Scope }
		return slices.ContainsFunc(route.All, needs) && !slices.ContainsFunc(has, needs)
	})
}

func (d *deployment) makeIntegrations() map[string]*string {
	integrations := map[string]*string{}
	// In a fixed order, because two runs must give the same template.
	for _, name := range slices.Sorted(maps.Keys(d.functions)) {
		f := d.functions[name]
		if f.row.MaxBody == 0 {
			continue
		}
		id := new(name + "Integration")
		integration := awsapigatewayv2.NewCfnIntegration(d.stack, id, &awsapigatewayv2.CfnIntegrationProps{
			ApiId: d.api.id, IntegrationType: new("AWS_PROXY"), IntegrationUri: f.alias.Ref(),
			PayloadFormatVersion: new("2.0"), TimeoutInMillis: new(30000.0),
		})
		for _, r := range d.stage.routes() {
			if r.Function == name { // it must be allowed to invoke before it does
				integration.AddResourceDependency(d.permit(r), nil)
			}
		}
		integrations[name] = awscdk.Fn_Join(new("/"), &[]*string{new("integrations"), integration.Ref()})
	}
	return integrations
}

var pathParameter = regexp.MustCompile(`\{[^}]+\}`)

// makeRoute makes a route.
func (d *deployment) makeRoute(r route.Route, authorizer, integration *string) awsapigatewayv2.CfnRoute {
	id := routeID(r)
	props := &awsapigatewayv2.CfnRouteProps{
		ApiId: d.api.id, RouteKey: new(r.Key()), Target: integration, AuthorizationType: new("NONE"),
	}
	if r.Scope != "" {
		props.AuthorizationType, props.AuthorizerId = new("JWT"), authorizer
		props.AuthorizationScopes = list([]string{d.stage.scopePrefix() + string(r.Scope)})
	}
	made := awsapigatewayv2.NewCfnRoute(d.stack, &id, props)
	switch r.Function {
	case "notify":
		d.accept(made, "AwsSolutions-APIG4", "DOKU has no token: the function checks its signature over the raw body")
	case "console":
		d.accept(made, "AwsSolutions-APIG4", "these are public files, with which people get their token")
	}
	return made
}

// permit lets a route, and nothing else of the API, invoke its function.
func (d *deployment) permit(r route.Route) awslambda.CfnPermission {
	source := d.stack.FormatArn(&awscdk.ArnComponents{
		Service: new("execute-api"), Resource: d.api.id,
		ResourceName: new("*/" + r.Method + pathParameter.ReplaceAllString(r.Path, "*")),
	})
	return awslambda.NewCfnPermission(d.stack, new(routeID(r)+"Permission"), &awslambda.CfnPermissionProps{
		Action: new("lambda:InvokeFunction"), Principal: new("apigateway.amazonaws.com"),
		FunctionName: d.functions[r.Function].alias.Ref(), SourceArn: source,
	})
}

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]`)

func routeID(r route.Route) string {
	return notAlphanumeric.ReplaceAllString(r.Method+r.Path, "") + "Route"
}

// makeStage makes the one stage, $default. Another name would become part of every path, and DOKU would sign it.
func (d *deployment) makeStage() awsapigatewayv2.CfnStage {
	logs := awslogs.NewLogGroup(d.stack, new("AccessLogs"), &awslogs.LogGroupProps{
		LogGroupName: d.uniqueName(vendedLogs + d.stage.StackName() + "-"),
		Retention:    retention(d.stage.LogDays), RemovalPolicy: d.retainAfterCreate(),
	})
	format, err := json.Marshal(accessLog)
	if err != nil {
		panic(err)
	}
	routes, throttle := map[string]any{}, d.stage.Throttle
	for _, r := range d.stage.routes() {
		limit := throttle
		switch r.Function {
		case "notify":
			limit = cmp.Or(d.stage.Notifications, throttle)
		case "console":
			limit = Throttle{min(throttle.Rate, consoleThrottle.Rate), min(throttle.Burst, consoleThrottle.Burst)}
		}
		routes[r.Key()] = map[string]any{"ThrottlingRateLimit": limit.Rate, "ThrottlingBurstLimit": limit.Burst}
	}
	return awsapigatewayv2.NewCfnStage(d.stack, new("Stage"), &awsapigatewayv2.CfnStageProps{
		ApiId: d.api.id, StageName: new("$default"), AutoDeploy: true, RouteSettings: routes,
		DefaultRouteSettings: &awsapigatewayv2.CfnStage_RouteSettingsProperty{
			ThrottlingRateLimit: new(float64(throttle.Rate)), ThrottlingBurstLimit: new(float64(throttle.Burst)),
		},
		AccessLogSettings: &awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
			DestinationArn: logs.LogGroupArn(), Format: new(string(format)),
		},
	})
}

// cors lets the pages of the stage's origins call the API. It returns nil if there are none.
func (d *deployment) cors() any {
	if len(d.stage.Origins) == 0 {
		return nil
	}
	return &awsapigatewayv2.CfnApi_CorsProperty{
		AllowOrigins: list(d.stage.Origins), AllowMethods: list(route.BrowserMethods()),
		AllowHeaders:  list(route.AllowHeaders),
		ExposeHeaders: list(route.ExposeHeaders), MaxAge: new(route.PreflightAge.Seconds()),
	}
}

// makeDomain puts the API behind the merchant's own domain name.
func (d *deployment) makeDomain(stage awsapigatewayv2.CfnStage) {
	domain := d.stage.Domain
	if domain == nil {
		return
	}
	name := awsapigatewayv2.NewCfnDomainName(d.stack, new("Domain"), &awsapigatewayv2.CfnDomainNameProps{
		DomainName: &domain.Name,
		DomainNameConfigurations: []*awsapigatewayv2.CfnDomainName_DomainNameConfigurationProperty{{
			CertificateArn: &domain.Certificate, EndpointType: new("REGIONAL"), SecurityPolicy: new("TLS_1_2"),
		}},
	})
	mapping := &awsapigatewayv2.CfnApiMappingProps{ApiId: d.api.id, DomainName: name.Ref(), Stage: stage.Ref()}
	if domain.BasePath != "" {
		mapping.ApiMappingKey = &domain.BasePath
	}
	awsapigatewayv2.NewCfnApiMapping(d.stack, new("DomainMapping"), mapping)
	d.api.domainHost = name.AttrRegionalDomainName()
}
