package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// The principals of the services that invoke functions by the functions' own policies.
const (
	apiGateway = "apigateway.amazonaws.com"
	s3         = "s3.amazonaws.com"
)

// functionOf returns the name of the function that an ARN invokes, or "" if it invokes none. A name behind the function
// must be that of an alias, which leads to a version of the function.
func (t template) functionOf(arn string) string {
	for name, f := range t.functions() {
		_, qualifier, found := strings.Cut(arn, ":function:"+f.physical)
		if found && (qualifier == "" || qualifier[0] == ':' && t.leads(arn, f.physical)) {
			return name
		}
	}
	return ""
}

// leads reports whether an alias with an ARN leads to a version of a function.
func (t template) leads(alias, physical string) bool {
	for id, a := range properties[struct{ FunctionName, FunctionVersion string }](t, "AWS::Lambda::Alias") {
		if t[id].Ref != alias || a.FunctionName != physical {
			continue
		}
		return slices.ContainsFunc(t.of("AWS::Lambda::Version"), func(version string) bool {
			return strings.HasSuffix(t[version].Ref, ":function:"+physical+":"+a.FunctionVersion)
		})
	}
	return false
}

// invokers returns the statements of the functions' policies, by the service that may invoke them. A permission for an
// alias is none for the function, and the other way round.
func (t template) invokers() map[string][]statement {
	all := map[string][]statement{}
	for id, p := range properties[struct{ Action, FunctionName, Principal, SourceArn, SourceAccount string }](
		t, "AWS::Lambda::Permission") {
		if !strings.HasPrefix(p.FunctionName, "arn:") {
			p.FunctionName = t.place().arn("lambda", "function:"+p.FunctionName)
		}
		s := statement{Sid: id, Effect: "Allow", Action: texts{p.Action}, Resource: texts{p.FunctionName},
			Condition: map[string]map[string]texts{}}
		if p.SourceArn != "" {
			s.Condition["ArnLike"] = map[string]texts{"aws:SourceArn": {p.SourceArn}}
		}
		if p.SourceAccount != "" {
			s.Condition["StringEquals"] = map[string]texts{"aws:SourceAccount": {p.SourceAccount}}
		}
		all[p.Principal] = append(all[p.Principal], s)
	}
	return all
}

// integrations returns how API Gateway invokes the function of each route, by the route's key.
func (t template) integrations() map[string]call {
	targets := map[string]string{}
	for id, integration := range properties[struct {
		IntegrationURI string `json:"IntegrationUri"`
	}](t, "AWS::ApiGatewayV2::Integration") {
		targets["integrations/"+t[id].Ref] = integration.IntegrationURI
	}
	all, p := map[string]call{}, t.place()
	for _, r := range properties[struct {
		RouteKey, Target string
		APIID            string `json:"ApiId"`
	}](t, "AWS::ApiGatewayV2::Route") {
		source := p.arn("execute-api", r.APIID+"/$default/"+strings.Replace(r.RouteKey, " ", "", 1))
		all[r.RouteKey] = call{role: apiGateway, resource: targets[r.Target], source: source, account: p.account}
	}
	return all
}

// invoke invokes a function by its name in function.All.
func (s *stage) invoke(ctx context.Context, name string, event []byte) ([]byte, error) {
	var asked struct{ RouteKey string }
	_ = json.Unmarshal(event, &asked) // other events have none
	s.mu.Lock()
	s.invoked[name], s.invoked[asked.RouteKey] = true, true
	s.mu.Unlock()
	return s.runtime.Invoke(ctx, s.functions[name].physical, event)
}

// invokeAs invokes the function with an ARN, the call's resource, in the name of a role or of a service.
func (s *stage) invokeAs(ctx context.Context, c call, event []byte) ([]byte, error) {
	c.action = "lambda:InvokeFunction"
	name := s.template.functionOf(c.resource)
	if name == "" {
		return nil, fmt.Errorf("%s invokes %s, which is no function or has no such alias", c.role, c.resource)
	}
	if !s.allow(c) {
		return nil, fmt.Errorf("%s may not invoke %s", c.role, c.resource)
	}
	return s.invoke(ctx, name, event)
}

// invokeRoute invokes the function of a route as API Gateway does. The event names the route.
func (s *stage) invokeRoute(ctx context.Context, _ string, event []byte) ([]byte, error) {
	var asked struct{ RouteKey string }
	if err := json.Unmarshal(event, &asked); err != nil {
		return nil, err
	}
	return s.invokeAs(ctx, s.template.integrations()[asked.RouteKey], event)
}

// notify invokes the function that S3 invokes for a new object.
func (s *stage) notify(ctx context.Context, bucket, key string, size int) ([]byte, error) {
	event := fmt.Sprintf(`{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Post","s3":{`+
		`"bucket":{"name":%q},"object":{"key":%q,"size":%d}}}]}`, bucket, url.QueryEscape(key), size)
	for id, b := range properties[struct {
		NotificationConfiguration struct {
			LambdaConfigurations []struct {
				Event, Function string
				Filter          struct {
					S3Key struct {
						Rules []struct{ Name, Value string }
					}
				}
			}
		}
	}](s.template, "AWS::S3::Bucket") {
		for _, n := range b.NotificationConfiguration.LambdaConfigurations {
			for _, rule := range n.Filter.S3Key.Rules {
				if s.template[id].Ref == bucket && rule.Name == "prefix" && strings.HasPrefix(key, rule.Value) {
					source := "arn:aws:s3:::" + bucket
					c := call{role: s3, resource: n.Function, source: source, account: s.account}
					return s.invokeAs(ctx, c, []byte(event))
				}
			}
		}
	}
	return nil, fmt.Errorf("the bucket %s invokes no function for %s", bucket, key)
}
