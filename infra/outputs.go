package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"kasir/shared/app"
	"kasir/shared/function"
)

// makeOutputs makes the outputs that the person who deploys, and kasir's commands, need next.
func (d *deployment) makeOutputs() {
	d.output("ApiUrl", d.api.url, "the API's base URL")
	origin := d.api.url
	if d.stage.Domain != nil {
		origin = new("https://" + d.stage.Domain.Name)
	}
	// The URL for DOKU and the path whose signature is checked come from one constant.
	notification := awscdk.Fn_Join(new(""), &[]*string{origin, new(d.stage.NotificationTarget())})
	d.output("NotificationUrl", notification, "for DOKU's Back Office")
	d.output("SecretArn", d.secret.Ref(), "the secret to fill with DOKU's keys")
	d.output("DokuEnvironment", &d.stage.DOKU, "the DOKU that it calls")
	d.output("TableName", d.table.table.TableName(), "the table of orders")
	d.output("Settings", new(d.deskSettings()), "the stage's settings for the commands that work on its orders")
	d.output("LogGroups", new(d.logGroups()), "the log groups that kasir logs reads: function=log group")
	retention := fmt.Sprintf(`{"logs":%d,"archive":%d}`, d.stage.LogDays, d.stage.ArchiveDays)
	d.output("RetentionDays", &retention, "the days that logs and the archive of events are kept, for kasir forget")
	reconcile := d.functions["reconcile"].function.FunctionName()
	d.output("ReconcileFunction", reconcile, "the function that kasir reconcile invokes")
	refresh := d.functions["refresh"].function.FunctionName()
	d.output("RefreshFunction", refresh, "the function that kasir refresh invokes")
	deliver := d.functions["deliver"].function.FunctionName()
	d.output("DeliverFunction", deliver, "the function that kasir webhooks test invokes")
	if d.webhookSecret != nil {
		d.output("Webhooks", d.webhookSetting(), "the endpoints of kasir webhooks")
		d.output("WebhookSecretArn", d.webhookSecret.Ref(), "the secret that kasir webhooks rotate writes")
	}
	if d.stage.Settlement != nil {
		d.output("ReportsBucket", d.reportsBucket(), "the bucket for settlement reports, below reports/")
	}
	d.output("BusName", d.bus.name, "the bus with events of payments")
	if d.api.domainHost != nil {
		d.output("DomainTarget", d.api.domainHost, "the target of the domain's CNAME record")
	}
	if d.issuer.pool != nil {
		d.output("PoolId", d.issuer.pool, "the user pool that issues tokens")
		d.output("ClientId", d.issuer.client, "the back end's client")
		d.output("TokenUrl", awscdk.Fn_Join(new(""), &[]*string{
			new("https://" + d.stage.Pool.DomainPrefix + ".auth."), d.stack.Region(),
			new(".amazoncognito.com/oauth2/token"),
		}), "the back end gets its tokens there")
	}
}

// logGroups returns the log group of each function.
func (d *deployment) logGroups() string {
	var pairs []string
	for _, row := range d.stage.functions() {
		pairs = append(pairs, row.Name+"="+*d.functions[row.Name].logs.LogGroupName())
	}
	return strings.Join(pairs, " ")
}

// deskSettings returns, as JSON, the settings of the functions resolve, getpayment and settle except for the names of
// table and bucket. An operator's command that changes an order must follow the same settings as reconciliation, which
// reads the order later.
func (d *deployment) deskSettings() string {
	var read []string
	for _, name := range []string{"resolve", "getpayment", "settle"} {
		row, _ := function.Find(name)
		read = append(read, app.Variables(row)...)
	}
	given := map[string]string{}
	for _, s := range settings(d.stage) {
		if s.name != "TABLE_NAME" && s.name != "REPORTS_BUCKET" && slices.Contains(read, s.name) {
			given[s.name] = s.value
		}
	}
	text, err := json.Marshal(given)
	if err != nil {
		panic(err) // a map of strings always encodes
	}
	return string(text)
}

func (d *deployment) output(id string, value *string, meaning string) {
	awscdk.NewCfnOutput(d.stack, &id, &awscdk.CfnOutputProps{Value: value, Description: &meaning})
}
