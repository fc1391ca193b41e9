package main

import (
	"slices"
	"strings"
	"testing"

	"kasir/shared/function"
)

// fault is a possible mistake, planted into production's template.
type fault struct {
	name  string
	check string // name of the check that must find it
	plant func(template)
}

// properties returns the properties of the resource with an id, for a fault to change.
func properties(t template, id string) object {
	r, ok := t.resources()[id].(object)
	if !ok {
		panic("no resource " + id)
	}
	return r["Properties"].(object)
}

// only returns the id of the one resource of a type whose id contains part.
func only(t template, kind, part string) string {
	ids := slices.DeleteFunc(keys(t.of(kind)), func(id string) bool { return !strings.Contains(id, part) })
	if len(ids) != 1 {
		panic(kind + " with " + part + ": " + strings.Join(ids, ", "))
	}
	return ids[0]
}

// statements returns the statements of a function's role.
func statements(t template, name string) []any {
	id := only(t, "AWS::IAM::Policy", name+"Role")
	return at(properties(t, id), "PolicyDocument", "Statement").([]any)
}

func statement(t template, name, sid string) object {
	for _, s := range statements(t, name) {
		if text(at(s, "Sid")) == sid {
			return s.(object)
		}
	}
	panic(name + " has no statement " + sid)
}

func variables(t template, id string) object {
	return at(properties(t, id), "Environment", "Variables").(object)
}

const captureRoute = "POSTpaymentsinvoicenumbercaptureRoute"

var faults = []fault{
	{"a route's key is written as API Gateway's older one", "routes",
		func(t template) { properties(t, captureRoute)["RouteKey"] = "POST /payments/:invoice_number/capture" }},
	{"a route is open", "routes", func(t template) { properties(t, captureRoute)["AuthorizationType"] = "NONE" }},
	{"a route asks for no scope", "routes",
		func(t template) { delete(properties(t, captureRoute), "AuthorizationScopes") }},
	{"a route asks for a scope that is not its own", "routes",
		func(t template) { properties(t, captureRoute)["AuthorizationScopes"] = []any{"kasir/payments:read"} }},
	{"notifications must bring a token", "routes",
		func(t template) { properties(t, "POSTnotificationsRoute")["AuthorizationType"] = "JWT" }},
	{"a route invokes another function", "routes", func(t template) {
		properties(t, "captureIntegration")["IntegrationUri"] = object{"Fn::GetAtt": []any{"RefundFunction", "Arn"}}
	}},
	{"the payload has format 1.0", "routes",
		func(t template) { properties(t, "notifyIntegration")["PayloadFormatVersion"] = "1.0" }},
	{"a route that nobody wrote", "routes", func(t template) {
		t.resources()["Debug"] = object{"Type": "AWS::ApiGatewayV2::Route",
			"Properties": object{"RouteKey": "ANY /debug", "AuthorizationType": "NONE"}}
	}},
	{"API Gateway may not invoke a function", "routes",
		func(t template) { delete(t.resources(), captureRoute+"Permission") }},
	{"tokens made for anybody are accepted", "authorizer", func(t template) {
		delete(properties(t, "Tokens")["JwtConfiguration"].(object), "Audience")
	}},
	{"the API's stage has a name that becomes part of the path", "stage",
		func(t template) { properties(t, "Stage")["StageName"] = "prod" }},
	{"a route has no limit", "stage", func(t template) {
		delete(properties(t, "Stage")["RouteSettings"].(object), "POST /notifications")
	}},
	{"no access log", "stage", func(t template) { delete(properties(t, "Stage"), "AccessLogSettings") }},
	{"the access log holds paths", "stage", func(t template) {
		properties(t, "Stage")["AccessLogSettings"].(object)["Format"] = `{"route":"$context.routeKey","status":"$context.status","path":"$context.path"}`
	}},
	{"any page may call the API", "stage", func(t template) {
		properties(t, "Api")["CorsConfiguration"].(object)["AllowOrigins"] = []any{"*"}
	}},
	{"the notification path differs from the printed URL", "notification url",
		func(t template) { variables(t, "NotifyFunction")["NOTIFICATION_TARGET"] = "/notification" }},
	{"a function without metadata", "sam",
		func(t template) { delete(t.resources()["CaptureFunction"].(object), "Metadata") }},
	{"a function under another logical id", "sam", func(t template) {
		t.resources()["capture12AB"] = t.resources()["CaptureFunction"]
		delete(t.resources(), "CaptureFunction")
	}},
	{"a function for the other processor", "sam",
		func(t template) { properties(t, "NotifyFunction")["Architectures"] = []any{"x86_64"} }},
	{"a function with the code of another", "sam", func(t template) {
		t.resources()["CaptureFunction"].(object)["Metadata"] = t.resources()["RefundFunction"].(object)["Metadata"]
	}},
	{"a handler of another runtime", "sam",
		func(t template) { properties(t, "NotifyFunction")["Handler"] = "index.handler" }},
	{"a function that ends after API Gateway gave up", "functions",
		func(t template) { properties(t, "CaptureFunction")["Timeout"] = 60.0 }},
	{"a function with less time than DOKU is waited for", "functions",
		func(t template) { properties(t, "CaptureFunction")["Timeout"] = 3.0 }},
	{"a log group that keeps everything for ever", "functions", func(t template) {
		delete(properties(t, only(t, "AWS::Logs::LogGroup", "notifyLogs")), "RetentionInDays")
	}},
	{"a function without its log group", "functions",
		func(t template) { delete(properties(t, "NotifyFunction"), "LoggingConfig") }},
	{"a function that is not traced", "functions",
		func(t template) { delete(properties(t, "NotifyFunction"), "TracingConfig") }},
	{"two runs of reconcile at once", "functions",
		func(t template) { delete(properties(t, "ReconcileFunction"), "ReservedConcurrentExecutions") }},
	{"a variable is missing", "environment",
		func(t template) { delete(variables(t, "CaptureFunction"), "TABLE_NAME") }},
	{"a variable is misspelt", "environment", func(t template) {
		variables(t, "CaptureFunction")["CALLBACK_HOST"] = "shop.example.com"
	}},
	{"a variable with a value that the function refuses", "environment",
		func(t template) { variables(t, "CaptureFunction")["DOKU_ENVIRONMENT"] = "prod" }},
	{"production talks to DOKU's sandbox", "environment",
		func(t template) { variables(t, "CaptureFunction")["DOKU_ENVIRONMENT"] = "sandbox" }},
	{"a key stands in the template", "environment",
		func(t template) { variables(t, "CaptureFunction")["SCOPE_PREFIX"] = "SK-abcdefgh12345678" }},
	{"metrics go where no alarm looks", "environment",
		func(t template) { variables(t, "NotifyFunction")["METRICS_NAMESPACE"] = "kasir" }},
	{"a function verifies tokens itself", "aws",
		func(t template) { variables(t, "CaptureFunction")["KASIR_LOCAL"] = "1" }},
	{"a function trusts the issuer of one machine", "aws", func(t template) {
		variables(t, "CaptureFunction")["KASIR_LOCAL_ISSUER"] = "http://127.0.0.1:8080/dev"
	}},
	{"a function's clock is ahead", "aws",
		func(t template) { variables(t, "CaptureFunction")["KASIR_CLOCK_AHEAD"] = "168h" }},
	{"orders are in another table than AWS's", "aws", func(t template) {
		variables(t, "CaptureFunction")["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:8000"
	}},
	{"a resource is named that is not there", "references",
		func(t template) { delete(t.resources(), "ScheduleLetters") }},
	{"an action is a wildcard", "privileges",
		func(t template) { statement(t, "capture", "Orders")["Action"] = []any{"dynamodb:*"} }},
	{"a function may delete orders", "privileges", func(t template) {
		statement(t, "capture", "Orders")["Action"] = []any{"dynamodb:GetItem", "dynamodb:PutItem",
			"dynamodb:DeleteItem"}
	}},
	{"a function may read every table", "privileges",
		func(t template) { statement(t, "capture", "Orders")["Resource"] = "*" }},
	{"a function that reads the encrypted table may not decrypt", "privileges", func(t template) {
		id := only(t, "AWS::IAM::Policy", "getpaymentRole")
		document := properties(t, id)["PolicyDocument"].(object)
		document["Statement"] = slices.DeleteFunc(statements(t, "getpayment"),
			func(s any) bool { return text(at(s, "Sid")) == "TableKey" })
	}},
	{"a function that needs no key may read the secret", "privileges", func(t template) {
		s := statement(t, "getpayment", "Orders")
		s["Action"], s["Resource"] = []any{"secretsmanager:GetSecretValue"}, object{"Ref": "Secret"}
	}},
	{"reconcile may not query what is due", "privileges", func(t template) {
		statement(t, "reconcile", "Lists")["Resource"] = object{"Fn::GetAtt": []any{"Orders", "Arn"}}
	}},
	{"a policy of AWS's own", "privileges", func(t template) {
		properties(t, only(t, "AWS::IAM::Role",
			"notifyRole"))["ManagedPolicyArns"] = []any{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
	}},
	{"two functions share a role", "privileges",
		func(t template) { properties(t, "CaptureFunction")["Role"] = properties(t, "RefundFunction")["Role"] }},
	{"an attribute of the index is not defined", "table", func(t template) {
		definitions := properties(t, "Orders")["AttributeDefinitions"].([]any)
		properties(t, "Orders")["AttributeDefinitions"] = definitions[:2]
	}},
	{"an index key has another type than the store writes", "table", func(t template) {
		at(properties(t, "Orders"), "AttributeDefinitions", 2).(object)["AttributeType"] = "S"
	}},
	{"the index has another name", "table", func(t template) {
		at(properties(t, "Orders"), "GlobalSecondaryIndexes", 0).(object)["IndexName"] = "by-due"
	}},
	{"no recovery to a point in time", "table",
		func(t template) { delete(properties(t, "Orders"), "PointInTimeRecoverySpecification") }},
	{"time to live of an attribute that nobody writes", "table", func(t template) {
		properties(t, "Orders")["TimeToLiveSpecification"].(object)["AttributeName"] = "ttl"
	}},
	{"the stream shows only keys", "table", func(t template) {
		properties(t, "Orders")["StreamSpecification"].(object)["StreamViewType"] = "KEYS_ONLY"
	}},
	{"the table may be deleted", "kept",
		func(t template) { properties(t, "Orders")["DeletionProtectionEnabled"] = false }},
	{"the table goes with its stack", "kept",
		func(t template) { t.resources()["Orders"].(object)["DeletionPolicy"] = "Delete" }},
	{"the secret has a name that the one before has taken", "secret",
		func(t template) { properties(t, "Secret")["Name"] = "kasir-production/doku" }},
	{"letters of the clock hold the alarm for weeks", "queues",
		func(t template) { properties(t, "ScheduleLetters")["MessageRetentionPeriod"] = 14 * 86400.0 }},
	{"the secret's value stands in the template", "secret",
		func(t template) { properties(t, "Secret")["SecretString"] = "{}" }},
	{"a key that never turns", "secret",
		func(t template) { properties(t, only(t, "AWS::KMS::Key", "AlarmsKey"))["EnableKeyRotation"] = false }},
	{"an alarm without periods", "alarms",
		func(t template) { delete(properties(t, "BadSignaturesAlarm"), "EvaluationPeriods") }},
	{"an alarm that can never go off", "alarms",
		func(t template) { properties(t, "BadSignaturesAlarm")["DatapointsToAlarm"] = 2.0 }},
	{"an alarm that nobody hears", "alarms",
		func(t template) { delete(properties(t, "AttentionOpenedAlarm"), "AlarmActions") }},
	{"an alarm on a metric that nothing counts", "alarms",
		func(t template) { properties(t, "AttentionOpenedAlarm")["MetricName"] = "Conflict" }},
	{"an alarm is missing", "alarms", func(t template) { delete(t.resources(), "AttentionOpenedAlarm") }},
	{"nobody watches a function's throttles", "alarms",
		func(t template) { delete(t.resources(), "NotifyFunctionThrottlesAlarm") }},
	{"nobody watches a dead-letter queue", "alarms",
		func(t template) { delete(t.resources(), "ScheduleLettersAlarm") }},
	{"reconcile may be silent", "reconcile's alarm",
		func(t template) { properties(t, "ReconcileRunsAlarm")["TreatMissingData"] = "notBreaching" }},
	{"CloudWatch may not use the topic's key", "topic", func(t template) {
		key := properties(t, only(t, "AWS::KMS::Key", "AlarmsKey"))
		document := key["KeyPolicy"].(object)
		document["Statement"] = document["Statement"].([]any)[:1]
	}},
	{"alarms go to nobody's address", "topic", func(t template) { properties(t, "AlarmsEmail")["Endpoint"] = "" }},
	{"a metric without a graph", "dashboard", func(t template) {
		id := only(t, "AWS::CloudWatch::Dashboard", "")
		properties(t, id)["DashboardBody"] = strings.ReplaceAll(text(properties(t, id)["DashboardBody"]),
			`"PaymentsPaid"`, `"PaymentsPayd"`)
	}},
	{"the clock has stopped", "schedules",
		func(t template) { properties(t, "reconcileSchedule")["State"] = "DISABLED" }},
	{"the clock runs every hour", "schedules",
		func(t template) { properties(t, "reconcileSchedule")["ScheduleExpression"] = "rate(1 hour)" }},
	{"the clock has no dead-letter queue", "schedules", func(t template) {
		delete(properties(t, "reconcileSchedule")["Target"].(object), "DeadLetterConfig")
	}},
	{"a failed run leaves no letter", "schedules",
		func(t template) { delete(properties(t, "reconcileInvocations"), "DestinationConfig") }},
	{"letters are lost after four days", "queues",
		func(t template) { delete(properties(t, "EventsLetters"), "MessageRetentionPeriod") }},
	{"letters are not encrypted", "queues",
		func(t template) { properties(t, "EventsLetters")["SqsManagedSseEnabled"] = false }},
	{"changes that fail are lost", "stream", func(t template) { delete(properties(t, "Stream"), "DestinationConfig") }},
	{"one record holds up all", "stream",
		func(t template) { delete(properties(t, "Stream"), "FunctionResponseTypes") }},
	{"the stream is tried for ever", "stream",
		func(t template) { properties(t, "Stream")["MaximumRetryAttempts"] = -1.0 }},
	{"the stream's filter lets orphans through", "stream",
		func(t template) { delete(properties(t, "Stream"), "FilterCriteria") }},
	{"what came before the stream's reader is left out", "stream",
		func(t template) { properties(t, "Stream")["StartingPosition"] = "LATEST" }},
	{"events go to the account's own bus", "environment",
		func(t template) { variables(t, "PublishFunction")["EVENT_BUS"] = "default" }},
	{"the stream's reader may not decrypt", "privileges",
		func(t template) { statement(t, "publish", "StreamKey")["Action"] = "kms:Encrypt" }},
	{"a function may use the key by itself", "privileges",
		func(t template) { delete(statement(t, "capture", "TableKey"), "Condition") }},
	{"a function may use the key through any service", "privileges", func(t template) {
		statement(t, "capture",
			"SecretKey")["Condition"].(object)["StringEquals"].(object)["kms:ViaService"] = "s3.ap-southeast-3.amazonaws.com"
	}},
	{"an alarm says that an open case is over", "alarms", func(t template) {
		a := properties(t, "AttentionOpenedAlarm")
		a["OKActions"] = a["AlarmActions"]
	}},
	{"the alarm on open cases ends when nobody counts them", "alarms",
		func(t template) { properties(t, "OpenAttentionAlarm")["TreatMissingData"] = "notBreaching" }},
	{"open cases are added up", "alarms",
		func(t template) { properties(t, "OpenAttentionAlarm")["Statistic"] = "Sum" }},
	{"the end of all open cases is not told", "alarms",
		func(t template) { delete(properties(t, "OpenAttentionAlarm"), "OKActions") }},
	{"an access log outside of the names for AWS's services", "stage",
		func(t template) { delete(properties(t, only(t, "AWS::Logs::LogGroup", "AccessLogs")), "LogGroupName") }},
	{"a header that pages may not read", "stage", func(t template) {
		properties(t, "Api")["CorsConfiguration"].(object)["ExposeHeaders"] = []any{"retry-after"}
	}},
	{"an endpoint that does not answer takes all executions", "webhooks",
		func(t template) { delete(properties(t, "WebhookShopDelivery"), "ScalingConfig") }},
	{"one failed event sends its batch again", "webhooks",
		func(t template) { delete(properties(t, "WebhookShopDelivery"), "FunctionResponseTypes") }},
	{"an event comes again while it is being delivered", "webhooks",
		func(t template) { properties(t, "WebhookShop")["VisibilityTimeout"] = 30.0 }},
	{"an event that always crashes is tried for ever", "webhooks",
		func(t template) { delete(properties(t, "WebhookShop"), "RedrivePolicy") }},
	{"a webhook receives the events of others", "webhooks", func(t template) {
		properties(t, "WebhookShopRule")["EventPattern"] = object{"source": []any{"aws.s3"}}
	}},
	{"an event that the queue refuses is lost", "webhooks", func(t template) {
		delete(at(properties(t, "WebhookShopRule"), "Targets", 0).(object), "DeadLetterConfig")
	}},
	{"any rule may send to the queue of a webhook", "webhooks", func(t template) {
		delete(policyOf(t, "WebhookShop"), "Condition")
	}},
	{"nobody watches the events that wait", "alarms",
		func(t template) { delete(t.resources(), "WebhookShopWaitingAlarm") }},
	{"deliver may read the secret of DOKU's keys", "privileges",
		func(t template) { statement(t, "deliver", "Secret")["Resource"] = object{"Ref": "Secret"} }},
	{"the reports may be read by anybody", "reports", func(t template) {
		at(properties(t, "Reports"), "PublicAccessBlockConfiguration").(object)["BlockPublicPolicy"] = false
	}},
	{"the reports are not encrypted", "reports",
		func(t template) { delete(properties(t, "Reports"), "BucketEncryption") }},
	{"the reports are read without TLS", "reports", func(t template) {
		delete(t.resources(), only(t, "AWS::S3::BucketPolicy", "Reports"))
	}},
	{"a report that is put again is lost", "reports",
		func(t template) { delete(properties(t, "Reports"), "VersioningConfiguration") }},
	{"the names of customers are kept for ever", "reports",
		func(t template) { delete(properties(t, "Reports"), "LifecycleConfiguration") }},
	{"the names of customers are kept in old versions", "reports", func(t template) {
		rule := at(properties(t, "Reports"), "LifecycleConfiguration", "Rules", 0).(object)
		delete(rule, "NoncurrentVersionExpiration")
	}},
	{"a result is taken for a report", "reports", func(t template) {
		called := at(properties(t, "Reports"), "NotificationConfiguration", "LambdaConfigurations", 0).(object)
		delete(called, "Filter")
	}},
	{"the bucket invokes another function", "reports", func(t template) {
		called := at(properties(t, "Reports"), "NotificationConfiguration", "LambdaConfigurations", 0).(object)
		called["Function"] = object{"Fn::GetAtt": []any{"CaptureFunction", "Arn"}}
	}},
	{"any bucket may invoke settle", "reports",
		func(t template) { delete(properties(t, "ReportsPermission"), "SourceArn") }},
	{"a bucket of another account may invoke settle", "reports",
		func(t template) { delete(properties(t, "ReportsPermission"), "SourceAccount") }},
	{"a report that fails leaves no letter", "reports",
		func(t template) { delete(properties(t, "settleInvocations"), "DestinationConfig") }},
	{"a run that died is not begun again", "reports",
		func(t template) { properties(t, "settleInvocations")["MaximumRetryAttempts"] = 0.0 }},
	{"settle may change the reports", "privileges", func(t template) {
		statement(t, "settle", "Reports")["Action"] = []any{"s3:GetObject", "s3:PutObject"}
	}},
	{"an upload may replace a result", "privileges", func(t template) {
		statement(t, "settlements", "Reports")["Resource"] = statement(t, "settle", "Results")["Resource"]
	}},
	{"the reports go with their stack", "kept",
		func(t template) { t.resources()["Reports"].(object)["DeletionPolicy"] = "Delete" }},
	{"nobody watches the differences", "alarms",
		func(t template) { delete(t.resources(), "SettlementDifferencesAlarm") }},
	{"the archive keeps somebody else's events", "bus", func(t template) {
		properties(t, "Archive")["EventPattern"] = object{"source": []any{"aws.s3"}}
	}},
}

func TestPlantedFaultsAreFound(t *testing.T) {
	production := templates(t)[1]
	for _, planted := range faults {
		broken := production.copied()
		planted.plant(broken)
		var by []string
		for _, check := range checks {
			if len(check.of(broken)) > 0 {
				by = append(by, check.name)
			}
		}
		if !slices.Contains(by, planted.check) {
			t.Errorf("%s: not found by %q, but by %v", planted.name, planted.check, by)
			continue
		}
		t.Logf("%-62s found by %s", planted.name, strings.Join(by, ", "))
	}
	t.Logf("%d faults planted, %d functions", len(faults), len(function.All))
}
