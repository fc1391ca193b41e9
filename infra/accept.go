package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// accept suppresses a finding of cdk-nag, with the reason, on a construct and its children. appliesTo are the findings
// of the rule that it is for: texts, or patterns of *cdknag.RegexAppliesTo; none means all.
func (d *deployment) accept(on constructs.IConstruct, rule, reason string, appliesTo ...any) {
	suppression := &cdknag.NagPackSuppression{Id: &rule, Reason: &reason}
	if len(appliesTo) > 0 {
		suppression.AppliesTo = &appliesTo
	}
	cdknag.NagSuppressions_AddResourceSuppressions(on, &[]*cdknag.NagPackSuppression{suppression}, new(true))
}

// setLogicalID gives a resource a logical id that survives every change of code. With another id CloudFormation would
// make another table or queue.
func (d *deployment) setLogicalID(construct constructs.Construct, id string) {
	construct.Node().DefaultChild().(awscdk.CfnElement).OverrideLogicalId(&id)
}

// retention returns the CDK's name for a number of days.
func retention(days int) awslogs.RetentionDays {
	byDays := map[int]string{
		1: "ONE_DAY", 3: "THREE_DAYS", 5: "FIVE_DAYS", 7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH",
		60: "TWO_MONTHS", 90: "THREE_MONTHS", 120: "FOUR_MONTHS", 150: "FIVE_MONTHS", 180: "SIX_MONTHS",
		365: "ONE_YEAR", 400: "THIRTEEN_MONTHS", 545: "EIGHTEEN_MONTHS", 731: "TWO_YEARS", 1096: "THREE_YEARS",
		1827: "FIVE_YEARS", 2192: "SIX_YEARS", 2557: "SEVEN_YEARS", 2922: "EIGHT_YEARS", 3288: "NINE_YEARS",
		3653: "TEN_YEARS",
	}
	name, ok := byDays[days]
	if !ok {
		panic(fmt.Sprintf("no retention of %d days", days))
	}
	return awslogs.RetentionDays(name)
}
