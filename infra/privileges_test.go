package main

import (
	"slices"
	"strings"
	"testing"

	"kasir/shared/function"
)

// privileges lists the permissions of each role. A change that widens a role must widen it here too. A function's own
// log group is Logs. Its permissions on a key of the stack are in keyPrivileges.
var privileges = map[string][]string{
	"createpage": {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn",
		"secretsmanager:GetSecretValue Secret"},
	"getpayment": {"dynamodb:BatchGetItem Orders.Arn", "dynamodb:GetItem Orders.Arn",
		"dynamodb:Query Orders.Arn/index/attention", customerList, "dynamodb:Query Orders.Arn/index/day"},
	"refresh": {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn",
		"secretsmanager:GetSecretValue Secret"},
	"capture": {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn",
		"secretsmanager:GetSecretValue Secret"},
	"refund":  {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn", "secretsmanager:GetSecretValue Secret"},
	"resolve": {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn"},
	"notify": {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn", "dynamodb:UpdateItem Orders.Arn",
		"secretsmanager:GetSecretValue Secret"},
	"tokens": {"secretsmanager:GetSecretValue Secret"},
	"reconcile": {"dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn",
		"dynamodb:Query Orders.Arn/index/attention", "dynamodb:Query Orders.Arn/index/due",
		"secretsmanager:GetSecretValue Secret", "sqs:SendMessage ScheduleLetters.Arn"},
	"settlements": {"dynamodb:BatchGetItem Orders.Arn", "dynamodb:GetItem Orders.Arn",
		"s3:PutObject Reports/reports/*"},
	"settle": {"dynamodb:BatchGetItem Orders.Arn", "dynamodb:GetItem Orders.Arn", "dynamodb:PutItem Orders.Arn",
		"dynamodb:UpdateItem Orders.Arn",
		"s3:GetObject Reports/reports/*", "s3:PutObject Reports/results/*", "sqs:SendMessage SettleLetters.Arn"},
	"publish": {"dynamodb:DescribeStream Orders.StreamArn", "dynamodb:GetRecords Orders.StreamArn",
		"dynamodb:GetShardIterator Orders.StreamArn",
		"dynamodb:ListStreams Orders.Arn/stream/*", "events:PutEvents Bus.Arn", "sqs:SendMessage EventsLetters.Arn"},
}

// customerList is the permission to list the payments of one customer. A stage with NoCustomerList has no such index.
const customerList = "dynamodb:Query Orders.Arn/index/customer"

// keyPrivileges lists the permissions on the stack's key, by the service that acts for the role. A role that writes to
// the table has the permissions that the CDK grants a writer.
var keyPrivileges = map[string][]string{
	"createpage": append(writesTable, readsSecret...), "capture": append(writesTable, readsSecret...),
	"refresh": append(writesTable, readsSecret...), "refund": append(writesTable, readsSecret...),
	"notify": append(writesTable, readsSecret...), "reconcile": append(writesTable, readsSecret...),
	"getpayment": readsTable, "resolve": writesTable, "tokens": readsSecret,
	"publish":     {"kms:Decrypt Key via dynamodb"},
	"settlements": append(readsTable, usesReports[0]), "settle": append(writesTable, usesReports...),
}

var (
	readsSecret = []string{"kms:Decrypt Key via secretsmanager"}
	usesReports = []string{"kms:GenerateDataKey Key via s3", "kms:Decrypt Key via s3"}
	readsTable  = []string{"kms:Decrypt Key via dynamodb", "kms:DescribeKey Key via dynamodb"}
	writesTable = []string{"kms:Decrypt Key via dynamodb", "kms:DescribeKey Key via dynamodb",
		"kms:Encrypt Key via dynamodb", "kms:GenerateDataKey Key via dynamodb",
		"kms:GenerateDataKeyWithoutPlaintext Key via dynamodb", "kms:ReEncryptFrom Key via dynamodb",
		"kms:ReEncryptTo Key via dynamodb"}
)

// webhookPrivileges lists the permissions of the function deliver, which has none of them without endpoints.
func webhookPrivileges(s Stage) []string {
	var all []string
	for _, w := range s.Webhooks {
		for _, action := range []string{
			"ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility",
		} {
			all = append(all, "sqs:"+action+" "+w.id()+".Arn")
		}
		all = append(all, "sqs:SendMessage "+w.id()+"Letters.Arn")
	}
	if len(all) > 0 {
		all = append(all, "secretsmanager:GetSecretValue WebhookSecret")
	}
	return all
}

// ofEveryFunction lists the permissions of every function; those for traces only if it is traced. X-Ray's two actions
// know no resources.
var (
	ofEveryFunction = []string{"logs:CreateLogStream Logs", "logs:PutLogEvents Logs"}
	tracing         = []string{"xray:PutTelemetryRecords *", "xray:PutTraceSegments *"}
)

// clockPrivileges lists the permissions of EventBridge's scheduler.
var clockPrivileges = []string{"lambda:InvokeFunction ReconcileFunction.Arn", "sqs:SendMessage ScheduleLetters.Arn"}

// granted returns the permissions of a role as "action resource", or as "action resource via service" if only a service
// may use them for the role.
func granted(t template, role string) []string {
	var all []string
	add := func(document any) {
		statements, _ := at(document, "Statement").([]any)
		for _, s := range statements {
			for _, action := range texts(at(s, "Action")) {
				for _, resource := range texts(at(s, "Resource")) {
					all = append(all, action+" "+resource+via(t, s))
				}
			}
		}
	}
	for _, policy := range t.of("AWS::IAM::Policy") {
		if slices.Contains(texts(policy["Roles"]), role) {
			add(policy["PolicyDocument"])
		}
	}
	inline, _ := at(t.of("AWS::IAM::Role")[role], "Policies").([]any)
	for _, policy := range inline {
		add(at(policy, "PolicyDocument"))
	}
	slices.Sort(all)
	return all
}

// via returns the service of a statement's condition without the stage's region. Another region stays in the text.
func via(t template, statement any) string {
	conditions, _ := at(statement, "Condition").(object)
	if len(conditions) == 0 {
		return ""
	}
	service := text(at(conditions, "StringEquals", "kms:ViaService"))
	return " via " + strings.TrimSuffix(service, "."+t.stage.Region+".amazonaws.com")
}

// roleOf returns the logical id of a function's role.
func roleOf(t template, name string) string {
	return strings.TrimSuffix(text(at(t.of("AWS::Lambda::Function")[function.LogicalID(name)], "Role")), ".Arn")
}

// allowed returns granted for a function, with plain names for its own log group and the key.
func allowed(t template, name string) []string {
	logs := text(at(t.of("AWS::Lambda::Function")[function.LogicalID(name)], "LoggingConfig", "LogGroup")) + ".Arn"
	bucket := "arn:aws:s3:::" + text(t.of("AWS::S3::Bucket")["Reports"]["BucketName"])
	var all []string
	for _, line := range granted(t, roleOf(t, name)) {
		action, resource, _ := strings.Cut(line, " ")
		name, service, _ := strings.Cut(resource, " ")
		switch {
		case resource == logs:
			resource = "Logs"
		case strings.HasPrefix(resource, bucket):
			resource = "Reports" + strings.TrimPrefix(resource, bucket)
		case at(t.resources(), strings.TrimSuffix(name, ".Arn"), "Type") == "AWS::KMS::Key":
			resource = strings.TrimSpace("Key " + service)
		}
		all = append(all, action+" "+resource)
	}
	return all
}

func checkPrivileges(t template) (f findings) {
	roles := map[string]string{}
	for _, row := range t.stage.functions() {
		want := append(slices.Clone(privileges[row.Name]), ofEveryFunction...)
		if t.stage.NoCustomerList {
			want = slices.DeleteFunc(want, func(line string) bool { return line == customerList })
		}
		if row.Queue {
			want = append(want, webhookPrivileges(t.stage)...)
		}
		if !t.stage.Untraced {
			want = append(want, tracing...)
		}
		if t.stage.CustomerKey {
			want = append(want, keyPrivileges[row.Name]...)
			if row.Queue && len(t.stage.Webhooks) > 0 {
				want = append(want, readsSecret...)
			}
		}
		f.same("what "+row.Name+" may do", allowed(t, row.Name), want)
		f.that(roles[roleOf(t, row.Name)] == "", "%s and %s share a role", row.Name, roles[roleOf(t, row.Name)])
		roles[roleOf(t, row.Name)] = row.Name
	}
	for id, role := range t.of("AWS::IAM::Role") {
		f.that(role["ManagedPolicyArns"] == nil, "%s has policies of AWS's, which say more than it needs", id)
		if roles[id] == "" {
			f.same("what "+id+" may do", granted(t, id), slices.Clone(clockPrivileges))
		}
		for _, line := range granted(t, id) {
			action, resource, _ := strings.Cut(line, " ")
			f.that(!strings.Contains(action, "*"), "%s may %s", id, action)
			f.that(resource != "*" || strings.HasPrefix(action, "xray:Put"), "%s may %s on everything", id, action)
		}
	}
	return f
}

// To print the table for a review: go test ./infra -v -run TestLeastPrivilege
func TestLeastPrivilege(t *testing.T) {
	for _, tpl := range templates(t) {
		for _, problem := range checkPrivileges(tpl) {
			t.Errorf("%s: %s", tpl.stage.Name, problem)
		}
	}
	production := templates(t)[1]
	lines := 0
	for _, row := range production.stage.functions() {
		for _, line := range allowed(production, row.Name) {
			action, resource, _ := strings.Cut(line, " ")
			t.Logf("%-11s %-32s %s", row.Name, action, resource)
			lines++
		}
	}
	t.Logf("%d functions, %d lines", len(function.All), lines)
}
