package main

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"

	"kasir/shared/function"
	"kasir/shared/metric"
)

// liveAlias is the alias under which every function is invoked. It names the version that has the traffic.
const liveAlias = "live"

// canaryConfig gives a new version a tenth of the invocations for five minutes, and then all. canarySeconds are the
// five minutes: an alarm that needs longer would come too late.
const (
	canaryConfig  = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
	canarySeconds = 300
)

// canaryAlarms returns the names of the alarms that end the canary of a function: the one of its own errors, and those
// that count the mistakes that it can make without crashing. An alarm for the mistakes of others would take a good
// version back.
func canaryAlarms(row function.Function) []string {
	names := []string{function.LogicalID(row.Name) + "Errors"}
	if row.MaxBody > 0 {
		names = append(names, "ServerErrors")
	}
	if len(row.TableActions) > 0 {
		names = append(names, "StoreFailures")
	}
	if row.Name == "notify" {
		names = append(names, string(metric.BadSignatures))
	}
	return names
}

// makeAlias publishes a version of the function for each change of its code or settings, and makes its alias. With a
// canary earlier versions stay, so that people can give them the traffic again.
func (d *deployment) makeAlias(
	scope constructs.Construct, row function.Function, f awslambda.Function,
) awslambda.CfnAlias {
	alias := awslambda.NewCfnAlias(scope, new("Live"), &awslambda.CfnAliasProps{
		Name: new(liveAlias), FunctionName: f.FunctionName(), FunctionVersion: f.CurrentVersion().Version(),
		Description: new("the version that is invoked"),
	})
	alias.OverrideLogicalId(new(aliasID(row.Name)))
	return alias
}

// aliasID returns the logical id of a function's alias, such as CaptureFunctionLive.
func aliasID(name string) string { return function.LogicalID(name) + "Live" }

// versions are the options of a function's versions.
func (d *deployment) versions() *awslambda.VersionOptions {
	policy := awscdk.RemovalPolicy_DESTROY
	if d.stage.Canary {
		policy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return &awslambda.VersionOptions{RemovalPolicy: policy}
}

// makeCanary lets CodeDeploy shift the traffic to a new version of each function. If an alarm goes off meanwhile, the
// earlier version gets the traffic back, and CloudFormation rolls the whole deployment back.
func (d *deployment) makeCanary() {
	if !d.stage.Canary {
		return
	}
	application := awscodedeploy.NewCfnApplication(d.stack, new("Canary"), &awscodedeploy.CfnApplicationProps{
		ComputePlatform: new("Lambda"),
	})
	role := d.makeCanaryRole()
	for _, name := range slices.Sorted(maps.Keys(d.functions)) {
		f := d.functions[name]
		group := awscodedeploy.NewCfnDeploymentGroup(d.stack, new(function.LogicalID(name)+"Canary"),
			&awscodedeploy.CfnDeploymentGroupProps{
				ApplicationName: application.Ref(), ServiceRoleArn: role.RoleArn(),
				DeploymentConfigName: new(canaryConfig),
				DeploymentStyle: &awscodedeploy.CfnDeploymentGroup_DeploymentStyleProperty{
					DeploymentType: new("BLUE_GREEN"), DeploymentOption: new("WITH_TRAFFIC_CONTROL"),
				},
				AlarmConfiguration: &awscodedeploy.CfnDeploymentGroup_AlarmConfigurationProperty{
					Enabled: true, Alarms: d.canaryAlarms(f.row),
				},
				AutoRollbackConfiguration: &awscodedeploy.CfnDeploymentGroup_AutoRollbackConfigurationProperty{
					Enabled: true, Events: list([]string{
						"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST",
					}),
				},
			})
		group.Node().AddDependency(role)
		if d.stage.allAtOnce {
			continue
		}
		f.alias.CfnOptions().SetUpdatePolicy(&awscdk.CfnUpdatePolicy{
			CodeDeployLambdaAliasUpdate: &awscdk.CfnCodeDeployLambdaAliasUpdate{
				ApplicationName: application.Ref(), DeploymentGroupName: group.Ref(),
			},
		})
	}
}

// canaryAlarms returns the alarms that end the canary of a function. They are named by reference: CloudFormation makes
// them before it begins a canary.
func (d *deployment) canaryAlarms(row function.Function) []any {
	var alarms []any
	for _, alarm := range canaryAlarms(row) {
		alarms = append(alarms, &awscodedeploy.CfnDeploymentGroup_AlarmProperty{Name: d.alarmsMade[alarm].Ref()})
	}
	return alarms
}

// makeCanaryRole returns CodeDeploy's role: it moves the aliases and reads the alarms.
func (d *deployment) makeCanaryRole() awsiam.Role {
	role := awsiam.NewRole(d.stack, new("CanaryRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(new("codedeploy.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": d.stack.Account()}},
		}),
		Description: new("moves traffic to new versions of the functions"),
	})
	var aliases []*string
	for _, name := range slices.Sorted(maps.Keys(d.functions)) {
		arn := d.functions[name].function.FunctionArn()
		aliases = append(aliases, arn, awscdk.Fn_Join(new(":"), &[]*string{arn, new(liveAlias)}))
	}
	role.AddToPolicy(allow("Aliases", aliases,
		"lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"))
	role.AddToPolicy(allow("Alarms", []*string{new("*")}, "cloudwatch:DescribeAlarms"))
	d.accept(role, "AwsSolutions-IAM5", "DescribeAlarms finds alarms by their names among all of the account",
		"Resource::*")
	return role
}
