package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"

	"kasir/shared/store"
)

type tableParts struct {
	name   *string
	arn    *string
	stream *string // ARN of the stream
}

// makeKey makes the key that encrypts table and secret, if the stage has CustomerKey.
func (d *deployment) makeKey() {
	if !d.stage.CustomerKey {
		return
	}
	d.key = awskms.NewKey(d.stack, new("Key"), &awskms.KeyProps{
		Description: new(d.stage.StackName() + ": orders and the secret"), EnableKeyRotation: new(true),
		RemovalPolicy: d.retainData(),
	})
}

// makeTable makes the table of orders with the store's own names. One stream record is one change of one order.
func (d *deployment) makeTable() {
	props := &awsdynamodb.TableProps{
		PartitionKey:        attribute(store.KeyAttribute, awsdynamodb.AttributeType_STRING),
		TimeToLiveAttribute: new(store.TTLAttribute),
		BillingMode:         awsdynamodb.BillingMode_PAY_PER_REQUEST,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: new(true),
		},
		DeletionProtection: &d.stage.Keep,
		Stream:             awsdynamodb.StreamViewType_NEW_AND_OLD_IMAGES,
		RemovalPolicy:      d.retainData(),
	}
	if d.key != nil {
		props.Encryption, props.EncryptionKey = awsdynamodb.TableEncryption_CUSTOMER_MANAGED, d.key
	}
	table := awsdynamodb.NewTable(d.stack, new("Orders"), props)
	table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      new(store.DueIndex),
		PartitionKey:   attribute(store.DueShardAttribute, awsdynamodb.AttributeType_NUMBER),
		SortKey:        attribute(store.DueAtAttribute, awsdynamodb.AttributeType_NUMBER),
		ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
	})
	d.makeLists(table)
	d.setLogicalID(table, "Orders")
	d.table = tableParts{name: table.TableName(), arn: table.TableArn(), stream: table.TableStreamArn()}
}

func attribute(name string, kind awsdynamodb.AttributeType) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: &name, Type: kind}
}

// makeSecret makes the secret without a value, because DOKU's keys belong in no template and no repository. Until it is
// filled, the functions refuse to start.
func (d *deployment) makeSecret() {
	props := &awssecretsmanager.CfnSecretProps{
		Name: d.uniqueName(d.stage.StackName() + "/doku-"),
		Description: new(`{"client_id":"…","secret_key":"SK-…","quote_key":"…"}; ` +
			`while rotating also "previous_secret_key", "previous_quote_key"`),
	}
	if d.key != nil {
		props.KmsKeyId = d.key.KeyArn()
	}
	d.secret = awssecretsmanager.NewCfnSecret(d.stack, new("Secret"), props)
	d.secret.ApplyRemovalPolicy(d.retainAfterCreate(), nil)
	d.accept(d.secret, "AwsSolutions-SMG4",
		"people change DOKU's keys in DOKU's Back Office, and two keys are accepted meanwhile")
}
