package main

import (
	"encoding/json"
	"slices"
	"testing"
)

// stack is a template with a function that has an alias. A route invokes the alias, and a bucket may. A second alias
// leads to a version of another function.
const stack = `{
	"NotifyFunction": {"Type": "AWS::Lambda::Function", "Ref": "kasir-notify", "Properties": {"Environment":
		{"Variables": {"DOKU_SECRET_ARN": "arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:doku"}}}},
	"SettleFunction": {"Type": "AWS::Lambda::Function", "Ref": "kasir-notify-2", "Properties": {}},
	"Version": {"Type": "AWS::Lambda::Version", "Ref": "arn:aws:lambda:r:a:function:kasir-notify:7", "Properties": {}},
	"Live": {"Type": "AWS::Lambda::Alias", "Ref": "arn:aws:lambda:r:a:function:kasir-notify:live",
		"Properties": {"FunctionName": "kasir-notify", "FunctionVersion": "7"}},
	"Wrong": {"Type": "AWS::Lambda::Alias", "Ref": "arn:aws:lambda:r:a:function:kasir-notify-2:live",
		"Properties": {"FunctionName": "kasir-notify-2", "FunctionVersion": "7"}},
	"Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Ref": "i1",
		"Properties": {"IntegrationUri": "arn:aws:lambda:r:a:function:kasir-notify:live"}},
	"Route": {"Type": "AWS::ApiGatewayV2::Route", "Ref": "r1", "Properties":
		{"ApiId": "api1", "RouteKey": "GET /payments/{invoice}", "Target": "integrations/i1"}},
	"Permission": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction",
		"FunctionName": "arn:aws:lambda:r:a:function:kasir-notify:live", "Principal": "apigateway.amazonaws.com",
		"SourceArn": "arn:aws:execute-api:ap-southeast-3:111122223333:api1/*/GET/payments/*"}},
	"Reports": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction",
		"FunctionName": "kasir-notify", "Principal": "s3.amazonaws.com",
		"SourceArn": "arn:aws:s3:::reports", "SourceAccount": "111122223333"}}}`

func stackOf(t *testing.T) (all template) {
	t.Helper()
	if err := json.Unmarshal([]byte(stack), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnAliasLeadsToAVersionOfItsFunction(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:lambda:r:a:function:kasir-notify":        "notify",
		"arn:aws:lambda:r:a:function:kasir-notify:live":   "notify",
		"arn:aws:lambda:r:a:function:kasir-notify:old":    "",
		"arn:aws:lambda:r:a:function:kasir-notify-2":      "settle",
		"arn:aws:lambda:r:a:function:kasir-notify-2:live": "",
		"arn:aws:lambda:r:a:function:kasir":               "",
	} {
		if got := stackOf(t).functionOf(arn); got != want {
			t.Errorf("%s invokes %q, want %q", arn, got, want)
		}
	}
}

// A permission counts for the alias or the function that it names, for its service, and for the resource in it.
func TestServicesInvokeByTheFunctionsPolicies(t *testing.T) {
	const live = "arn:aws:lambda:r:a:function:kasir-notify:live"
	const function = "arn:aws:lambda:ap-southeast-3:111122223333:function:kasir-notify"
	found := stackOf(t)
	route := found.integrations()["GET /payments/{invoice}"]
	bucket := call{role: s3, resource: function, source: "arn:aws:s3:::reports", account: "111122223333"}
	j := newJudge(found.policies(), nil)
	for name, c := range map[string]struct {
		change  func(route, bucket call) call
		allowed bool
	}{
		"the route":          {func(route, _ call) call { return route }, true},
		"another route":      {func(r, _ call) call { r.source = "arn:aws:execute-api:x"; return r }, false},
		"the bare function":  {func(r, _ call) call { r.resource = function; return r }, false},
		"the bucket":         {func(_, b call) call { return b }, true},
		"a bucket elsewhere": {func(_, b call) call { b.account = "444455556666"; return b }, false},
		"the bucket's alias": {func(_, b call) call { b.resource = live; return b }, false},
		"another service":    {func(r, _ call) call { r.role = s3; return r }, false},
	} {
		asked := c.change(route, bucket)
		asked.action = "lambda:InvokeFunction"
		if got := j.allow(asked); got != c.allowed {
			t.Errorf("%s: %v is allowed: %t", name, asked, got)
		}
	}
	if unused := j.unused(); len(unused) != 0 {
		t.Errorf("unused: %q", unused)
	}
	if unused := newJudge(found.policies(), nil).unused(); len(unused) != 2 || !slices.IsSorted(unused) {
		t.Errorf("without a call, %q is unused, want both permissions", unused)
	}
}
