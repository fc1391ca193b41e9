package main

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
)

// makeSchedule invokes the scheduled functions. An invocation that comes a minute late has no value, because the next
// one is due. Therefore neither the schedule nor Lambda keeps one for longer, and one that was never run becomes a dead
// letter.
func (d *deployment) makeSchedule() {
	letters := d.makeDeadLetters("ScheduleLetters", scheduleLettersStay)
	d.deadLetters["Schedule"] = letters
	// The scheduler counts failures by group, and the default group is the whole account's.
	d.scheduleGroup = awsscheduler.NewCfnScheduleGroup(d.stack, new("Schedules"), &awsscheduler.CfnScheduleGroupProps{
		Name: new(d.stage.StackName()),
	}).Ref()
	invoked := map[string]awsiam.Role{}
	for _, s := range append(d.stage.schedules(), d.synthetics()...) {
		f := d.functions[s.Function]
		if invoked[s.Function] == nil {
			invoked[s.Function] = d.makeScheduleRole(f, s.Function, letters)
		}
		role := invoked[s.Function]
		awsscheduler.NewCfnSchedule(d.stack, new(s.Name+"Schedule"), &awsscheduler.CfnScheduleProps{
			Description: new(f.row.Job), ScheduleExpression: new(rate(s.Every)), State: new("ENABLED"),
			GroupName:          d.scheduleGroup,
			FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: new("OFF")},
			Target: &awsscheduler.CfnSchedule_TargetProperty{
				Arn: f.alias.Ref(), RoleArn: role.RoleArn(), Input: new(s.Input),
				RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
					MaximumRetryAttempts: new(3.0), MaximumEventAgeInSeconds: new(60.0),
				},
				DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: letters.QueueArn()},
			},
		}).Node().AddDependency(role)
	}
}

// makeScheduleRole returns the role that may invoke a function on schedule. It also sends failed invocations of the
// function to the dead-letter queue.
func (d *deployment) makeScheduleRole(f deployedFunction, name string, letters awssqs.Queue) awsiam.Role {
	role := awsiam.NewRole(d.stack, new(name+"Clock"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(new("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": d.stack.Account()}},
		}),
		Description: new("invokes " + name + " on schedule"),
	})
	role.AddToPolicy(allow("Invoke", []*string{f.alias.Ref()}, "lambda:InvokeFunction"))
	role.AddToPolicy(allow("DeadLetters", []*string{letters.QueueArn()}, "sqs:SendMessage"))
	f.role.AddToPolicy(allow("DeadLetters", []*string{letters.QueueArn()}, "sqs:SendMessage"))
	config := awslambda.NewCfnEventInvokeConfig(d.stack, new(name+"Invocations"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName: f.function.FunctionName(), Qualifier: new(liveAlias),
		MaximumRetryAttempts: new(0.0), MaximumEventAgeInSeconds: new(60.0),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: letters.QueueArn()},
		},
	})
	config.Node().AddDependency(f.role)
	config.AddResourceDependency(f.alias, nil)
	return role
}

func rate(every time.Duration) string {
	if minutes := int(every / time.Minute); minutes != 1 {
		return fmt.Sprintf("rate(%d minutes)", minutes)
	}
	return "rate(1 minute)"
}
