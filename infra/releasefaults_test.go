package main

import "strings"

// rename gives a resource another logical id.
func rename(t template, id, to string) {
	t.resources()[to] = t.resources()[id]
	delete(t.resources(), id)
}

// releaseFaults are mistakes that would replace what lasts, widen a client, or let a bad version stay.
var releaseFaults = []fault{
	{"another table", "replaced", func(t template) { rename(t, "Orders", "Orders2") }},
	{"a table with a name of its own", "replaced",
		func(t template) { properties(t, "Orders")["TableName"] = "kasir-orders" }},
	{"a table with another key", "replaced", func(t template) {
		at(properties(t, "Orders"), "KeySchema", 0).(object)["AttributeName"] = "id"
	}},
	{"a table of another type", "replaced",
		func(t template) { t.resources()["Orders"].(object)["Type"] = "AWS::DynamoDB::GlobalTable" }},
	{"another pool", "replaced", func(t template) { rename(t, "Pool", "Users") }},
	{"a pool whose people sign in by e-mail", "replaced",
		func(t template) { properties(t, "Pool")["UsernameAttributes"] = []any{"email"} }},
	{"another client for the back end", "replaced", func(t template) { rename(t, "BackEnd", "FirstClient") }},
	{"a client without its secret", "replaced",
		func(t template) { properties(t, "BackEnd")["GenerateSecret"] = false }},
	{"a client of another pool", "replaced", func(t template) { properties(t, "Checkout")["UserPoolId"] = "other" }},
	{"another secret", "replaced", func(t template) { rename(t, "Secret", "DokuSecret") }},
	{"a secret with another name", "replaced",
		func(t template) { properties(t, "Secret")["Name"] = object{"Ref": "AWS::StackId"} }},
	{"the webhooks' secret is gone", "replaced", func(t template) { delete(t.resources(), "WebhookSecret") }},
	{"another address of the API", "replaced", func(t template) { rename(t, "Api", "HttpApi") }},
	{"another bus", "replaced", func(t template) { properties(t, "Bus")["Name"] = "payments" }},
	{"a function with another name", "replaced",
		func(t template) { properties(t, "CaptureFunction")["FunctionName"] = "capture" }},
	{"the checkout may refund", "authorizer", func(t template) {
		client := properties(t, "Checkout")
		client["AllowedOAuthScopes"] = append(client["AllowedOAuthScopes"].([]any), "kasir/payments:refund")
	}},
	{"the back office may create payments", "authorizer", func(t template) {
		client := properties(t, "BackOffice")
		client["AllowedOAuthScopes"] = append(client["AllowedOAuthScopes"].([]any), "kasir/payments:create")
	}},
	{"the tokens of a client are refused", "authorizer", func(t template) {
		properties(t, "Tokens")["JwtConfiguration"].(object)["Audience"] = []any{object{"Ref": "BackEnd"},
			object{"Ref": "Checkout"}, object{"Ref": "Staff"}}
	}},
	{"the first client is gone while programs use it", "authorizer",
		func(t template) { delete(t.resources(), "BackEnd") }},
	{"a person's token outlives the role", "authorizer",
		func(t template) { properties(t, "Staff")["AccessTokenValidity"] = 60.0 }},
	{"people sign in without a code", "authorizer",
		func(t template) { properties(t, "Staff")["AllowedOAuthFlows"] = []any{"implicit"} }},
	{"people cannot return to the console", "authorizer", func(t template) {
		properties(t, "Staff")["CallbackURLs"] = []any{"https://shop.example.com/kasir"}
	}},
	{"the console asks for more than its client may have", "authorizer", func(t template) {
		variables(t, "ConsoleFunction")["SIGN_IN_SCOPES"] = "openid kasir/payments:create"
	}},
	{"the console's function reads orders", "privileges", func(t template) {
		orders := object{"Fn::GetAtt": []any{"Orders", "Arn"}}
		added := object{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": orders}
		policy := properties(t, only(t, "AWS::IAM::Policy", "consoleRole"))["PolicyDocument"].(object)
		policy["Statement"] = append(policy["Statement"].([]any), added)
	}},
	{"the console's files need a token", "routes",
		func(t template) { properties(t, "GETconsoleRoute")["AuthorizationType"] = "JWT" }},
	{"every page may upload reports", "reports", func(t template) {
		at(properties(t, "Reports"), "CorsConfiguration", "CorsRules", 0).(object)["AllowedOrigins"] = []any{"*"}
	}},
	{"a role has no group", "authorizer", func(t template) { delete(t.resources(), "RoleSupport") }},
	{"roles limit another client", "authorizer", func(t template) {
		variables(t, "RefundFunction")["STAFF_CLIENTS"] = object{"Ref": "BackOffice"}
	}},
	{"a function lets people do everything", "environment",
		func(t template) { delete(variables(t, "RefundFunction"), "STAFF_CLIENTS") }},
	{"the API invokes the newest build", "aliases", func(t template) {
		properties(t, "refundIntegration")["IntegrationUri"] = object{"Fn::GetAtt": []any{"RefundFunction", "Arn"}}
	}},
	{"the clock invokes the newest build", "aliases", func(t template) {
		target := at(properties(t, "reconcileSchedule"), "Target").(object)
		target["Arn"] = object{"Fn::GetAtt": []any{"ReconcileFunction", "Arn"}}
	}},
	{"the stream invokes the newest build", "aliases", func(t template) {
		properties(t, "Stream")["FunctionName"] = object{"Fn::GetAtt": []any{"PublishFunction", "Arn"}}
	}},
	{"an alias names the version of another function", "aliases", func(t template) {
		properties(t, "CaptureFunctionLive")["FunctionVersion"] = properties(t, "RefundFunctionLive")["FunctionVersion"]
	}},
	{"letters of failed runs are those of the newest build", "aliases",
		func(t template) { properties(t, "reconcileInvocations")["Qualifier"] = "$LATEST" }},
	{"the earlier version is deleted", "aliases", func(t template) {
		version := text(properties(t, "CaptureFunctionLive")["FunctionVersion"])
		t.resources()[strings.TrimSuffix(version, ".Version")].(object)["DeletionPolicy"] = "Delete"
	}},
	{"a new version gets all invocations at once", "canary",
		func(t template) { delete(t.resources()["CaptureFunctionLive"].(object), "UpdatePolicy") }},
	{"the canary of one function is that of another", "canary", func(t template) {
		t.resources()["CaptureFunctionLive"].(object)["UpdatePolicy"] =
			t.resources()["RefundFunctionLive"].(object)["UpdatePolicy"]
	}},
	{"a new version gets half of the invocations", "canary", func(t template) {
		properties(t, "CaptureFunctionCanary")["DeploymentConfigName"] =
			"CodeDeployDefault.LambdaLinear10PercentEvery1Minute"
	}},
	{"an alarm does not take a bad version back", "canary", func(t template) {
		back := at(properties(t, "CaptureFunctionCanary"), "AutoRollbackConfiguration").(object)
		back["Events"] = []any{"DEPLOYMENT_FAILURE"}
	}},
	{"the rollback is off", "canary", func(t template) {
		at(properties(t, "CaptureFunctionCanary"), "AutoRollbackConfiguration").(object)["Enabled"] = false
	}},
	{"the canary's alarms are off", "canary", func(t template) {
		at(properties(t, "CaptureFunctionCanary"), "AlarmConfiguration").(object)["Enabled"] = false
	}},
	{"a canary without alarms", "canary", func(t template) {
		delete(at(properties(t, "CaptureFunctionCanary"), "AlarmConfiguration").(object), "Alarms")
	}},
	{"a canary watches the errors of another function", "canary", func(t template) {
		at(properties(t, "CaptureFunctionCanary"), "AlarmConfiguration", "Alarms", 0).(object)["Name"] =
			object{"Ref": "RefundFunctionErrorsAlarm"}
	}},
	{"a stranger's posts end the canary of a function that gets none", "canary", func(t template) {
		alarms := at(properties(t, "CaptureFunctionCanary"), "AlarmConfiguration").(object)
		alarms["Alarms"] = append(alarms["Alarms"].([]any), object{"Name": object{"Ref": "BadSignaturesAlarm"}})
	}},
	{"a canary does not watch the table", "canary", func(t template) {
		alarms := at(properties(t, "ReconcileFunctionCanary"), "AlarmConfiguration").(object)
		alarms["Alarms"] = alarms["Alarms"].([]any)[:1]
	}},
	{"an alarm on the errors of another function", "canary", func(t template) {
		of := at(properties(t, "CaptureFunctionErrorsAlarm"), "Dimensions", 0).(object)
		of["Value"] = object{"Ref": "RefundFunction"}
	}},
	{"an alarm on the errors of another API", "alarms", func(t template) {
		at(properties(t, "ServerErrorsAlarm"), "Dimensions", 0).(object)["Value"] = "other"
	}},
	{"an alarm that is not there", "references", func(t template) {
		at(properties(t, "CaptureFunctionCanary"), "AlarmConfiguration", "Alarms", 0).(object)["Name"] =
			object{"Ref": "CaptureFunctionFailuresAlarm"}
	}},
	{"an alarm that goes off after the canary", "canary",
		func(t template) { properties(t, "CaptureFunctionErrorsAlarm")["Period"] = 600.0 }},
	{"an alarm that rings while nothing is measured", "canary",
		func(t template) { properties(t, "ServerErrorsAlarm")["TreatMissingData"] = "breaching" }},
	{"an alarm that goes off when there are no mistakes", "canary", func(t template) {
		properties(t, "StoreFailuresAlarm")["ComparisonOperator"] = "LessThanThreshold"
	}},
	{"CodeDeploy may not move an alias", "privileges", func(t template) {
		id := only(t, "AWS::IAM::Policy", "CanaryRole")
		document := properties(t, id)["PolicyDocument"].(object)
		document["Statement"] = document["Statement"].([]any)[1:]
	}},
}
