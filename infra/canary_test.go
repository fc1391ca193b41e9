package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"kasir/shared/function"
)

// checkAliases checks that nothing invokes a function but under its alias: otherwise a new version would get its
// invocations at once, and a canary could not take them back.
func checkAliases(t template) (f findings) {
	aliases := t.of("AWS::Lambda::Alias")
	var want []string
	for _, row := range t.stage.functions() {
		want = append(want, aliasID(row.Name))
		alias := aliases[aliasID(row.Name)]
		version := text(at(alias, "FunctionVersion"))
		published := t.of("AWS::Lambda::Version")[strings.TrimSuffix(version, ".Version")]
		f.that(text(alias["Name"]) == liveAlias && text(alias["FunctionName"]) == function.LogicalID(row.Name) &&
			text(published["FunctionName"]) == function.LogicalID(row.Name), "the alias of %s is %v of the version %v",
			row.Name, alias, published)
		kept := text(at(t.resources(), strings.TrimSuffix(version, ".Version"), "DeletionPolicy"))
		f.that((kept == "RetainExceptOnCreate") == t.stage.Canary, "versions of %s are kept: %s", row.Name, kept)
	}
	f.same("aliases", keys(aliases), want)
	for kind, property := range map[string]string{
		"AWS::ApiGatewayV2::Integration": "IntegrationUri", "AWS::Lambda::Permission": "FunctionName",
		"AWS::Lambda::EventSourceMapping": "FunctionName",
	} {
		for id, r := range t.of(kind) {
			f.that(slices.Contains(want, text(r[property])), "%s invokes %q, which is no alias", id, text(r[property]))
		}
	}
	for id, s := range t.of("AWS::Scheduler::Schedule") {
		f.that(slices.Contains(want, text(at(s, "Target", "Arn"))), "%s invokes %q, which is no alias", id,
			text(at(s, "Target", "Arn")))
	}
	for id, c := range t.of("AWS::Lambda::EventInvokeConfig") {
		f.that(text(c["Qualifier"]) == liveAlias, "%s is for invocations of %q", id, text(c["Qualifier"]))
	}
	return f
}

// checkCanary checks that a new version gets a tenth of the invocations first, and that an alarm which goes off in that
// time takes it back.
func checkCanary(t template) (f findings) {
	groups := t.of("AWS::CodeDeploy::DeploymentGroup")
	if !t.stage.Canary {
		f.that(len(groups) == 0, "the stage has no canary, and %d groups", len(groups))
		return f
	}
	for _, row := range t.stage.functions() {
		policy := at(t.resources(), aliasID(row.Name), "UpdatePolicy", "CodeDeployLambdaAliasUpdate")
		group := groups[text(at(policy, "DeploymentGroupName"))]
		f.that(group != nil && text(at(policy, "ApplicationName")) == text(group["ApplicationName"]),
			"%s: a new version gets all invocations at once", row.Name)
		f.that(text(group["DeploymentConfigName"]) == "CodeDeployDefault.LambdaCanary10Percent5Minutes" &&
			text(at(group, "DeploymentStyle", "DeploymentOption")) == "WITH_TRAFFIC_CONTROL" &&
			text(at(group, "DeploymentStyle", "DeploymentType")) == "BLUE_GREEN",
			"%s: its canary is %v", row.Name, group)
		role := strings.TrimSuffix(text(group["ServiceRoleArn"]), ".Arn")
		f.that(at(t.resources(), role, "Type") == "AWS::IAM::Role", "%s: CodeDeploy has no role", row.Name)
		back := texts(at(group, "AutoRollbackConfiguration", "Events"))
		f.that(at(group, "AutoRollbackConfiguration", "Enabled") == true &&
			slices.Contains(back, "DEPLOYMENT_STOP_ON_ALARM") && slices.Contains(back, "DEPLOYMENT_FAILURE"),
			"%s: a bad version is not taken back: %v", row.Name, back)
		f.that(at(group, "AlarmConfiguration", "Enabled") == true &&
			at(group, "AlarmConfiguration", "IgnorePollAlarmFailure") != true,
			"%s: alarms do not end the canary", row.Name)
		f.canaryAlarms(t, row, group)
	}
	return f
}

// canaryAlarms checks the alarms of a function's group: the one of its own errors, and those of the stage that count
// mistakes of this function. Each must be able to go off while the canary runs, and an alarm on nothing must not end
// it.
func (f *findings) canaryAlarms(t template, row function.Function, group object) {
	want := []string{function.LogicalID(row.Name) + "ErrorsAlarm"}
	if !slices.Contains([]string{"reconcile", "settle", "publish", "deliver"}, row.Name) { // they answer no request
		want = append(want, "ServerErrorsAlarm")
	}
	if !slices.Contains([]string{"tokens", "publish", "deliver", "console"}, row.Name) { // they do not use the table
		want = append(want, "StoreFailuresAlarm")
	}
	if row.Name == "notify" {
		want = append(want, "BadSignaturesAlarm")
	}
	var got []string
	for i := 0; at(group, "AlarmConfiguration", "Alarms", i) != nil; i++ {
		got = append(got, text(at(group, "AlarmConfiguration", "Alarms", i, "Name")))
	}
	f.same(row.Name+": alarms of the canary", got, slices.Clone(want))
	for _, id := range want {
		alarm := t.of("AWS::CloudWatch::Alarm")[id]
		period, _ := alarm["Period"].(float64)
		datapoints, _ := alarm["DatapointsToAlarm"].(float64)
		f.that(period > 0 && period*datapoints <= canarySeconds, "%s: %s needs %v s, the canary has %d", row.Name, id,
			period*datapoints, canarySeconds)
		f.that(text(alarm["ComparisonOperator"]) == "GreaterThanOrEqualToThreshold" &&
			text(alarm["TreatMissingData"]) == "notBreaching" && alarm["ActionsEnabled"] != false,
			"%s: %s rings without a mistake, or never", row.Name, id)
	}
	errors := t.of("AWS::CloudWatch::Alarm")[want[0]]
	f.that(text(errors["MetricName"]) == "Errors" && dimension(errors) == function.LogicalID(row.Name),
		"%s: its canary watches the errors of %s", row.Name, dimension(errors))
}

// A version is published for a change of code or settings, and for nothing else: Lambda publishes no version without a
// change, and the deployment would fail.
func TestAVersionIsPublishedForAChange(t *testing.T) {
	version := func(change func(*Stage), code string) string {
		t.Helper()
		stage, dir := Stages[1], t.TempDir()
		change(&stage)
		stubs(t, dir+"/arm64")
		if err := os.WriteFile(dir+"/arm64/capture/bootstrap", []byte(code), 0o755); err != nil {
			t.Fatal(err)
		}
		app, err := New([]Stage{stage}, dir, "", dir+"/cdk.out")
		if err != nil {
			t.Fatal(err)
		}
		app.Synth(nil)
		content, err := os.ReadFile(dir + "/cdk.out/kasir-production.template.json")
		made := template{stage: stage}
		if err == nil {
			err = json.Unmarshal(content, &made.doc)
		}
		if err != nil {
			t.Fatal(err)
		}
		return text(properties(made, "CaptureFunctionLive")["FunctionVersion"])
	}
	same := func(*Stage) {}
	before := version(same, "capture")
	for name, got := range map[string]string{
		"the same":             version(same, "capture"),
		"reserved executions":  version(func(s *Stage) { s.Concurrency.Functions = 20 }, "capture"),
		"a limit of the API":   version(func(s *Stage) { s.Throttle.Rate = 7 }, "capture"),
		"days that logs stay":  version(func(s *Stage) { s.LogDays = 30 }, "capture"),
		"other code":           version(same, "another capture"),
		"another setting":      version(func(s *Stage) { s.CallbackHosts = []string{"toko.id"} }, "capture"),
		"another memory":       version(func(s *Stage) { s.Memory = 512 }, "capture"),
		"no traces any longer": version(func(s *Stage) { s.Untraced = true }, "capture"),
	} {
		unchanged := []string{"the same", "reserved executions", "a limit of the API", "days that logs stay"}
		if (got == before) != slices.Contains(unchanged, name) {
			t.Errorf("%s: the version was %s, and is %s", name, before, got)
		}
	}
}

// A deployment that takes a bad version back cannot wait, and the alarms that ring would end it. It leaves the rest of
// the canary as it is.
func TestADeploymentCanLeaveTheCanaryOut(t *testing.T) {
	if _, err := overrideCanary(Stages, "no"); err == nil || !strings.Contains(err.Error(), "CANARY is \"no\"") {
		t.Errorf("%v", err)
	}
	stages, err := overrideCanary(Stages[1:2], "off")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	stubs(t, dir+"/arm64")
	app, err := New(stages, dir, "", dir+"/cdk.out")
	if err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	content, err := os.ReadFile(dir + "/cdk.out/kasir-production.template.json")
	if err != nil || strings.Contains(string(content), "CodeDeployLambdaAliasUpdate") ||
		!strings.Contains(string(content), "AWS::CodeDeploy::DeploymentGroup") {
		t.Errorf("%v: the aliases still wait for their canaries, or the groups are gone", err)
	}
}
