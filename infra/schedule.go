package main

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"

	"kasir/shared/route"
)

// makeSchedule invokes the functions that run by the clock. An invocation that comes a minute late is worth nothing, since the
// next is there: neither the schedule nor Lambda keeps one for longer, and what was never run is a letter.
func (d *deployment) makeSchedule() {
	letters := d.makeLetters("ScheduleLetters", scheduleLettersStay)
	d.letters["Schedule"] = letters
	for _, s := range route.Schedules {
		f := d.functions[s.Function]
		role := awsiam.NewRole(d.stack, new(s.Function+"Clock"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(new("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
				Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": d.stack.Account()}},
			}),
			Description: new("invokes " + s.Function + " by the clock"),
		})
		role.AddToPolicy(allow("Invoke", []*string{f.function.FunctionArn()}, "lambda:InvokeFunction"))
		role.AddToPolicy(allow("DeadLetters", []*string{letters.QueueArn()}, "sqs:SendMessage"))
		awsscheduler.NewCfnSchedule(d.stack, new(s.Function+"Schedule"), &awsscheduler.CfnScheduleProps{
			Description: new(f.row.Job), ScheduleExpression: new(rate(s.Every)), State: new("ENABLED"),
			FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: new("OFF")},
			Target: &awsscheduler.CfnSchedule_TargetProperty{
				Arn: f.function.FunctionArn(), RoleArn: role.RoleArn(), Input: new("{}"),
				RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
					MaximumRetryAttempts: new(3.0), MaximumEventAgeInSeconds: new(60.0),
				},
				DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: letters.QueueArn()},
			},
		}).Node().AddDependency(role)
		f.role.AddToPolicy(allow("DeadLetters", []*string{letters.QueueArn()}, "sqs:SendMessage"))
		awslambda.NewCfnEventInvokeConfig(d.stack, new(s.Function+"Invocations"), &awslambda.CfnEventInvokeConfigProps{
			FunctionName: f.function.FunctionName(), Qualifier: new("$LATEST"),
			MaximumRetryAttempts: new(0.0), MaximumEventAgeInSeconds: new(60.0),
			DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
				OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: letters.QueueArn()},
			},
		}).Node().AddDependency(f.role)
	}
}

func rate(every time.Duration) string {
	if minutes := int(every / time.Minute); minutes != 1 {
		return fmt.Sprintf("rate(%d minutes)", minutes)
	}
	return "rate(1 minute)"
}
