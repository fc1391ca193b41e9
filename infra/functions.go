package main

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"

	"kasir/shared/app"
	"kasir/shared/function"
)

type deployedFunction struct {
	row      function.Function
	function awslambda.Function
	alias    awslambda.CfnAlias // every invocation goes to it, see canary.go
	role     awsiam.Role
	logs     awslogs.LogGroup
}

// Timeouts of the functions. A request must end before API Gateway gives up after 30 s. The function stops waiting for
// DOKU earlier, and uses the rest of its time to write DOKU's answer.
const (
	requestSeconds   = 28
	scheduledSeconds = 60
	deliverSeconds   = 30 // an endpoint is waited for 15 s
	settleSeconds    = 900
)

func (d *deployment) makeFunctions(assets string) {
	for _, row := range d.stage.functions() {
		d.makeFunction(row, assets)
	}
}

// functions returns the rows of the functions that the stage has.
func (s Stage) functions() []function.Function {
	return slices.DeleteFunc(slices.Clone(function.All), func(f function.Function) bool {
		return f.Reports && s.Settlement == nil || f.Console && !s.console()
	})
}

func (d *deployment) makeFunction(row function.Function, assets string) {
	scope := constructs.NewConstruct(d.stack, new(row.DeployedName()))
	logs := awslogs.NewLogGroup(scope, new("Logs"), &awslogs.LogGroupProps{
		Retention: retention(d.stage.LogDays), RemovalPolicy: d.retainAfterCreate(),
	})
	role := awsiam.NewRole(scope, new("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(new("lambda.amazonaws.com"), nil), Description: &row.Job,
	})
	for _, statement := range d.statements(row, logs) {
		role.AddToPolicy(statement)
	}
	props := &awslambda.FunctionProps{
		Description: &row.Job, Role: role, LogGroup: logs,
		// Without Lambda's lines about each start and end, which cost as much as kasir's own.
		LoggingFormat: awslambda.LoggingFormat_JSON, SystemLogLevelV2: awslambda.SystemLogLevel_WARN,
		Runtime: awslambda.Runtime_PROVIDED_AL2023(), Handler: new("bootstrap"), Architecture: d.architecture(),
		Code:       code(d.stage.folder(assets, row.Name)),
		MemorySize: new(float64(d.stage.memoryOf(row))), Timeout: awscdk.Duration_Seconds(new(float64(timeout(row)))),
		Tracing: awslambda.Tracing_ACTIVE, Environment: d.environment(row), CurrentVersionOptions: d.versions(),
	}
	if d.stage.Untraced {
		props.Tracing = awslambda.Tracing_DISABLED
	}
	if n := d.stage.reservedFor(row); n > 0 {
		props.ReservedConcurrentExecutions = new(float64(n))
	}
	f := awslambda.NewFunction(scope, new("Function"), props)
	f.Node().DefaultChild().(awslambda.CfnFunction).OverrideLogicalId(new(function.LogicalID(row.Name)))
	if d.stage.Untraced {
		d.accept(f, "Serverless-LambdaTracing", "the stage has Untraced: X-Ray would cost more than the rest of kasir")
	} else {
		d.accept(role, "AwsSolutions-IAM5", "X-Ray's actions know no resources", "Resource::*")
	}
	d.accept(f, "Serverless-LambdaDLQ", failureRoute(row))
	d.functions[row.Name] = deployedFunction{row, f, d.makeAlias(scope, row, f), role, logs}
}

// memoryOf returns a function's memory. Lambda bills the time of waiting for DOKU by the memory, and gives the function
// a processor by it: with half of 256 MB a call takes about 8 ms longer.
func (s Stage) memoryOf(row function.Function) int {
	if row.Waits {
		return max(smallest, s.Memory/2)
	}
	return s.Memory
}

// smallest is the least memory that Lambda offers, in MB.
const smallest = 128

// code returns a function's folder as an asset under a name of kasir's own, see assetHash.
func code(folder string) awslambda.Code {
	hash, err := assetHash(folder)
	if err != nil {
		panic(err) // checkBinaries has already read it
	}
	return awslambda.Code_FromAsset(&folder, &awss3assets.AssetOptions{
		AssetHash: &hash, AssetHashType: awscdk.AssetHashType_CUSTOM,
	})
}

// statements returns the function's permissions, each with its purpose as Sid. The CDK adds those for X-Ray.
func (d *deployment) statements(row function.Function, logs awslogs.LogGroup) []awsiam.PolicyStatement {
	all := []awsiam.PolicyStatement{
		allow("Log", []*string{logs.LogGroupArn()}, "logs:CreateLogStream", "logs:PutLogEvents"),
	}
	if len(row.TableActions) > 0 {
		all = append(all, allow("Orders", []*string{d.table.arn}, row.TableActions...))
	}
	if arns := d.queried(row); len(arns) > 0 {
		all = append(all, allow("Lists", arns, function.Query))
	}
	if row.Secret {
		all = append(all, allow("Secret", []*string{d.secret.Ref()}, "secretsmanager:GetSecretValue"))
	}
	if row.Stream {
		all = append(all, d.streamStatements()...)
	}
	if row.Queue {
		all = append(all, d.webhookStatements()...)
	}
	if row.Reports {
		all = append(all, d.reportStatements(row)...)
	}
	if d.key != nil {
		all = append(all, d.keyStatements(row)...)
	}
	return all
}

// queried returns the ARNs of the indexes that a function queries, as far as the table has them.
func (d *deployment) queried(row function.Function) []*string {
	var arns []*string
	for _, name := range row.Queries {
		if name == function.DueIndex || slices.Contains(d.stage.lists(), name) {
			arns = append(arns, awscdk.Fn_Join(new(""), &[]*string{d.table.arn, new("/index/" + name)}))
		}
	}
	return arns
}

// environment returns those of the stage's variables that this function reads.
func (d *deployment) environment(row function.Function) *map[string]*string {
	read := app.Variables(row)
	variables := map[string]*string{}
	for _, s := range d.settings() {
		if slices.Contains(read, s.name) {
			variables[s.name] = s.reference
		}
	}
	for name, value := range function.Environment {
		variables[name] = &value
	}
	return &variables
}

// failureRoute describes where an invocation goes that could not be carried out. It is the reason why the function has
// no dead-letter queue, which works only for asynchronous invocations.
func failureRoute(row function.Function) string {
	switch {
	case row.MaxBody > 0:
		return "it is invoked synchronously, and the caller gets an answer: a client or DOKU sends the same again"
	case row.Stream:
		return "the stream's mapping has a dead-letter queue"
	case row.Queue:
		return "its queues keep an event until it is delivered, and have dead-letter queues"
	}
	return "its asynchronous invocations have a destination on failure"
}

func timeout(row function.Function) int {
	switch {
	case row.Queue:
		return deliverSeconds
	case row.Settles:
		return settleSeconds
	case row.MaxBody == 0:
		return scheduledSeconds
	}
	return requestSeconds
}

func (d *deployment) architecture() awslambda.Architecture {
	if d.stage.Architecture == "x86_64" {
		return awslambda.Architecture_X86_64()
	}
	return awslambda.Architecture_ARM_64()
}
