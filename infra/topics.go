package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// publishers are the services that send alarms: CloudWatch, and EventBridge for readings of the secret.
var publishers = []string{"cloudwatch.amazonaws.com", "events.amazonaws.com"}

// makeTopics makes the two topics that alarms are sent to, one for each severity. They need a key of their own, because
// CloudWatch may not use SNS's.
func (d *deployment) makeTopics() {
	key := awskms.NewKey(d.stack, new("AlarmsKey"), &awskms.KeyProps{
		Description: new(d.stage.StackName() + ": alarms"), EnableKeyRotation: new(true),
		RemovalPolicy: d.retainAfterCreate(),
	})
	key.AddToResourcePolicy(d.allowPublishers(
		[]string{"kms:Decrypt", "kms:GenerateDataKey"}, new("*"), // in a key's policy, this key
	), new(false))
	// A deployed stack already has the topic of pages under this id.
	d.pages = d.makeTopic("Alarms", "kasir "+d.stage.Name+" page", d.stage.AlarmEmail, key)
	d.tickets = d.makeTopic("Tickets", "kasir "+d.stage.Name+" ticket", d.stage.ticketEmail(), key)
}

func (d *deployment) makeTopic(id, display, address string, key awskms.Key) awssns.Topic {
	topic := awssns.NewTopic(d.stack, &id, &awssns.TopicProps{
		DisplayName: &display, MasterKey: key, EnforceSSL: new(true),
	})
	topic.AddToResourcePolicy(d.allowPublishers([]string{"sns:Publish"}, topic.TopicArn()))
	email := awssns.NewCfnSubscription(d.stack, new(id+"Email"), &awssns.CfnSubscriptionProps{
		TopicArn: topic.TopicArn(), Protocol: new("email"), Endpoint: &address,
	})
	d.accept(email, "Serverless-SNSRedrivePolicy",
		"an e-mail that cannot be delivered is of no use in a queue; the dashboard shows every alarm")
	return topic
}

// allowPublishers returns a statement that allows actions to the publishers, for this account's alarms.
func (d *deployment) allowPublishers(actions []string, resource *string) awsiam.PolicyStatement {
	var who []awsiam.IPrincipal
	for _, service := range publishers {
		who = append(who, awsiam.NewServicePrincipal(&service, nil))
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("AlarmsPublish"), Principals: &who, Actions: list(actions), Resources: &[]*string{resource},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": d.stack.Account()}},
	})
}

// topicFor returns the ARN of the topic for a severity.
func (d *deployment) topicFor(page bool) *string {
	if page {
		return d.pages.TopicArn()
	}
	return d.tickets.TopicArn()
}

// ticketEmail returns the address for alarms that can wait for a working day.
func (s Stage) ticketEmail() string {
	if s.TicketEmail != "" {
		return s.TicketEmail
	}
	return s.AlarmEmail
}
