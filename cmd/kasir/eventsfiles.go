package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kasir/events"
	"kasir/shared/doku"
	"kasir/shared/order"
)

// eventFile is an event file that kasir events write derives from one of the folder events.
type eventFile struct {
	name, from  string
	order       int    // number of its order; 0: none
	needsNotify bool   // it is a notification, or needs one before it
	answer      string // the expected answer, and the next thing to do
}

// eventFiles lists the files in the order in which to invoke them. Each file name begins with the function's name.
var eventFiles = []eventFile{
	{"createpage.json", "createpage.json", 1, false, "201; open its url and pay with a test card"},
	{"getpayment.json", "getpayment.json", 1, false, "200 PAID, once paid"},
	{"refresh.json", "refresh.json", 1, false, "200 PAID, as DOKU answers now"},
	{"getpayment-list.json", "getpayment-list.json", 1, false, "200, a list that begins with the same order"},
	{"createpage-authorize.json", "createpage-authorize.json", 2, false, "201; open its url and pay again"},
	{"capture.json", "capture.json", 2, false, "200 PAID, 60000 of the 90000 that were authorised"},
	{"refund.json", "refund.json", 2, false, "201, the 60000 go back"},
	{"createpage-notify.json", "createpage.json", 3, true, "201; do not pay this one"},
	{"notify.json", "notify.json", 3, true, "200, a signed notification that it was paid"},
	{"getpayment-notify.json", "getpayment.json", 3, true, "200 PAID"},
	{"createpage-resolve.json", "createpage.json", 4, false, "201; do not pay this one either"},
	{"notify-conflict.json", "notify-conflict.json", 4, true, "200, a notification of another amount"},
	{"resolve.json", "resolve.json", 4, true, "200, a person decides that nothing of it counts"},
	{"resolve-close.json", "resolve-close.json", 4, false, "200, closed: it gets no further page"},
	{"console.json", "console.json", 0, false, "200, the page of the console"},
	{"console-config.json", "console-config.json", 0, false, "200, where people sign in to it"},
	{"tokens.json", "tokens.json", 0, false, "200, the cards that the customer has saved"},
	{"reconcile.json", "reconcile.json", 0, false, "how many orders were looked at"},
	{"settlements.json", "settlements.json", 0, false, "200, the settlements whose reports were read"},
	{"settlements-detail.json", "settlements-detail.json", 0, false, "404, unless that settlement was read"},
	{"settlements-upload.json", "settlements-upload.json", 0, false, "201, a form for a settlement report"},
	{"settle.json", "settle.json", 0, false, "its differences, if the report is in the bucket; else 0"},
	{"publish.json", "publish.json", 5, false, "no failures: the event is on the bus"},
	{"deliver.json", "deliver.json", 5, false, "no failures if kasir local has a --webhook; else the event stays"},
}

// function returns the name of the function that takes the event.
func (f eventFile) function() string {
	name, _, _ := strings.Cut(strings.TrimSuffix(f.name, ".json"), "-")
	return name
}

// destination is the system that event files are made for: a running kasir local, or a deployed stage.
type destination struct {
	now          time.Time // by the functions' clock
	prefix       string    // that the issuer puts before a scope
	host, region string    // of the API
	returnURL    string    // where the customer's browser returns to; empty: none is allowed
	bucket       string    // of settlement reports; empty: there is none
	target       string    // path of notifications, which DOKU signs
	merchant     order.Merchant
	secret       doku.Secret // signs notifications; empty: no notifications are written
}

// The values in the folder events that are replaced by those of a destination.
const (
	sampleHost, sampleRegion = "abcdefghij.execute-api.ap-southeast-3.amazonaws.com", "ap-southeast-3"
	samplePaidAt             = "2026-08-27T10:25:00Z"
	sampleTransaction        = `\"transaction\":{`
	sampleBucket             = "kasir-local-reports"
)

var (
	sampleReturnURL = regexp.MustCompile(`,\\"callback_url\\":\\"[^"]*\\",\\"auto_redirect\\":true`)
	sampleInvoice   = regexp.MustCompile(`INV-EVENT-\d{4}`)
	sampleScope     = regexp.MustCompile(`\b(payments|tokens|settlements)(:[a-z]+)+\b`)
)

// invoice returns the number of the destination's n-th order. Files written later get other numbers.
func (c destination) invoice(n int) string {
	return fmt.Sprintf("SAM-%s-%d", strings.ToUpper(strconv.FormatInt(c.now.UnixMilli(), 36)), n)
}

// make returns the content of an event file.
func (c destination) make(f eventFile) ([]byte, error) {
	sample, err := events.Files.ReadFile(f.from)
	if err != nil {
		return nil, err
	}
	back := ""
	if c.returnURL != "" {
		back = `,\"callback_url\":\"` + c.returnURL + `\",\"auto_redirect\":true`
	}
	text := strings.NewReplacer(sampleHost, c.host, sampleBucket, c.bucket, sampleRegion, c.region,
		"1787829827", strconv.FormatInt(c.now.Add(time.Hour).Unix(), 10),
		"1787826227000", strconv.FormatInt(c.now.UnixMilli(), 10), "1787826227", strconv.FormatInt(c.now.Unix(), 10),
		"27/Aug/2026:10:23:47 +0000", c.now.UTC().Format("02/Jan/2006:15:04:05 -0700"),
		samplePaidAt, c.now.UTC().Format(time.RFC3339)).Replace(string(sample))
	text = sampleReturnURL.ReplaceAllLiteralString(text, back)
	text = sampleScope.ReplaceAllString(text, c.prefix+"$0")
	text = sampleInvoice.ReplaceAllString(text, c.invoice(f.order))
	if f.function() == "notify" {
		page := `\"original_request_id\":\"` + c.pageRequestID(f.order) + `\",`
		text = strings.Replace(text, sampleTransaction, sampleTransaction+page, 1)
	}
	return c.finish(f, text)
}

// pageRequestID returns the Request-Id under which createpage asks DOKU for the first page of the n-th order.
func (c destination) pageRequestID(n int) string {
	page := order.Operation{ID: string(order.KindCreatePage), Kind: order.KindCreatePage, Generation: 1}
	return order.Order{Invoice: c.invoice(n), Operations: []order.Operation{page}}.PageRequestIDs(c.merchant)[0]
}

// finish sets the headers that depend on the body: its length, and a notification's signature.
func (c destination) finish(f eventFile, text string) ([]byte, error) {
	var event struct{ Body string }
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		return nil, fmt.Errorf("%s: %w", f.from, err)
	}
	headers := map[string]string{"content-length": strconv.Itoa(len(event.Body))}
	if f.function() == "notify" {
		body := []byte(event.Body)
		signed := doku.Component{
			ClientID: c.merchant.ClientID, RequestID: doctorID(), Timestamp: c.now.UTC().Format(doku.TimestampLayout),
			Target: c.target, Digest: doku.Digest(body),
		}
		headers["client-id"], headers["request-id"] = signed.ClientID, signed.RequestID
		headers["request-timestamp"], headers["signature"] = signed.Timestamp, doku.Sign(c.secret, signed)
	}
	for name, value := range headers {
		text = setHeader(text, name, value)
	}
	return []byte(text), nil
}

// setHeader replaces the value of a header that the event has.
func setHeader(text, name, value string) string {
	line := regexp.MustCompile(`"` + name + `": "[^"]*"`)
	quoted, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings always encode
	}
	return line.ReplaceAllLiteralString(text, `"`+name+`": `+string(quoted))
}
