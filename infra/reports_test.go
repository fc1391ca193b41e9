package main

import (
	"strings"
	"testing"

	"kasir/shared/function"
)

// checkReports checks that the bucket of settlement reports is private, forgets after 90 days, and invokes settle for
// reports alone.
func checkReports(t template) (f findings) {
	buckets := t.of("AWS::S3::Bucket")
	if t.stage.Settlement == nil {
		f.that(len(buckets) == 0, "a stage without settlement has the buckets %v", keys(buckets))
		return f
	}
	f.that(len(buckets) == 1 && buckets["Reports"] != nil, "buckets %v", keys(buckets))
	bucket := buckets["Reports"]
	for _, rule := range []string{
		"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets",
	} {
		f.that(at(bucket, "PublicAccessBlockConfiguration", rule) == true, "the reports have no %s", rule)
	}
	encryption := at(bucket, "BucketEncryption", "ServerSideEncryptionConfiguration", 0,
		"ServerSideEncryptionByDefault")
	want := "AES256"
	if t.stage.CustomerKey {
		want = "aws:kms"
		f.that(strings.HasSuffix(text(at(encryption, "KMSMasterKeyID")), ".Arn"),
			"the reports are not encrypted with the stack's key")
	}
	f.that(text(at(encryption, "SSEAlgorithm")) == want, "the reports are encrypted with %s",
		text(at(encryption, "SSEAlgorithm")))
	f.that(text(at(bucket, "VersioningConfiguration", "Status")) == "Enabled", "the reports have no versions")
	rule := at(bucket, "LifecycleConfiguration", "Rules", 0)
	f.that(text(at(rule, "Status")) == "Enabled" && at(rule, "ExpirationInDays") == 90.0 && at(rule, "Prefix") == nil,
		"reports stay for %v days", at(rule, "ExpirationInDays"))
	f.that(at(rule, "NoncurrentVersionExpiration", "NoncurrentDays") == 90.0, "versions stay for %v days",
		at(rule, "NoncurrentVersionExpiration", "NoncurrentDays"))
	f.that(deniesPlain(t), "the reports are reached without TLS")
	f.checkUploads(t, at(bucket, "CorsConfiguration", "CorsRules"))
	checkReportInvocation(t, bucket, &f)
	return f
}

// checkUploads checks that pages of the console, and no others, may send the forms of uploads.
func (f *findings) checkUploads(t template, rules any) {
	if !t.stage.console() {
		f.that(rules == nil, "pages may upload, though there is no console")
		return
	}
	all, _ := rules.([]any)
	f.that(len(all) == 1, "%d rules for pages", len(all))
	api, _, _ := strings.Cut(strings.TrimPrefix(text(at(t.doc, "Outputs", "ApiUrl", "Value")), "https://"), "/")
	want := []string{"https://" + api}
	for _, address := range t.stage.Staff.URLs {
		if host, isConsole := strings.CutSuffix(address, t.stage.basePath()+"/console"); isConsole {
			want = append(want, host)
		}
	}
	f.same("pages that may upload", texts(at(rules, 0, "AllowedOrigins")), want)
	f.same("what pages may do with the bucket", texts(at(rules, 0, "AllowedMethods")), []string{"POST"})
	console := at(t.of("AWS::Lambda::Function")["ConsoleFunction"], "Environment", "Variables", "REPORTS_ORIGIN")
	bucket := "https://" + text(t.of("AWS::S3::Bucket")["Reports"]["BucketName"]) + ".s3." + t.stage.Region +
		".amazonaws.com"
	f.that(text(console) == bucket, "the console uploads to %s", text(console))
}

// deniesPlain reports whether the bucket's policy refuses requests without TLS.
func deniesPlain(t template) bool {
	for _, policy := range t.of("AWS::S3::BucketPolicy") {
		statements, _ := at(policy, "PolicyDocument", "Statement").([]any)
		for _, s := range statements {
			if text(policy["Bucket"]) == "Reports" && text(at(s, "Effect")) == "Deny" &&
				text(at(s, "Action")) == "s3:*" &&
				text(at(s, "Condition", "Bool", "aws:SecureTransport")) == "false" {
				return true
			}
		}
	}
	return false
}

func checkReportInvocation(t template, bucket object, f *findings) {
	settle := aliasID("settle")
	called := at(bucket, "NotificationConfiguration", "LambdaConfigurations", 0)
	f.that(text(at(called, "Function")) == settle && text(at(called, "Event")) == "s3:ObjectCreated:*",
		"the bucket invokes %s on %s", text(at(called, "Function")), text(at(called, "Event")))
	filter := at(called, "Filter", "S3Key", "Rules", 0)
	f.that(text(at(filter, "Name")) == "prefix" && text(at(filter, "Value")) == "reports/",
		"a result would invoke settle: %v", filter)
	permission := t.of("AWS::Lambda::Permission")["ReportsPermission"]
	account := "AWS::AccountId"
	if t.stage.Account != "" {
		account = t.stage.Account
	}
	f.that(text(permission["Principal"]) == "s3.amazonaws.com" && text(permission["FunctionName"]) == settle &&
		text(permission["SourceArn"]) == "arn:aws:s3:::"+text(bucket["BucketName"]) &&
		text(permission["SourceAccount"]) == account, "another bucket may invoke settle: %v", permission)
	f.that(strings.Contains(text(bucket["BucketName"]), "AWS::StackId"),
		"the bucket is named %q: a stack that is made again meets the one that was kept", text(bucket["BucketName"]))
	invoked := t.of("AWS::Lambda::EventInvokeConfig")["settleInvocations"]
	f.that(text(at(invoked, "DestinationConfig", "OnFailure", "Destination")) == "SettleLetters.Arn",
		"a report that fails leaves no letter")
	f.that(at(invoked, "MaximumRetryAttempts") == 2.0, "a report is tried again %v times",
		at(invoked, "MaximumRetryAttempts"))
	seconds, _ := t.of("AWS::Lambda::Function")[function.LogicalID("settle")]["Timeout"].(float64)
	f.that(seconds == 900, "settle runs for %v s", seconds)
}

// A stage without Settlement has nothing of it.
func TestAStageWithoutSettlementHasNothingOfIt(t *testing.T) {
	without := templates(t)[2]
	if without.stage.Settlement != nil {
		t.Fatal("the variant has Settlement")
	}
	for id := range without.resources() {
		if strings.Contains(strings.ToLower(id), "settle") || strings.Contains(id, "Reports") {
			t.Errorf("%s is there", id)
		}
	}
	for _, word := range []string{"settlements:", "REPORTS_BUCKET", "SETTLE_WITHIN", "Settlement"} {
		if strings.Contains(text(without.doc["Resources"]), word) {
			t.Errorf("the template has %s", word)
		}
	}
}
