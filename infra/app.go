package main

import (
	"errors"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// flags are the CDK's feature flags. They are set here because only the CDK's command reads cdk.json: tests would run
// with others.
var flags = map[string]any{
	"aws:cdk:enable-asset-metadata":             true, // sam local finds the binaries with it
	"@aws-cdk/core:validateAgainstDefaultRules": true, // findings of the validator are errors
	"@aws-cdk/core:enablePartitionLiterals":     true,
	"@aws-cdk/core:target-partitions":           []any{"aws"},
	"@aws-cdk/core:checkSecretUsage":            true,
	"@aws-cdk/aws-lambda:useCdkManagedLogGroup": true,
	"@aws-cdk/aws-lambda:recognizeVersionProps": true, // a version for each change that Lambda publishes, and no other
	"@aws-cdk/aws-kms:aliasNameRef":             true,
}

// New returns an app with a stack for each stage. assets is the folder that holds <architecture>/<function>/bootstrap.
// arch, arm64 or amd64, replaces every stage's architecture unless it is empty. outdir is the folder for the templates;
// if it is empty, the CDK's command chooses it. Errors name the stage and the field.
func New(stages []Stage, assets, arch, outdir string) (awscdk.App, error) {
	stages, err := overrideArchitecture(stages, arch)
	if err != nil {
		return nil, err
	}
	problems := []error{checkTogether(stages)}
	for _, stage := range stages {
		problems = append(problems, stage.Check(), checkSettings(stage))
		if err := checkBinaries(assets, stage); err != nil && !slices.ContainsFunc(problems, sameText(err)) {
			problems = append(problems, err) // two stages may need the same binaries
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	props := &awscdk.AppProps{Context: &flags, AnalyticsReporting: new(false)}
	if outdir != "" {
		props.Outdir = &outdir
	}
	app := awscdk.NewApp(props)
	for _, stage := range stages {
		makeStack(app, stage, assets)
	}
	for _, pack := range []awscdk.IAspect{
		cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{}), cdknag.NewServerlessChecks(&cdknag.NagPackProps{}),
	} {
		awscdk.Aspects_Of(app).Add(pack, nil)
	}
	return app, nil
}

// sameText reports whether an error has the text of err.
func sameText(err error) func(error) bool {
	return func(other error) bool { return other != nil && other.Error() == err.Error() }
}

// deployment holds the parts of one stage's stack.
type deployment struct {
	stage  Stage
	stack  awscdk.Stack
	key    awskms.Key // of table and secret; nil: AWS's own
	table  tableParts
	secret awssecretsmanager.CfnSecret
	// webhookSecret holds the endpoints' secrets; nil without endpoints.
	webhookSecret awssecretsmanager.CfnSecret
	bus           busParts
	archive       awsevents.CfnArchive // of the bus's events
	webhooks      []webhookParts
	api           apiParts
	issuer        issuer
	pages         awssns.Topic            // for alarms that need a person at once
	tickets       awssns.Topic            // for the others
	scheduleGroup *string                 // name of the group of the schedules
	deadLetters   map[string]awssqs.Queue // dead-letter queues by name
	functions     map[string]deployedFunction
	alarmNames    []string // names of alarms, for the dashboard
	alarmsMade    map[string]awscloudwatch.CfnAlarm
}

// StackName returns the name of the stack, which is also that of its bus, dashboard and metrics' namespace.
func (s Stage) StackName() string { return "kasir-" + s.Name }

func makeStack(app awscdk.App, stage Stage, assets string) {
	environment := &awscdk.Environment{Region: &stage.Region}
	if stage.Account != "" {
		environment.Account = &stage.Account
	}
	tags := map[string]*string{"app": new("kasir"), "stage": &stage.Name}
	d := &deployment{
		stage: stage, functions: map[string]deployedFunction{}, deadLetters: map[string]awssqs.Queue{},
		alarmsMade: map[string]awscloudwatch.CfnAlarm{},
	}
	d.stack = awscdk.NewStack(app, new(stage.StackName()), &awscdk.StackProps{
		Env: environment, StackName: new(stage.StackName()),
		Description:           new("kasir: card payments through DOKU, " + stage.Name),
		TerminationProtection: &stage.Keep,
		Tags:                  &tags,
	})
	for _, key := range slices.Sorted(maps.Keys(tags)) { // the stack's own reach fewer types of resources
		awscdk.Tags_Of(d.stack).Add(&key, tags[key], nil)
	}
	d.makeKey()
	d.makeTable()
	d.adoptTable()
	d.makeSecret()
	d.makeBus()
	d.makeRecovery()
	d.makeWebhooks()
	d.makeReportLetters()
	d.openAPI()
	d.makeIssuer()
	d.makeFunctions(assets)
	d.makeStream()
	d.makeDeliveries()
	d.makeReports()
	d.makeAPI()
	d.makeSchedule()
	d.makeAlarms()
	d.makeCanary()
	d.makeDashboard()
	d.makeOutputs()
	if stage.Boundary {
		policy := awsiam.ManagedPolicy_FromManagedPolicyName(d.stack, new("Boundary"), new("kasir-boundary"))
		awsiam.PermissionsBoundary_Of(d.stack).Apply(policy)
	}
}

// retainData returns the removal policy of data: with Keep it stays when the stack is destroyed.
func (d *deployment) retainData() awscdk.RemovalPolicy {
	if d.stage.Keep {
		return awscdk.RemovalPolicy_RETAIN
	}
	return awscdk.RemovalPolicy_DESTROY
}

// retainAfterCreate keeps a resource on update and delete, but lets a failed first deployment remove it, since it is
// still empty. Do not use it with deletion protection, which would make that rollback fail.
func (d *deployment) retainAfterCreate() awscdk.RemovalPolicy {
	if d.stage.Keep {
		return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return awscdk.RemovalPolicy_DESTROY
}

// uniqueName returns a name that ends with a part of the stack's own id. A stack that is made again then does not
// collide with resources that the earlier one left.
func (d *deployment) uniqueName(begin string) *string {
	id := awscdk.Fn_Select(new(2.0), awscdk.Fn_Split(new("/"), d.stack.StackId(), nil))
	return awscdk.Fn_Join(new(""), &[]*string{&begin, awscdk.Fn_Select(new(0.0), awscdk.Fn_Split(new("-"), id, nil))})
}

// allow returns a statement for exactly these actions on exactly these resources.
func allow(sid string, resources []*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: &sid, Actions: list(actions), Resources: &resources,
	})
}

func list(values []string) *[]*string {
	pointers := make([]*string, len(values))
	for i := range values {
		pointers[i] = &values[i]
	}
	return &pointers
}
