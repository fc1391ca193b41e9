package main

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// handled lists the actions that CloudFormation takes for each type of resource, by the type's handlers. "deployment"
// has those that it takes for every stack of the CDK.
var handled = map[string]string{
	"deployment": "ssm:GetParameters s3:GetObject iam:PassRole",

	"AWS::ApiGatewayV2::Api": "apigateway:POST apigateway:GET apigateway:PATCH apigateway:PUT apigateway:DELETE " +
		"apigateway:TagResource apigateway:UntagResource iam:CreateServiceLinkedRole",
	"AWS::ApiGatewayV2::ApiMapping":  "apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE",
	"AWS::ApiGatewayV2::Authorizer":  "apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE",
	"AWS::ApiGatewayV2::DomainName":  "apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE",
	"AWS::ApiGatewayV2::Integration": "apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE",
	"AWS::ApiGatewayV2::Route":       "apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE",
	"AWS::ApiGatewayV2::Stage": "apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE " +
		"logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery " +
		"logs:ListLogDeliveries " +
		"logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups",
	"AWS::CloudWatch::CompositeAlarm": "cloudwatch:PutCompositeAlarm cloudwatch:DescribeAlarms " +
		"cloudwatch:DeleteAlarms cloudwatch:ListTagsForResource cloudwatch:TagResource cloudwatch:UntagResource",
	"AWS::CloudWatch::Alarm": "cloudwatch:PutMetricAlarm cloudwatch:DescribeAlarms cloudwatch:DeleteAlarms " +
		"cloudwatch:ListTagsForResource cloudwatch:TagResource cloudwatch:UntagResource",
	"AWS::CloudWatch::Dashboard": "cloudwatch:PutDashboard cloudwatch:GetDashboard cloudwatch:DeleteDashboards",
	"AWS::CodeDeploy::Application": "codedeploy:CreateApplication codedeploy:GetApplication " +
		"codedeploy:UpdateApplication codedeploy:DeleteApplication codedeploy:TagResource codedeploy:UntagResource " +
		"codedeploy:ListTagsForResource",
	"AWS::CodeDeploy::DeploymentGroup": "codedeploy:CreateDeploymentGroup codedeploy:GetDeploymentGroup " +
		"codedeploy:UpdateDeploymentGroup codedeploy:DeleteDeploymentGroup",
	"AWS::Cognito::UserPool": "cognito-idp:CreateUserPool cognito-idp:DescribeUserPool cognito-idp:UpdateUserPool " +
		"cognito-idp:DeleteUserPool cognito-idp:GetUserPoolMfaConfig cognito-idp:SetUserPoolMfaConfig " +
		"cognito-idp:TagResource cognito-idp:UntagResource cognito-idp:ListTagsForResource",
	"AWS::Cognito::UserPoolClient": "cognito-idp:CreateUserPoolClient cognito-idp:DescribeUserPoolClient " +
		"cognito-idp:UpdateUserPoolClient cognito-idp:DeleteUserPoolClient",
	"AWS::Cognito::UserPoolDomain": "cognito-idp:CreateUserPoolDomain cognito-idp:DescribeUserPoolDomain " +
		"cognito-idp:UpdateUserPoolDomain cognito-idp:DeleteUserPoolDomain",
	"AWS::Cognito::UserPoolGroup": "cognito-idp:CreateGroup cognito-idp:GetGroup cognito-idp:UpdateGroup " +
		"cognito-idp:DeleteGroup",
	"AWS::Cognito::UserPoolResourceServer": "cognito-idp:CreateResourceServer cognito-idp:DescribeResourceServer " +
		"cognito-idp:UpdateResourceServer cognito-idp:DeleteResourceServer",
	"AWS::DynamoDB::Table": "dynamodb:CreateTable dynamodb:DescribeTable dynamodb:UpdateTable dynamodb:DeleteTable " +
		"dynamodb:DescribeContinuousBackups dynamodb:UpdateContinuousBackups dynamodb:DescribeTimeToLive " +
		"dynamodb:UpdateTimeToLive dynamodb:DescribeContributorInsights dynamodb:DescribeKinesisStreamingDestination " +
		"dynamodb:GetResourcePolicy dynamodb:ListTagsOfResource dynamodb:TagResource dynamodb:UntagResource " +
		"kms:CreateGrant kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:ReEncryptFrom kms:DescribeKey",
	"AWS::Events::Archive": "events:CreateArchive events:DescribeArchive events:UpdateArchive events:DeleteArchive",
	"AWS::Events::EventBus": "events:CreateEventBus events:DescribeEventBus events:UpdateEventBus " +
		"events:DeleteEventBus events:TagResource events:UntagResource events:ListTagsForResource",
	"AWS::Events::Rule": "events:PutRule events:DescribeRule events:DeleteRule events:PutTargets " +
		"events:RemoveTargets events:ListTargetsByRule",
	"AWS::IAM::Policy": "iam:PutRolePolicy iam:GetRolePolicy iam:DeleteRolePolicy",
	"AWS::IAM::Role": "iam:CreateRole iam:GetRole iam:UpdateRole iam:UpdateRoleDescription " +
		"iam:UpdateAssumeRolePolicy " +
		"iam:DeleteRole iam:PutRolePolicy iam:PutRolePermissionsBoundary iam:ListRolePolicies " +
		"iam:ListAttachedRolePolicies iam:TagRole iam:UntagRole",
	"AWS::KMS::Key": "kms:CreateKey kms:DescribeKey kms:EnableKeyRotation kms:DisableKeyRotation kms:GetKeyPolicy " +
		"kms:GetKeyRotationStatus kms:PutKeyPolicy kms:UpdateKeyDescription kms:ScheduleKeyDeletion " +
		"kms:ListResourceTags kms:TagResource kms:UntagResource",
	"AWS::Lambda::Alias": "lambda:CreateAlias lambda:GetAlias lambda:UpdateAlias lambda:DeleteAlias " +
		"lambda:GetProvisionedConcurrencyConfig codedeploy:CreateDeployment codedeploy:GetDeployment " +
		"codedeploy:GetDeploymentConfig codedeploy:StopDeployment codedeploy:RegisterApplicationRevision " +
		"codedeploy:GetApplicationRevision",
	"AWS::Lambda::EventInvokeConfig": "lambda:PutFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig " +
		"lambda:UpdateFunctionEventInvokeConfig lambda:DeleteFunctionEventInvokeConfig",
	"AWS::Lambda::EventSourceMapping": "lambda:CreateEventSourceMapping lambda:GetEventSourceMapping " +
		"lambda:UpdateEventSourceMapping lambda:DeleteEventSourceMapping lambda:TagResource lambda:UntagResource " +
		"lambda:ListTags",
	"AWS::Lambda::Function": "lambda:CreateFunction lambda:GetFunction lambda:GetFunctionConfiguration " +
		"lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:DeleteFunction " +
		"lambda:PutFunctionConcurrency " +
		"lambda:DeleteFunctionConcurrency lambda:GetRuntimeManagementConfig lambda:ListTags lambda:TagResource " +
		"lambda:UntagResource",
	"AWS::Lambda::Permission": "lambda:AddPermission lambda:RemovePermission lambda:GetPolicy",
	"AWS::Lambda::Version":    "lambda:PublishVersion lambda:ListVersionsByFunction lambda:GetFunctionConfiguration",
	"AWS::Logs::LogGroup": "logs:CreateLogGroup logs:DescribeLogGroups logs:PutRetentionPolicy " +
		"logs:DeleteRetentionPolicy logs:DeleteLogGroup logs:ListTagsForResource logs:TagResource logs:UntagResource",
	"AWS::S3::Bucket": "s3:CreateBucket s3:DeleteBucket s3:PutBucketVersioning s3:PutBucketPublicAccessBlock " +
		"s3:PutBucketOwnershipControls s3:PutBucketNotification s3:PutBucketTagging s3:PutEncryptionConfiguration " +
		"s3:GetEncryptionConfiguration s3:PutLifecycleConfiguration s3:GetLifecycleConfiguration " +
		"s3:GetBucketVersioning",
	"AWS::S3::BucketPolicy": "s3:PutBucketPolicy s3:GetBucketPolicy s3:DeleteBucketPolicy",
	"AWS::SNS::Subscription": "sns:Subscribe sns:Unsubscribe sns:GetSubscriptionAttributes " +
		"sns:SetSubscriptionAttributes",
	"AWS::SNS::Topic": "sns:CreateTopic sns:GetTopicAttributes sns:SetTopicAttributes sns:DeleteTopic " +
		"sns:ListSubscriptionsByTopic sns:GetDataProtectionPolicy sns:ListTagsForResource sns:TagResource " +
		"sns:UntagResource",
	"AWS::SNS::TopicPolicy": "sns:SetTopicAttributes",
	"AWS::SQS::Queue": "sqs:CreateQueue sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SetQueueAttributes " +
		"sqs:DeleteQueue sqs:ListQueueTags sqs:TagQueue sqs:UntagQueue",
	"AWS::SQS::QueuePolicy": "sqs:SetQueueAttributes sqs:AddPermission sqs:RemovePermission",
	"AWS::Scheduler::ScheduleGroup": "scheduler:CreateScheduleGroup scheduler:GetScheduleGroup " +
		"scheduler:DeleteScheduleGroup scheduler:ListTagsForResource scheduler:TagResource scheduler:UntagResource",
	"AWS::Scheduler::Schedule": "scheduler:CreateSchedule scheduler:GetSchedule scheduler:UpdateSchedule " +
		"scheduler:DeleteSchedule",
	"AWS::SecretsManager::Secret": "secretsmanager:CreateSecret secretsmanager:DescribeSecret " +
		"secretsmanager:UpdateSecret secretsmanager:DeleteSecret secretsmanager:TagResource " +
		"secretsmanager:UntagResource",
}

type policyStatement struct {
	Sid, Effect string
	Action      []string
	Resource    any
	Condition   object
}

// policies returns the statements of policy documents of the folder policies.
func policies(t *testing.T, names ...string) []policyStatement {
	t.Helper()
	var all []policyStatement
	for _, name := range names {
		content, err := os.ReadFile("policies/" + name + ".json")
		var document struct{ Statement []policyStatement }
		var compact object
		if err == nil {
			err = json.Unmarshal(content, &document)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = json.Unmarshal(content, &compact)
		if small, _ := json.Marshal(compact); len(small) > 6144 {
			t.Errorf("%s has %d characters, and IAM takes 6144", name, len(small))
		}
		all = append(all, document.Statement...)
	}
	return all
}

// deploys are the policies of the role with which CloudFormation makes a stage's resources.
var deploys = []string{"kasir-execution-data", "kasir-execution-code"}

func allows(all []policyStatement, action string) bool {
	return slices.ContainsFunc(all, func(s policyStatement) bool {
		return slices.ContainsFunc(s.Action, func(pattern string) bool {
			right, _ := path.Match(pattern, action)
			return right
		})
	})
}

// uncovered returns the actions that CloudFormation needs for the resources of the templates and that no statement
// allows, and types that are not in handled.
func uncovered(all []policyStatement, types []string) (missing []string) {
	for _, kind := range types {
		if handled[kind] == "" {
			missing = append(missing, kind+" is not in the list handled")
		}
		for action := range strings.FieldsSeq(handled[kind]) {
			if !allows(all, action) {
				missing = append(missing, kind+" needs "+action)
			}
		}
	}
	return missing
}

func typesOf(all []template) []string {
	found := map[string]bool{"deployment": true}
	for _, t := range all {
		for _, r := range t.resources() {
			found[text(at(r, "Type"))] = true
		}
	}
	return keys(found)
}

// The role that makes a stage's resources may make all of them, and not more. It reads no order, no key of DOKU and no
// report, and the roles that it makes have the boundary.
func TestTheExecutionRoleCoversEveryResource(t *testing.T) {
	all, types := policies(t, deploys...), typesOf(templates(t))
	for _, problem := range uncovered(all, types) {
		t.Error(problem)
	}
	for i, s := range all { // no statement is superfluous
		if len(uncovered(slices.Delete(slices.Clone(all), i, i+1), types)) == 0 && s.Sid != "StreamTags" {
			t.Errorf("without the statement %s nothing is missing", s.Sid)
		}
		for _, pattern := range s.Action {
			used := slices.ContainsFunc(types, func(kind string) bool {
				return slices.ContainsFunc(strings.Fields(handled[kind]), func(action string) bool {
					right, _ := path.Match(pattern, action)
					return right
				})
			})
			if !used {
				t.Errorf("%s: no resource needs %s", s.Sid, pattern)
			}
			if _, verb, _ := strings.Cut(pattern, ":"); strings.HasPrefix(verb, "*") || s.Effect != "Allow" {
				t.Errorf("%s: %s %s", s.Sid, s.Effect, pattern)
			}
		}
		ofRoles := func(action string) bool { return strings.HasPrefix(action, "iam:") }
		if s.Resource == "*" && slices.ContainsFunc(s.Action, ofRoles) {
			t.Errorf("%s is for every role of the account", s.Sid)
		}
	}
	for _, action := range []string{"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:PutItem",
		"dynamodb:ExportTableToPointInTime", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
		"secretsmanager:PutResourcePolicy", "s3:PutObject", "sqs:ReceiveMessage", "lambda:InvokeFunction",
		"iam:CreateUser", "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeleteRolePermissionsBoundary",
		"cognito-idp:AdminCreateUser", "cognito-idp:AdminAddUserToGroup"} {
		if allows(all, action) {
			t.Errorf("a deployment may %s", action)
		}
	}
	for _, s := range all {
		if slices.Contains(s.Action, "iam:CreateRole") || slices.Contains(s.Action, "iam:PutRolePolicy") {
			if text(at(s.Condition, "StringEquals", "iam:PermissionsBoundary")) !=
				"arn:aws:iam::ACCOUNT:policy/kasir-boundary" {
				t.Errorf("%s makes roles without the boundary", s.Sid)
			}
		}
	}
}

// The boundary allows what the roles of the templates allow, and nothing else: a deployment can give no role more.
func TestTheBoundaryIsWhatTheRolesNeed(t *testing.T) {
	boundary := policies(t, "kasir-boundary")
	granting := map[string]bool{}
	for _, tpl := range templates(t) {
		for id, role := range tpl.of("AWS::IAM::Role") {
			for _, line := range granted(tpl, id) {
				action, _, _ := strings.Cut(line, " ")
				granting[action] = true
			}
			bounded := strings.HasSuffix(text(role["PermissionsBoundary"]), ":policy/kasir-boundary")
			if bounded != tpl.stage.Boundary {
				t.Errorf("%s: %s has the boundary: %v", tpl.stage.Name, id, bounded)
			}
		}
	}
	var allowed []string
	for _, s := range boundary {
		allowed = append(allowed, s.Action...)
	}
	slices.Sort(allowed)
	if want := slices.Sorted(maps.Keys(granting)); !slices.Equal(allowed, want) {
		t.Errorf("the boundary allows %v, the roles %v", allowed, want)
	}
}
