package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"kasir/shared/function"
)

// Parameters of the bucket of settlement reports. S3 invokes settle only for objects below reports/, so that a result
// invokes nothing.
const (
	reportsDays     = 90
	reportsFolder   = "reports/"
	resultsFolder   = "results/"
	settleRetries   = 2.0        // Lambda's maximum; each run goes on where the one before ended
	settleMaxAge    = 6 * 3600.0 // seconds; Lambda's maximum
	uploadsEndAfter = 1.0        // days after which the parts of an upload that was not ended are deleted
)

// reportsBucket returns the bucket's name. It refers to the stack alone: the function's role and variables name the
// bucket, and the bucket names the function.
func (d *deployment) reportsBucket() *string { return d.uniqueName(d.stage.StackName() + "-reports-") }

// reportsARN returns the ARN of the bucket, or of the objects below a folder.
func (d *deployment) reportsARN(objects string) *string {
	return awscdk.Fn_Join(new(""), &[]*string{new("arn:aws:s3:::"), d.reportsBucket(), &objects})
}

// makeReportLetters makes the dead-letter queue of reports that could not be booked.
func (d *deployment) makeReportLetters() {
	if d.stage.Settlement != nil {
		d.deadLetters["Settle"] = d.makeDeadLetters("SettleLetters", lettersStay)
	}
}

// makeReports makes the bucket of settlement reports, which invokes the function settle. The bucket stays when the
// stack is deleted, and deletes reports and results by itself.
func (d *deployment) makeReports() {
	if d.stage.Settlement == nil {
		return
	}
	settle := d.functions["settle"]
	permission := awslambda.NewCfnPermission(d.stack, new("ReportsPermission"), &awslambda.CfnPermissionProps{
		Action: new("lambda:InvokeFunction"), Principal: new("s3.amazonaws.com"),
		FunctionName: settle.alias.Ref(), SourceArn: d.reportsARN(""), SourceAccount: d.stack.Account(),
	})
	after := awscdk.Duration_Days(new(float64(reportsDays)))
	props := &awss3.BucketProps{
		BucketName: d.reportsBucket(), Encryption: awss3.BucketEncryption_S3_MANAGED, EnforceSSL: new(true),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(), Versioned: new(true),
		ObjectOwnership: awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id: new("personal data"), Enabled: new(true), Expiration: after, NoncurrentVersionExpiration: after,
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(new(uploadsEndAfter)),
		}},
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN, Cors: d.uploads(),
	}
	if d.key != nil {
		props.Encryption, props.EncryptionKey = awss3.BucketEncryption_KMS, d.key
		props.BucketKeyEnabled = new(true)
	}
	bucket := awss3.NewBucket(d.stack, new("Reports"), props)
	d.setLogicalID(bucket, "Reports")
	resource := bucket.Node().DefaultChild().(awss3.CfnBucket)
	resource.SetNotificationConfiguration(notification(settle))
	resource.AddResourceDependency(permission, nil) // S3 tries the permission
	d.accept(bucket, "AwsSolutions-S1", "only kasir's two functions and the account's own people reach the reports; "+
		"a second bucket with logs of them would be one more copy of names of invoices")
	for _, f := range []deployedFunction{settle, d.functions["settlements"]} {
		d.accept(f.role, "AwsSolutions-IAM5", "it is every object of one folder: their names are not known before",
			&cdknag.RegexAppliesTo{Regex: new(`/^Resource::arn:aws:s3:::.*\/(reports|results)\/\*$/`)})
	}
	d.makeSettleInvocations(settle)
}

// notification invokes a function for each new report.
func notification(f deployedFunction) *awss3.CfnBucket_NotificationConfigurationProperty {
	return &awss3.CfnBucket_NotificationConfigurationProperty{
		LambdaConfigurations: []any{&awss3.CfnBucket_LambdaConfigurationProperty{
			Event: new("s3:ObjectCreated:*"), Function: f.alias.Ref(),
			Filter: &awss3.CfnBucket_NotificationFilterProperty{
				S3Key: &awss3.CfnBucket_S3KeyFilterProperty{
					Rules: []any{&awss3.CfnBucket_FilterRuleProperty{Name: new("prefix"), Value: new(reportsFolder)}},
				},
			},
		}},
	}
}

// makeSettleInvocations lets Lambda try a report again, and keep as a dead letter what it gave up.
func (d *deployment) makeSettleInvocations(settle deployedFunction) {
	letters := d.deadLetters["Settle"].QueueArn()
	config := awslambda.NewCfnEventInvokeConfig(d.stack, new("settleInvocations"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName: settle.function.FunctionName(), Qualifier: new(liveAlias),
		MaximumRetryAttempts: new(settleRetries), MaximumEventAgeInSeconds: new(settleMaxAge),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: letters},
		},
	})
	config.Node().AddDependency(settle.role)
	config.AddResourceDependency(settle.alias, nil)
}

// reportStatements are a function's permissions on the bucket. settle reads reports and writes results. The function of
// the API signs uploads of reports, which have its permissions.
func (d *deployment) reportStatements(row function.Function) []awsiam.PolicyStatement {
	reports := []*string{d.reportsARN("/" + reportsFolder + "*")}
	if !row.Settles {
		return []awsiam.PolicyStatement{allow("Reports", reports, "s3:PutObject")}
	}
	return []awsiam.PolicyStatement{
		allow("Reports", reports, "s3:GetObject"),
		allow("Results", []*string{d.reportsARN("/" + resultsFolder + "*")}, "s3:PutObject"),
		allow("DeadLetters", []*string{d.deadLetters["Settle"].QueueArn()}, "sqs:SendMessage"),
	}
}
