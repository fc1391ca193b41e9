package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"kasir/shared/app"
	"kasir/shared/function"
)

// makeOutputs names what the person who deploys needs next.
func (d *deployment) makeOutputs() {
	d.output("ApiUrl", d.api.url, "the API's base URL")
	origin := d.api.url
	if d.stage.Domain != nil {
		origin = new("https://" + d.stage.Domain.Name)
	}
	// One constant makes the URL that DOKU is given and the path whose signature is checked.
	d.output("NotificationUrl", awscdk.Fn_Join(new(""), &[]*string{origin, new(d.stage.NotificationTarget())}), "for DOKU's Back Office")
	d.output("SecretArn", d.secret.Ref(), "the secret to fill with DOKU's keys")
	d.output("DokuEnvironment", &d.stage.DOKU, "which DOKU it talks to")
	d.output("TableName", d.table.table.TableName(), "the table of orders")
	d.output("Settings", new(d.deskSettings()), "what kasir resolve and kasir close need to know of the stage")
	d.output("LogGroups", new(d.logGroups()), "where kasir logs reads the functions' log: function=log group")
	d.output("ReconcileFunction", d.functions["reconcile"].function.FunctionName(), "what kasir reconcile invokes")
	d.output("BusName", d.bus.name, "the bus with events of payments")
	if d.api.domainHost != nil {
		d.output("DomainTarget", d.api.domainHost, "what the domain's CNAME record must name")
	}
	if d.issuer.pool != nil {
		d.output("PoolId", d.issuer.pool, "the user pool that issues tokens")
		d.output("ClientId", d.issuer.client, "the back end's client")
		d.output("TokenUrl", awscdk.Fn_Join(new(""), &[]*string{
			new("https://" + d.stage.Pool.DomainPrefix + ".auth."), d.stack.Region(), new(".amazoncognito.com/oauth2/token"),
		}), "where the back end asks for tokens")
	}
}

// logGroups lists the log group of each function.
func (d *deployment) logGroups() string {
	var pairs []string
	for _, row := range function.All {
		pairs = append(pairs, row.Name+"="+*d.functions[row.Name].logs.LogGroupName())
	}
	return strings.Join(pairs, " ")
}

// deskSettings are, as JSON, the settings that the function resolve is given, but for the table: an operator's command
// that changes an order must decide by the same ones when reconciliation looks at it again.
func (d *deployment) deskSettings() string {
	row, _ := function.Find("resolve")
	read := app.Variables(row)
	given := map[string]string{}
	for _, s := range settings(d.stage) {
		if s.name != "TABLE_NAME" && slices.Contains(read, s.name) {
			given[s.name] = s.value
		}
	}
	text, err := json.Marshal(given)
	if err != nil {
		panic(err) // a map of texts always encodes
	}
	return string(text)
}

func (d *deployment) output(id string, value *string, meaning string) {
	awscdk.NewCfnOutput(d.stack, &id, &awscdk.CfnOutputProps{Value: value, Description: &meaning})
}
