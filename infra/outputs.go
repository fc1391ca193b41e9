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
	d.output("NotificationUrl", d.notificationURL(), "for DOKU's Back Office")
	d.output("SecretArn", d.secret.Ref(), "the secret to fill with DOKU's keys")
	d.output("DokuEnvironment", &d.stage.DOKU, "the DOKU that it calls")
	d.output("TableName", d.table.name, "the table of orders")
	d.output("Settings", new(d.deskSettings()), "the stage's settings for the commands that work on its orders")
	d.output("LogGroups", new(d.logGroups()), "the log groups that kasir logs reads: function=log group")
	retention := fmt.Sprintf(`{"logs":%d,"archive":%d}`, d.stage.LogDays, d.stage.ArchiveDays)
	d.output("RetentionDays", &retention, "the days that logs and the archive of events are kept, for kasir forget")
	d.output("ReconcileFunction", d.invoked("reconcile"), "the function that kasir reconcile invokes")
	d.output("RefreshFunction", d.invoked("refresh"), "the function that kasir refresh invokes")
	d.output("DeliverFunction", d.invoked("deliver"), "the function that kasir webhooks test invokes")
	if d.webhookSecret != nil {
		d.output("Webhooks", d.webhookSetting(), "the endpoints of kasir webhooks")
		d.output("WebhookSecretArn", d.webhookSecret.Ref(), "the secret that kasir webhooks rotate writes")
	}
	if d.stage.Settlement != nil {
		d.output("ReportsBucket", d.reportsBucket(), "the bucket for settlement reports, below reports/")
	}
	d.output("PageTopic", d.pages.TopicArn(), "the topic of alarms that need a person at once, for a pager")
	d.output("TicketTopic", d.tickets.TopicArn(), "the topic of the other alarms")
	d.output("BusName", d.bus.name, "the bus with events of payments")
	if d.api.domainHost != nil {
		d.output("DomainTarget", d.api.domainHost, "the target of the domain's CNAME record")
	}
	if d.issuer.pool != nil {
		d.output("PoolId", d.issuer.pool, "the user pool that issues tokens")
		d.output("CheckoutClientId", d.issuer.clients["Checkout"], "the client of the program that takes orders")
		d.output("BackOfficeClientId", d.issuer.clients["BackOffice"], "the client of programs that capture and refund")
		d.output("ClientId", d.issuer.clients[backEnd], "the first client, with every scope; see docs/access.md")
		d.output("TokenUrl", new(d.stage.poolURL("/oauth2/token")), "programs get their tokens there")
		if d.stage.Staff != nil {
			d.output("StaffClientId", d.issuer.clients[staffClient], "the client of the console and of people's pages")
			d.output("SignInUrl", new(d.stage.poolURL("/oauth2/authorize")), "people sign in there")
		}
	}
	if d.stage.console() {
		d.output("ConsoleUrl", d.consoleURL(), "the console, to which people return after they signed in")
	}
}

// invoked returns a function's name with its alias, under which kasir's commands invoke it.
func (d *deployment) invoked(name string) *string {
	return awscdk.Fn_Join(new(":"), &[]*string{d.functions[name].function.FunctionName(), new(liveAlias)})
}

// notificationURL returns the URL for DOKU. It and the path whose signature is checked come from one constant.
func (d *deployment) notificationURL() *string {
	origin := d.api.url
	if d.stage.Domain != nil {
		origin = new("https://" + d.stage.Domain.Name)
	}
	return awscdk.Fn_Join(new(""), &[]*string{origin, new(d.stage.NotificationTarget())})
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
// table and bucket, and the settings of tokens. An operator's command that changes an order must follow the same
// settings as reconciliation, which reads the order later.
func (d *deployment) deskSettings() string {
	var read []string
	for _, name := range []string{"resolve", "getpayment", "settle"} {
		row, _ := function.Find(name)
		read = append(read, app.Variables(row)...)
	}
	given := map[string]string{}
	for _, s := range settings(d.stage) {
		desk := !slices.Contains(append([]string{"TABLE_NAME", "REPORTS_BUCKET"}, app.StaffVariables...), s.name)
		if desk && slices.Contains(read, s.name) {
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
