package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/cloudformationinclude"

	"kasir/shared/route"
)

const firewallTemplate = "../docs/waf/cloudfront.template.json"

// Policies that AWS keeps: no caching, and every header of the caller except Host.
const (
	cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	allExceptHost   = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// The template of CloudFront and WAF in the documents can be synthesised, and lets through what kasir's API needs.
func TestTheFirewallTemplate(t *testing.T) {
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: new(filepath.Join(t.TempDir(), "cdk.out"))})
	stack := awscdk.NewStack(app, new("firewall"), &awscdk.StackProps{
		Env: &awscdk.Environment{Region: new("us-east-1"), Account: new("111122223333")}, // WAF of CloudFront is there
	})
	cloudformationinclude.NewCfnInclude(stack, new("Template"),
		&cloudformationinclude.CfnIncludeProps{TemplateFile: new(firewallTemplate)})
	content, err := os.ReadFile(filepath.Join(*app.Synth(nil).Directory(), "firewall.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	tpl := template{}
	if err := json.Unmarshal(content, &tpl.doc); err != nil {
		t.Fatal(err)
	}
	for _, problem := range checkReferences(tpl) {
		t.Error(problem)
	}
	distribution := at(tpl.of("AWS::CloudFront::Distribution")["Distribution"], "DistributionConfig")
	origin, behaviour := at(distribution, "Origins", 0), at(distribution, "DefaultCacheBehavior")
	firewall := tpl.of("AWS::WAFv2::WebACL")["Firewall"]
	var f findings
	f.that(at(origin, "OriginPath") == nil, "the path that DOKU signs is changed")
	f.that(text(at(origin, "CustomOriginConfig", "OriginProtocolPolicy")) == "https-only",
		"the API is called without TLS")
	f.that(at(origin, "CustomOriginConfig", "OriginReadTimeout") == 60.0, "CloudFront gives up before API Gateway")
	f.that(at(distribution, "CacheBehaviors") == nil, "there are further behaviours")
	f.that(text(at(behaviour, "CachePolicyId")) == cachingDisabled, "answers are kept in a cache")
	f.that(text(at(behaviour, "OriginRequestPolicyId")) == allExceptHost, "headers are lost")
	f.that(text(at(distribution, "WebACLId")) == "Firewall.Arn", "no firewall is in front")
	f.that(at(firewall, "DefaultAction", "Allow") != nil, "requests that no rule blocks are blocked")
	for _, problem := range f {
		t.Error(problem)
	}
	methods := texts(at(behaviour, "AllowedMethods"))
	for _, r := range route.All {
		if !slices.Contains(methods, r.Method) {
			t.Errorf("CloudFront refuses %s", r.Key())
		}
	}
	checkNotificationsPass(t, tpl)
}

// checkNotificationsPass checks that no rule that looks at a request's content or rate applies to DOKU's notifications,
// which come from few addresses and hold any text.
func checkNotificationsPass(t *testing.T, tpl template) {
	t.Helper()
	i := slices.IndexFunc(route.All, func(r route.Route) bool { return r.Function == "notify" })
	if path := text(at(tpl.doc, "Parameters", "NotificationPath", "Default")); path != route.All[i].Path {
		t.Errorf("the path of notifications is %s", path)
	}
	rules, _ := at(tpl.of("AWS::WAFv2::WebACL")["Firewall"], "Rules").([]any)
	for _, rule := range rules {
		if text(at(rule, "Name")) == "BadAddresses" {
			continue
		}
		found := false
		for _, kind := range []string{"RateBasedStatement", "ManagedRuleGroupStatement"} {
			only := at(rule, "Statement", kind, "ScopeDownStatement", "NotStatement", "Statement", "ByteMatchStatement")
			found = found || text(at(only, "SearchString")) == "NotificationPath" &&
				text(at(only, "PositionalConstraint")) == "EXACTLY" &&
				strings.Contains(text(at(only, "FieldToMatch")), "UriPath")
		}
		if !found {
			t.Errorf("the rule %s may block DOKU's notifications", text(at(rule, "Name")))
		}
	}
	if len(rules) != 3 {
		t.Errorf("%d rules", len(rules))
	}
}
