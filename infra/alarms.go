package main

import (
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"kasir/shared/function"
	"kasir/shared/metric"
)

// makeAlarms makes the alarms that call a person, and their topics. docs/alarms.md has a row and a section for each,
// under the alarm's name.
func (d *deployment) makeAlarms() {
	d.makeTopics()
	for _, row := range d.stage.metrics() {
		if limit, ok := limits[row.Name]; ok {
			if row.Name == metric.ReconcileRuns {
				limit.threshold = float64(len(d.stage.schedules()))
			}
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
		if name != "Schedule" { // its letters disappear after an hour
			d.alarm(name+"LettersAge", "a message is in the dead-letter queue for a week, and is deleted after two",
				letterAge, measure{"AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", of})
		}
	}
	for _, w := range d.webhooks {
		of := map[string]*string{"QueueName": w.queue.QueueName()}
		d.alarm(w.id()+"Waiting", "the queue of a webhook is half full of events that wait for another attempt",
			webhookWaiting, measure{"AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "Maximum", of})
	}
	d.alarm("ServerErrors", "the API answered with 5xx", serverErrors, d.ofAPI("5xx"))
	d.makeServiceAlarms()
	d.makeObjectives()
	d.makeSecretRule()
}

// metrics returns the rows of the metrics that the stage has.
func (s Stage) metrics() []metric.Metric {
	return slices.DeleteFunc(slices.Clone(metric.All), func(m metric.Metric) bool {
		return m.Settlement && s.Settlement == nil || m.Sandbox && s.DOKU != "sandbox"
	})
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

// alarm makes an alarm on one metric.
func (d *deployment) alarm(name, meaning string, l limit, m measure) {
	props := d.alarmProps(name, meaning, l)
	props.Namespace, props.MetricName, props.Period = &m.namespace, &m.name, new(float64(l.period))
	if m.statistic == "p99" {
		props.ExtendedStatistic = &m.statistic
	} else {
		props.Statistic = &m.statistic
	}
	if dimensions := m.dimensions(); len(dimensions) > 0 {
		props.Dimensions = dimensions
	}
	d.makeAlarm(name, props)
	d.alarmNames = append(d.alarmNames, d.alarmName(name))
}

// alarmOf makes an alarm on an expression of several metrics, which it names m0, m1 and so on.
func (d *deployment) alarmOf(name, meaning string, l limit, expression string, of ...measure) {
	props := d.alarmProps(name, meaning, l)
	props.Metrics = queries(expression, l.period, of)
	d.makeAlarm(name, props)
	d.alarmNames = append(d.alarmNames, d.alarmName(name))
}

// queries returns the metrics of an alarm on an expression.
func queries(expression string, period int, of []measure) []any {
	all := []any{&awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: new("value"), Expression: &expression, ReturnData: true,
	}}
	for i, m := range of {
		metric := &awscloudwatch.CfnAlarm_MetricProperty{Namespace: &m.namespace, MetricName: &m.name}
		if dimensions := m.dimensions(); len(dimensions) > 0 {
			metric.Dimensions = dimensions
		}
		all = append(all, &awscloudwatch.CfnAlarm_MetricDataQueryProperty{
			Id: new("m" + strconv.Itoa(i)), ReturnData: false,
			MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
				Metric: metric, Period: new(float64(period)), Stat: &m.statistic,
			},
		})
	}
	return all
}

// alarmProps returns the properties of an alarm without its metric. The alarm notifies the topic of its severity when
// it goes off. It also notifies the topic when it is over, unless limit.open is set.
func (d *deployment) alarmProps(name, meaning string, l limit) *awscloudwatch.CfnAlarmProps {
	topic := []any{d.topicFor(l.page)}
	props := &awscloudwatch.CfnAlarmProps{
		AlarmName: new(d.alarmName(name)), AlarmDescription: new(meaning + ". docs/alarms.md, " + name),
		AlarmActions:      &topic,
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
	return props
}

func (d *deployment) alarmName(name string) string { return d.stage.StackName() + "-" + name }

// makeAlarm makes an alarm under a logical id of its own.
func (d *deployment) makeAlarm(name string, props *awscloudwatch.CfnAlarmProps) awscloudwatch.CfnAlarm {
	made := awscloudwatch.NewCfnAlarm(d.stack, new(name+"Alarm"), props)
	made.OverrideLogicalId(new(name + "Alarm"))
	d.alarmsMade[name] = made
	return made
}
