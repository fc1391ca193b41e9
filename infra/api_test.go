package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kasir/shared/function"
	"kasir/shared/route"
)

// checkRoutes checks routes, their scopes and their functions against route.All.
func checkRoutes(t template) (f findings) {
	byKey := map[string]object{}
	for id, r := range t.of("AWS::ApiGatewayV2::Route") {
		byKey[text(r["RouteKey"])] = r
		if _, known := route.Find(text(r["RouteKey"])); !known {
			f.that(false, "%s: %s is no route of route.All", id, text(r["RouteKey"]))
		}
	}
	integrations, permissions := t.of("AWS::ApiGatewayV2::Integration"), t.of("AWS::Lambda::Permission")
	for _, r := range t.stage.routes() {
		made, ok := byKey[r.Key()]
		if !ok {
			f.that(false, "no route %s", r.Key())
			continue
		}
		scopes, authorization := "", "NONE"
		if r.Scope != "" {
			scopes, authorization = t.stage.scopePrefix()+string(r.Scope), "JWT"
			f.that(at(t.resources(), text(made["AuthorizerId"]), "Type") == "AWS::ApiGatewayV2::Authorizer",
				"%s has no authorizer", r.Key())
		}
		f.that(text(made["AuthorizationType"]) == authorization, "%s asks for %s, want %s", r.Key(),
			text(made["AuthorizationType"]), authorization)
		f.that(text(made["AuthorizationScopes"]) == scopes, "%s asks for the scopes %q, want %q", r.Key(),
			text(made["AuthorizationScopes"]), scopes)
		id := strings.TrimPrefix(text(made["Target"]), "integrations/")
		integration := integrations[id]
		f.that(text(integration["IntegrationUri"]) == aliasID(r.Function), "%s invokes %q, want %s",
			r.Key(),
			text(integration["IntegrationUri"]), r.Function)
		f.that(mayInvoke(permissions, r), "API Gateway may not invoke %s for %s", r.Function, r.Key())
	}
	for id, i := range integrations {
		f.that(text(i["PayloadFormatVersion"]) == "2.0", "%s has the payload format %q: functions read 2.0", id,
			text(i["PayloadFormatVersion"]))
		f.that(text(i["IntegrationType"]) == "AWS_PROXY", "%s is of type %q", id, text(i["IntegrationType"]))
	}
	fromAPI := 0
	for _, p := range permissions {
		if text(p["Principal"]) == "apigateway.amazonaws.com" {
			fromAPI++
		}
	}
	f.that(fromAPI == len(t.stage.routes()), "%d permissions to invoke for %d routes", fromAPI, len(t.stage.routes()))
	return f
}

// mayInvoke reports whether API Gateway may invoke a route's function for that route only.
func mayInvoke(permissions map[string]object, r route.Route) bool {
	for _, p := range permissions {
		if text(p["FunctionName"]) == aliasID(r.Function) &&
			strings.HasSuffix(text(p["SourceArn"]), ":Api/*/"+r.Method+pathParameter.ReplaceAllString(r.Path, "*")) &&
			text(p["Principal"]) == "apigateway.amazonaws.com" && text(p["Action"]) == "lambda:InvokeFunction" {
			return true
		}
	}
	return false
}

// checkAuthorizer checks that the API accepts only tokens of one issuer that were made for this API.
func checkAuthorizer(t template) (f findings) {
	all := t.of("AWS::ApiGatewayV2::Authorizer")
	f.that(len(all) == 1, "%d authorizers", len(all))
	for id, a := range all {
		f.that(text(a["AuthorizerType"]) == "JWT" && text(a["IdentitySource"]) == "$request.header.Authorization",
			"%s is %v", id, a)
		f.that(strings.HasPrefix(text(at(a, "JwtConfiguration", "Issuer")), "https://"), "%s has no issuer", id)
		f.that(text(at(a, "JwtConfiguration", "Audience")) != "", "%s has no audience: tokens made for others would do",
			id)
	}
	if t.stage.Pool == nil {
		return f
	}
	var want, granted []string
	for _, g := range t.stage.grants() {
		want = append(want, string(g.Scope))
	}
	for _, server := range t.of("AWS::Cognito::UserPoolResourceServer") {
		for _, s := range server["Scopes"].([]any) {
			granted = append(granted, text(at(s, "ScopeName")))
		}
	}
	f.same("scopes of the user pool", granted, want)
	return append(f, checkClients(t)...)
}

// checkStage checks the API's one stage. Its name must not be part of the paths that DOKU signs, every route must have
// a limit, and every request a line in the log.
func checkStage(t template) (f findings) {
	all := t.of("AWS::ApiGatewayV2::Stage")
	f.that(len(all) == 1, "%d stages", len(all))
	for _, s := range all {
		f.that(text(s["StageName"]) == "$default", "the stage %q would be part of every path", text(s["StageName"]))
		settings, _ := s["RouteSettings"].(object)
		var want []string
		for _, r := range t.stage.routes() {
			want = append(want, r.Key())
			for _, limit := range []string{"ThrottlingRateLimit", "ThrottlingBurstLimit"} {
				n, _ := at(settings, r.Key(), limit).(float64)
				f.that(n > 0, "%s has no %s", r.Key(), limit)
			}
		}
		f.same("routes with limits", keys(settings), want)
		rate, own := at(settings, "POST /notifications", "ThrottlingRateLimit"), t.stage.Throttle.Rate
		if t.stage.Notifications.Rate > 0 {
			own = t.stage.Notifications.Rate
		}
		f.that(rate == float64(own), "notifications may come %v times a second, want %d", rate, own)
		if t.stage.console() {
			rate, _ := at(settings, "GET /console", "ThrottlingRateLimit").(float64)
			f.that(rate <= 20 && rate <= float64(t.stage.Throttle.Rate), "everybody may ask %v times a second for the "+
				"console's files", rate)
		}
		f.that(text(at(s, "DefaultRouteSettings", "ThrottlingRateLimit")) != "", "no limit for a route to come")
		destination := strings.TrimSuffix(text(at(s, "AccessLogSettings", "DestinationArn")), ".Arn")
		f.that(at(t.resources(), destination, "Type") == "AWS::Logs::LogGroup", "no access log")
		name := text(t.of("AWS::Logs::LogGroup")[destination]["LogGroupName"])
		f.that(strings.HasPrefix(name, "/aws/vendedlogs/") && strings.Contains(name, "AWS::StackId"),
			"the access log is named %q", name)
		var line map[string]string
		err := json.Unmarshal([]byte(text(at(s, "AccessLogSettings", "Format"))), &line)
		f.that(err == nil && line["route"] != "" && line["status"] != "",
			"the access log is not JSON with route and status: %v", line)
		for field, value := range line {
			private := strings.Contains(value, "path") || strings.Contains(value, "header") ||
				strings.Contains(value, "querystring")
			f.that(!private, "the access log's %s holds %s", field, value)
		}
	}
	for id, api := range t.of("AWS::ApiGatewayV2::Api") {
		f.that(api["DisableExecuteApiEndpoint"] == t.stage.domainOnly(), "%s: its other address is off: %v", id,
			api["DisableExecuteApiEndpoint"])
		if len(t.stage.Origins) > 0 {
			f.same(id+": origins", texts(at(api, "CorsConfiguration", "AllowOrigins")),
				append([]string(nil), t.stage.Origins...))
			for field, want := range map[string][]string{
				"AllowHeaders": route.AllowHeaders, "ExposeHeaders": route.ExposeHeaders,
				"AllowMethods": route.BrowserMethods(),
			} {
				f.same(id+": "+field, texts(at(api, "CorsConfiguration", field)), slices.Clone(want))
			}
		}
	}
	return f
}

// checkNotificationURL checks that the printed URL has the path whose signature is checked.
func checkNotificationURL(t template) (f findings) {
	url := text(at(t.doc, "Outputs", "NotificationUrl", "Value"))
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	f.that(host != "" && path != "", "NotificationUrl is %q", url)
	for id, fn := range t.of("AWS::Lambda::Function") {
		target := text(at(fn, "Environment", "Variables", "NOTIFICATION_TARGET"))
		if target == "" && id != function.LogicalID("notify") {
			continue
		}
		f.that(target == "/"+path, "%s checks the path %q, DOKU is given %s", id, target, url)
	}
	if d := t.stage.Domain; d != nil {
		f.that(url == fmt.Sprintf("https://%s/%s/notifications", d.Name, d.BasePath), "NotificationUrl is %q", url)
	}
	return f
}
