package main

import "github.com/aws/aws-cdk-go/awscdk/v2/awsevents"

// makeSecretRule sends a page if somebody other than the functions reads DOKU's keys. CloudTrail reports a
// reading only if the account has a trail for management events, and EventBridge passes it on only to a rule of this
// state.
func (d *deployment) makeSecretRule() {
	issuer := func(pattern any) map[string]any {
		return map[string]any{"userIdentity": map[string]any{"sessionContext": map[string]any{
			"sessionIssuer": map[string]any{"arn": []any{pattern}},
		}}}
	}
	rule := awsevents.NewCfnRule(d.stack, new("SecretReadRule"), &awsevents.CfnRuleProps{
		Description: new("somebody other than the functions reads DOKU's keys"),
		State:       new("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
		EventPattern: map[string]any{
			"source": []string{"aws.secretsmanager"}, "detail-type": []string{"AWS API Call via CloudTrail"},
			"detail": map[string]any{
				"eventSource": []string{"secretsmanager.amazonaws.com"}, "eventName": []string{"GetSecretValue"},
				// The caller may give the name, the ARN, or the ARN without its end.
				"requestParameters": map[string]any{"secretId": []any{
					map[string]any{"wildcard": "*" + d.stage.StackName() + "/doku-*"},
				}},
				"$or": []any{
					issuer(map[string]any{"anything-but": d.secretReaders()}),
					issuer(map[string]any{"exists": false}), // a user, or root
				},
			},
		},
		Targets: []any{&awsevents.CfnRule_TargetProperty{
			Id: new("page"), Arn: d.pages.TopicArn(),
			InputTransformer: &awsevents.CfnRule_InputTransformerProperty{
				InputPathsMap: &map[string]*string{
					"who": new("$.detail.userIdentity.arn"), "from": new("$.detail.sourceIPAddress"),
					"at": new("$.detail.eventTime"), "error": new("$.detail.errorCode"),
				},
				InputTemplate: new(`"` + d.stage.StackName() +
					`: <who> read DOKU's keys from <from> at <at> <error>. docs/alarms.md, SecretRead"`),
			},
		}},
	})
	d.accept(rule, "Serverless-EventBusDLQ", "a dead letter would be reported to the topic that did not take the event")
}

// secretReaders returns the ARNs of the roles that may read DOKU's keys.
func (d *deployment) secretReaders() []*string {
	var all []*string
	for _, row := range d.stage.functions() {
		if row.Secret {
			all = append(all, d.functions[row.Name].role.RoleArn())
		}
	}
	return append(all, *list(d.stage.SecretReaders)...)
}
