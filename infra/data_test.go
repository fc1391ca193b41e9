package main

import (
	"maps"
	"slices"
	"strings"

	"kasir/shared/store"
)

// checkTable checks that the table has the store's names and protects the orders.
func checkTable(t template) (f findings) {
	all := t.of("AWS::DynamoDB::Table")
	f.that(len(all) == 1 && all["Orders"] != nil, "tables: %v", keys(all))
	table := all["Orders"]
	f.that(text(at(table, "KeySchema", 0, "AttributeName")) == store.KeyAttribute && at(table, "KeySchema", 1) == nil,
		"the key is %v", table["KeySchema"])
	defined := map[string]string{}
	definitions, _ := table["AttributeDefinitions"].([]any)
	for _, d := range definitions {
		defined[text(at(d, "AttributeName"))] = text(at(d, "AttributeType"))
	}
	want := map[string]string{store.KeyAttribute: "S", store.DueShardAttribute: "N", store.DueAtAttribute: "N",
		"c": "N", "ls": "N", "lc": "S", "la": "S"}
	indexes := map[string][2]string{store.DueIndex: {store.DueShardAttribute, store.DueAtAttribute},
		"day": {"ls", "c"}, "customer": {"lc", "c"}, "attention": {"la", "c"}}
	if t.stage.NoCustomerList {
		delete(want, "lc")
		delete(indexes, "customer")
	}
	f.that(maps.Equal(defined, want), "attributes %v are defined, want %v", defined, want)
	for i := 0; at(table, "GlobalSecondaryIndexes", i) != nil; i++ {
		index := at(table, "GlobalSecondaryIndexes", i)
		name := text(at(index, "IndexName"))
		f.that(text(at(index, "KeySchema", 0, "AttributeName")) == indexes[name][0] &&
			text(at(index, "KeySchema", 1, "AttributeName")) == indexes[name][1],
			"the index %q has the keys %v", name, at(index, "KeySchema"))
		f.that(text(at(index, "KeySchema", 0, "KeyType")) == "HASH" &&
			text(at(index, "KeySchema", 1, "KeyType")) == "RANGE", "the keys of the index %s are mixed up", name)
		f.that(text(at(index, "Projection", "ProjectionType")) == "KEYS_ONLY", "the index %s projects %v", name,
			at(index, "Projection"))
		delete(indexes, name)
	}
	f.that(len(indexes) == 0, "there is no index %v", keys(indexes))
	f.that(text(table["BillingMode"]) == "PAY_PER_REQUEST", "the table is not on demand")
	f.that(at(table, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") == true,
		"no recovery to a point in time")
	f.that(text(at(table, "TimeToLiveSpecification", "AttributeName")) == store.TTLAttribute &&
		at(table, "TimeToLiveSpecification", "Enabled") == true, "orphans are kept for ever")
	f.that(text(at(table, "StreamSpecification", "StreamViewType")) == "NEW_AND_OLD_IMAGES",
		"the stream shows no changes")
	if t.stage.CustomerKey {
		f.that(strings.HasSuffix(text(at(table, "SSESpecification", "KMSMasterKeyId")), ".Arn"),
			"the table is not encrypted with the stack's key")
	}
	return f
}

// kept are the types of resources whose data cannot be made again.
var kept = []string{"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::Logs::LogGroup",
	"AWS::Cognito::UserPool", "AWS::SQS::Queue", "AWS::S3::Bucket"}

// checkKept checks that production's data outlives its stack.
func checkKept(t template) (f findings) {
	f.that(t.stage.Settlement == nil || text(at(t.resources(), "Reports", "DeletionPolicy")) == "Retain",
		"the reports go with their stack")
	want := []string{"Delete"}
	if t.stage.Keep {
		want = []string{"Retain", "RetainExceptOnCreate"} // the second lets a failed first deployment be tried again
		f.that(t.of("AWS::DynamoDB::Table")["Orders"]["DeletionProtectionEnabled"] == true,
			"the table has no deletion protection")
		for id, pool := range t.of("AWS::Cognito::UserPool") {
			f.that(text(pool["DeletionProtection"]) == "ACTIVE", "%s has no deletion protection", id)
		}
	}
	for id, r := range t.resources() {
		if slices.Contains(kept, text(at(r, "Type"))) && (id != "Reports" || t.stage.Keep) { // these stay everywhere
			for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
				f.that(slices.Contains(want, text(at(r, policy))), "%s: %s is %q, want one of %q", id, policy,
					text(at(r, policy)), want)
			}
		}
	}
	return f
}

// checkSecret checks that the secret is empty and that keys are rotated.
func checkSecret(t template) (f findings) {
	for id, secret := range t.of("AWS::SecretsManager::Secret") {
		f.that(strings.Contains(text(secret["Name"]), "AWS::StackId"),
			"%s is named %q: a stack that is made again meets the one that was kept", id, text(secret["Name"]))
		f.that(secret["SecretString"] == nil && secret["GenerateSecretString"] == nil, "%s has a value in the template",
			id)
		f.that(!t.stage.CustomerKey || strings.HasSuffix(text(secret["KmsKeyId"]), ".Arn"),
			"%s is not encrypted with the stack's key", id)
	}
	for id, key := range t.of("AWS::KMS::Key") {
		f.that(key["EnableKeyRotation"] == true, "%s never turns", id)
	}
	return f
}
