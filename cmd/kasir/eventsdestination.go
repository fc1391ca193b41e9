package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"kasir/local/stack"
	"kasir/shared/doku"
	"kasir/shared/order"
)

// runningDestination returns the destination for a running kasir local.
func runningDestination(environment map[string]string, api string) (destination, error) {
	u, err := url.Parse(api)
	if err != nil {
		return destination{}, fmt.Errorf("the address of the running kasir local: %w", err)
	}
	o := destination{
		now: clockTime(environment["KASIR_CLOCK_AHEAD"]), prefix: environment["SCOPE_PREFIX"],
		host: u.Host, region: localRegion,
		bucket: environment["REPORTS_BUCKET"], target: environment["NOTIFICATION_TARGET"],
		merchant: order.Merchant{Environment: environment["DOKU_ENVIRONMENT"], ClientID: environment["DOKU_CLIENT_ID"]},
		secret:   doku.Secret(environment["DOKU_SECRET_KEY"]),
	}
	o.returnURL = returnPage(environment["CALLBACK_HOSTS"], u)
	if environment["DOKU_ENVIRONMENT"] == "production" {
		o.secret = ""
	}
	return o, nil
}

// destination returns the destination for a deployed stage. Its key comes from the environment.
func (d deployment) destination() (destination, error) {
	region, err := d.region()
	if err != nil {
		return destination{}, err
	}
	var settings map[string]string
	if err := json.Unmarshal([]byte(d.Settings), &settings); err != nil {
		return destination{}, fmt.Errorf("the output Settings is not JSON: %w: deploy the stage again", err)
	}
	u, err := url.Parse(d.API)
	if err != nil || u.Host == "" {
		return destination{}, fmt.Errorf("the output ApiUrl is %q, which is not a URL", d.API)
	}
	o := destination{
		now: time.Now(), prefix: settings["SCOPE_PREFIX"], host: u.Host, region: region,
		bucket: d.Reports, target: cmp.Or(settings["NOTIFICATION_TARGET"], stack.NotificationTarget),
		merchant: order.Merchant{Environment: d.DOKU, ClientID: os.Getenv("DOKU_CLIENT_ID")},
		secret:   doku.Secret(os.Getenv("DOKU_SECRET_KEY")),
	}
	o.returnURL = returnPage(settings["CALLBACK_HOSTS"], nil)
	if d.DOKU == "production" || o.merchant.ClientID == "" {
		o.secret = ""
	}
	return o, nil
}

// returnPage returns an address that createpage allows as callback_url, empty if it allows none. For a running kasir
// local it is the order in the console, to which the HTTP API's port leads. Its sample invoice number is replaced by
// the event's own.
func returnPage(hosts string, api *url.URL) string {
	all := strings.FieldsFunc(hosts, func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case len(all) == 0:
		return ""
	case api != nil && slices.Contains(all, api.Hostname()):
		return "http://" + api.Host + "/console/orders/INV-EVENT-0001"
	}
	return "https://" + all[0] + "/"
}
