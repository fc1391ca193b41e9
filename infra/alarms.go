package main

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"kasir/shared/function"
	"kasir/shared/metric"
)

// makeAlarms makes the alarms that call a person, and their topic. docs/alarms.md has a section for each, under the
// alarm's name.
func (d *deployment) makeAlarms() {
	d.makeTopic()
	for _, row := range d.stage.metrics() {
		if limit, ok := limits[row.Name]; ok {
			statistic := "Sum"
			switch {
			case row.Unit == metric.Milliseconds:
				statistic = "p99"
			case row.Gauge:
				statistic = "Maximum"
			}
			own := measure{d.stage.StackName(), string(row.Name), statistic, nil}
			d.alarm(string(row.Name), row.Meaning+": "+row.Do, limit, own)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.functions)) {
		f := d.functions[name]
		of := map[string]*string{"FunctionName": f.function.FunctionName()}
		id := function.LogicalID(name)
		d.alarm(id+"Errors", name+" crashed, ran out of time, or could not start", functionErrors,
			measure{"AWS/Lambda", "Errors", "Sum", of})
		d.alarm(id+"Throttles", name+" was invoked more often than it may run at once", functionThrottles,
			measure{"AWS/Lambda", "Throttles", "Sum", of})
		if f.row.Stream {
			d.alarm("EventsBehind", "events come minutes late", eventsBehind,
				measure{"AWS/Lambda", "IteratorAge", "Maximum", of})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.deadLetters)) {
		of := map[string]*string{"QueueName": d.deadLetters[name].QueueName()}
		d.alarm(name+"Letters", "a message is in the dead-letter queue", letterDepth,
			measure{"AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", of})
	}
	for _, w := range d.webhooks {
		of := map[string]*string{"QueueName": w.queue.QueueName()}
		d.alarm(w.id()+"Waiting", "the queue of a webhook is half full of events that wait for another attempt",
			webhookWaiting, measure{"AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "Maximum", of})
	}
	d.alarm("ServerErrors", "the API answered with 5xx", serverErrors,
		measure{"AWS/ApiGateway", "5xx", "Sum", map[string]*string{"ApiId": d.api.id}})
}

// metrics returns the rows of the metrics that the stage has.
func (s Stage) metrics() []metric.Metric {
	return slices.DeleteFunc(slices.Clone(metric.All), func(m metric.Metric) bool {
		return m.Settlement && s.Settlement == nil
	})
}

// makeTopic makes the topic that alarms are sent to. It needs a key of its own, because CloudWatch may not use SNS's.
func (d *deployment) makeTopic() {
	cloudWatch := awsiam.NewServicePrincipal(new("cloudwatch.amazonaws.com"), nil)
	here := &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": d.stack.Account()}}
	key := awskms.NewKey(d.stack, new("AlarmsKey"), &awskms.KeyProps{
		Description: new(d.stage.StackName() + ": alarms"), EnableKeyRotation: new(true),
		RemovalPolicy: d.retainAfterCreate(),
	})
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("AlarmsPublish"), Principals: &[]awsiam.IPrincipal{cloudWatch}, Conditions: here,
		Actions:   list([]string{"kms:Decrypt", "kms:GenerateDataKey"}),
		Resources: list([]string{"*"}), // in a key's policy, this key
	}), new(false))
	d.alarms = awssns.NewTopic(d.stack, new("Alarms"), &awssns.TopicProps{
		DisplayName: new("kasir " + d.stage.Name), MasterKey: key, EnforceSSL: new(true),
	})
	d.alarms.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("AlarmsPublish"), Principals: &[]awsiam.IPrincipal{cloudWatch}, Conditions: here,
		Actions: list([]string{"sns:Publish"}), Resources: &[]*string{d.alarms.TopicArn()},
	}))
	email := awssns.NewCfnSubscription(d.stack, new("AlarmsEmail"), &awssns.CfnSubscriptionProps{
		TopicArn: d.alarms.TopicArn(), Protocol: new("email"), Endpoint: &d.stage.AlarmEmail,
	})
	d.accept(email, "Serverless-SNSRedrivePolicy",
		"an e-mail that cannot be delivered is of no use in a queue; the dashboard shows every alarm")
}

// measure is a metric of CloudWatch and the statistic that combines its values.
type measure struct {
	namespace, name, statistic string
	of                         map[string]*string
}

func (m measure) dimensions() []*awscloudwatch.CfnAlarm_DimensionProperty {
	var all []*awscloudwatch.CfnAlarm_DimensionProperty
	for _, name := range slices.Sorted(maps.Keys(m.of)) {
		all = append(all, &awscloudwatch.CfnAlarm_DimensionProperty{Name: &name, Value: m.of[name]})
	}
	return all
}

// alarm makes an alarm that notifies the topic when it goes off. It also notifies the topic when it is over, unless
// limit.open is set.
func (d *deployment) alarm(name, meaning string, l limit, m measure) {
	topic := []any{d.alarms.TopicArn()}
	props := &awscloudwatch.CfnAlarmProps{
		AlarmName: new(d.stage.StackName() + "-" + name), AlarmDescription: new(meaning + ". docs/alarms.md, " + name),
		AlarmActions: &topic,
		Namespace:    &m.namespace, MetricName: &m.name, Period: new(float64(l.period)),
		EvaluationPeriods: new(float64(l.periods)), DatapointsToAlarm: new(float64(l.datapoints)),
		Threshold: &l.threshold, ComparisonOperator: new("GreaterThanOrEqualToThreshold"),
		TreatMissingData: new("notBreaching"), // a count of 0 is not written
	}
	if !l.open {
		props.OkActions = &topic
	}
	if l.gauge {
		props.TreatMissingData = new("ignore")
	}
	if l.below {
		props.ComparisonOperator, props.TreatMissingData = new("LessThanThreshold"), new("breaching")
	}
	if m.statistic == "p99" {
		props.ExtendedStatistic = &m.statistic
	} else {
		props.Statistic = &m.statistic
	}
	if dimensions := m.dimensions(); len(dimensions) > 0 {
		props.Dimensions = dimensions
	}
	made := awscloudwatch.NewCfnAlarm(d.stack, new(name+"Alarm"), props)
	made.OverrideLogicalId(new(name + "Alarm"))
	d.alarmNames = append(d.alarmNames, d.stage.StackName()+"-"+name)
}
