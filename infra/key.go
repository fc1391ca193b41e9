package main

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"kasir/shared/function"
)

// Permissions that a reader and a writer of a DynamoDB table need on its key: the actions that the CDK grants, with the
// wildcards written out. DynamoDB calls KMS in the name of the caller, and needs more than kms:Decrypt when it has no
// data key at hand.
var (
	readerActions = []string{"kms:Decrypt", "kms:DescribeKey"}
	writerActions = []string{
		"kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
		"kms:ReEncryptTo",
	}
)

// keyStatements returns a function's permissions on the stack's key, each through the one service that keeps the data.
func (d *deployment) keyStatements(row function.Function) []awsiam.PolicyStatement {
	var all []awsiam.PolicyStatement
	if len(row.TableActions)+len(row.Queries) > 0 {
		actions := slices.Clone(readerActions)
		if slices.Contains(row.TableActions, function.PutItem) ||
			slices.Contains(row.TableActions, function.UpdateItem) {
			actions = append(actions, writerActions...)
		}
		all = append(all, d.allowKeyThrough("dynamodb", "TableKey", actions))
	}
	if row.Secret || row.Queue && len(d.webhooks) > 0 {
		all = append(all, d.allowKeyThrough("secretsmanager", "SecretKey", []string{"kms:Decrypt"}))
	}
	if row.Reports { // both write objects, and settle reads some
		actions := []string{"kms:GenerateDataKey"}
		if row.Settles {
			actions = append(actions, "kms:Decrypt")
		}
		all = append(all, d.allowKeyThrough("s3", "ReportsKey", actions))
	}
	if row.Stream {
		all = append(all, d.allowKeyThrough("dynamodb", "StreamKey", []string{"kms:Decrypt"}))
	}
	return all
}

// allowKeyThrough allows actions on the stack's key only through a service of the stage's region that acts for the
// function.
func (d *deployment) allowKeyThrough(service, sid string, actions []string) awsiam.PolicyStatement {
	statement := allow(sid, []*string{d.key.KeyArn()}, actions...)
	via := service + "." + d.stage.Region + ".amazonaws.com"
	statement.AddCondition(new("StringEquals"), map[string]string{"kms:ViaService": via})
	return statement
}
