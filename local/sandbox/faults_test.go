package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/local/sandbox/faults"
)

// faults sets the faults for the rest of the test.
func (b *bench) faults(text string) {
	b.t.Helper()
	if status := b.control("POST", "/control/faults", text, nil); status != 200 {
		b.t.Fatalf("faults %s: %d", text, status)
	}
}

// requestFault requests a fault for the next call to an endpoint.
func (b *bench) requestFault(endpoint, fault string) {
	b.t.Helper()
	if status := b.control("POST", "/control/faults/next", `{"endpoint":"`+endpoint+`","fault":"`+fault+`"}`,
		nil); status != 200 {
		b.t.Fatalf("%s of %s: %d", fault, endpoint, status)
	}
}

func (b *bench) suffered() faultsAnswer {
	b.t.Helper()
	var got faultsAnswer
	b.control("GET", "/control/faults", "", &got)
	return got
}

func (b *bench) ledger(invoice string) ledgerEntry {
	b.t.Helper()
	var got struct{ Ledger []ledgerEntry }
	b.control("GET", "/control/ledger?invoice_number="+invoice, "", &got)
	if len(got.Ledger) != 1 {
		b.t.Fatalf("%d entries of %s", len(got.Ledger), invoice)
	}
	return got.Ledger[0]
}

// rough sends a signed call and accepts any answer. The error is that of the connection or of reading the body. genuine
// reports whether the answer is rightly signed.
func (b *bench) rough(method, target, requestID, body string) (a answer, genuine bool, err error) {
	b.t.Helper()
	req, _ := http.NewRequest(method, b.url+target, strings.NewReader(body))
	at := start.Format("2006-01-02T15:04:05Z")
	component := "Client-Id:" + DefaultClientID + "\nRequest-Id:" + requestID + "\nRequest-Timestamp:" + at +
		"\nRequest-Target:" + target
	if method == "POST" {
		component += "\nDigest:" + sha([]byte(body))
	}
	req.Header.Set("Client-Id", DefaultClientID)
	req.Header.Set("Request-Id", requestID)
	req.Header.Set("Request-Timestamp", at)
	req.Header.Set("Signature", hmacOver(component))
	// Each call has its own connection, because net/http repeats a GET if a used connection breaks.
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		return a, false, err
	}
	defer res.Body.Close()
	a = answer{status: res.StatusCode, header: res.Header}
	a.body, err = io.ReadAll(res.Body)
	genuine = res.Header.Get("Signature") == hmacOver(fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nResponse-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		res.Header.Get("Client-Id"), requestID, res.Header.Get("Response-Timestamp"), target, sha(a.body)))
	return a, genuine, err
}

// refundable pays and settles an invoice.
func (b *bench) refundable(invoice string) (original string) {
	b.t.Helper()
	b.pay(b.create(simple(invoice, 90000, "")), goodCard)
	b.next()
	b.control("POST", "/control/settle", `{"invoice_number":"`+invoice+`"}`, nil)
	return b.payment(invoice).RequestID
}

// Each case has the answer to the caller, and whether the refund was made.
func TestFaultsOfCalls(t *testing.T) {
	b := newBench(t, func(c *Config) { c.after = func(time.Duration) <-chan time.Time { return closedAlarm } })
	lost := func(a answer, genuine bool, err error) bool { return err != nil && a.status == 0 }
	trouble := func(a answer, genuine bool, err error) bool { return err == nil && a.status >= 500 }
	for _, c := range []struct {
		fault string
		done  int64
		seen  func(a answer, genuine bool, err error) bool
	}{
		{faults.LoseBefore, 0, lost},
		{faults.LoseAfter, 90000, lost},
		{faults.ErrorBefore, 0, trouble},
		{faults.ErrorAfter, 90000, trouble},
		{faults.Garble, 90000,
			func(a answer, _ bool, err error) bool { return a.status == 200 && (err != nil || !json.Valid(a.body)) }},
		{faults.BadSignature, 90000, func(a answer, genuine bool, err error) bool {
			return a.status == 200 && json.Valid(a.body) && a.header.Get("Signature") != "" && !genuine
		}},
		{faults.DelayBefore, 90000,
			func(a answer, genuine bool, err error) bool { return a.status == 200 && genuine && err == nil }},
		{faults.Delay, 90000,
			func(a answer, genuine bool, err error) bool { return a.status == 200 && genuine && err == nil }},
		{faults.Refuse, 0, func(a answer, genuine bool, err error) bool {
			return a.status == 200 && genuine && strings.Contains(string(a.body), `"status":"FAILED"`)
		}},
	} {
		invoice := "INV-" + c.fault
		original := b.refundable(invoice)
		b.faults(`{"calls":{"refund":{"` + c.fault + `":1}}}`)
		a, genuine, err := b.rough("POST", refundPath, c.fault, refundBodyOf(invoice, original, 90000))
		if !c.seen(a, genuine, err) {
			t.Errorf("%s: HTTP %d, genuine %t, error %v: %s", c.fault, a.status, genuine, err, a.body)
		}
		e := b.ledger(invoice)
		if e.Refunded != c.done {
			t.Errorf("%s: %d was refunded, want %d", c.fault, e.Refunded, c.done)
		}
		if got := b.suffered(); got.Suffered["refund"][c.fault] != 1 || got.Calls["refund"] != 1 {
			t.Errorf("%s: counted %+v", c.fault, got)
		}
		b.faults(`{}`)
		// The same Request-Id repeats the answer of a refund that was made or refused, and makes one that was not.
		again := b.post(refundPath, c.fault, refundBodyOf(invoice, original, 90000))
		if want := map[bool]int{true: 409, false: 200}[c.done > 0 || c.fault == faults.Refuse]; again.status != want {
			t.Errorf("%s, again: %d, want %d: %s", c.fault, again.status, want, again.body)
		}
		if e := b.ledger(invoice); e.DoubleRefunds != 0 || (e.Refunded == 0) != (c.fault == faults.Refuse) {
			t.Errorf("%s, again: %+v", c.fault, e)
		}
	}
}

// closedAlarm fires at once.
var closedAlarm = func() chan time.Time { c := make(chan time.Time); close(c); return c }()

func TestACaptureCanBeRefused(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	b.requestFault("capture", faults.Refuse)
	var got captureAnswer
	b.call(capturePath, captureBody(id, ""), &got)
	if got.Payment.Status != "FAILED" || got.Payment.ResponseCode != "05" || b.ledger("INV-1").Captured != 0 {
		t.Errorf("%+v", got)
	}
	b.call(capturePath, captureBody(id, ""), &got)
	e := b.ledger("INV-1")
	if got.Payment.Status != "SUCCESS" || len(e.Captures) != 2 || e.Captures[0].Status != "FAILED" ||
		e.Captured != 90000 || e.DoubleCaptures != 0 {
		t.Errorf("%+v", e)
	}
}

// All shapes of errors that were seen at DOKU appear. Those in JSON are signed like every answer.
func TestServerErrorsHaveEveryShape(t *testing.T) {
	b := newBench(t)
	b.faults(`{"error_before":1}`)
	seen := map[string]bool{}
	for i := range 100 {
		a, genuine, err := b.rough("POST", refundPath, fmt.Sprint("r", i), `{}`)
		if err != nil || a.status < 500 || a.status > 503 || bytes.HasPrefix(a.body, []byte("{")) != genuine {
			t.Fatalf("HTTP %d, genuine %t, error %v: %s", a.status, genuine, err, a.body)
		}
		seen[string(a.body)] = true
	}
	for shape := range 6 {
		if answer, _ := faults.ServerError(shape); !seen[answer.Body] {
			t.Errorf("never seen: %s", answer.Body)
		}
	}
}

func TestGarbledAnswersHaveEveryShape(t *testing.T) {
	b := newBench(t)
	b.faults(`{"garble":1}`)
	kinds := map[string]int{}
	for i := range 60 {
		a, genuine, err := b.rough("POST", "/credit-card/v1/payment-page", fmt.Sprint("r", i),
			simple(fmt.Sprint("INV-", i), 90000, ""))
		kind := fmt.Sprintf("broken off %t, empty %t, signed %t, %s", err != nil, len(a.body) == 0, genuine,
			a.header.Get("Content-Type"))
		kinds[kind]++
		if a.status != 200 || json.Valid(a.body) {
			t.Errorf("HTTP %d %s", a.status, a.body)
		}
	}
	for _, kind := range []string{
		"broken off true, empty false, signed false, application/json",
		"broken off false, empty false, signed true, application/json",
		"broken off false, empty true, signed true, application/json",
		"broken off false, empty false, signed false, text/html",
	} {
		if kinds[kind] == 0 {
			t.Errorf("never seen: %s; but %v", kind, kinds)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("%v", kinds)
	}
}

// A delayed call arrives even after its caller has hung up.
func TestADelayedCallArrivesThoughItsCallerLeft(t *testing.T) {
	waiting, alarm, over := make(chan bool), make(chan time.Time), make(chan bool, 1)
	b := newBench(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(watcher(func(line string) {
			if strings.Contains(line, "msg=sandbox") && strings.Contains(line, "request_id=late") {
				over <- true
			}
		}), nil))
		c.after = func(d time.Duration) <-chan time.Time {
			if d < 2*time.Second || d > 3*time.Second {
				t.Errorf("a delay of %s", d)
			}
			waiting <- true
			return alarm
		}
	})
	original := b.refundable("INV-1")
	b.faults(`{"delay_before":1,"delay_min":"2s","delay_max":"3s"}`)
	ctx, hangUp := context.WithCancel(t.Context())
	body := refundBodyOf("INV-1", original, 90000)
	at := start.Format("2006-01-02T15:04:05Z")
	req, _ := http.NewRequestWithContext(ctx, "POST", b.url+refundPath, strings.NewReader(body))
	req.Header = http.Header{"Client-Id": {DefaultClientID}, "Request-Id": {"late"}, "Request-Timestamp": {at},
		"Signature": {hmacOver(
			"Client-Id:" + DefaultClientID + "\nRequest-Id:late\nRequest-Timestamp:" + at + "\nRequest-Target:" +
				refundPath + "\nDigest:" + sha([]byte(body)))}}
	left := make(chan bool)
	go func() {
		if res, err := http.DefaultClient.Do(req); err == nil {
			t.Errorf("answered %s", res.Status)
		}
		close(left)
	}()
	<-waiting
	hangUp()
	<-left
	if e := b.ledger("INV-1"); e.Refunded != 0 {
		t.Errorf("refunded before it arrived: %+v", e)
	}
	close(alarm)
	<-over
	if e := b.ledger("INV-1"); e.Refunded != 90000 || len(e.Refunds) != 1 || e.Refunds[0].RequestID != "late" {
		t.Errorf("%+v", e)
	}
}

// watcher gets every line of a log.
type watcher func(string)

func (w watcher) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}

func TestFaultsOfStatus(t *testing.T) {
	b := newBench(t)
	b.create(simple("INV-1", 90000, ""))
	b.faults(`{"calls":{"status":{"lose_after":1}}}`)
	if a, _, err := b.rough("GET", "/orders/v1/status/INV-1", "s1", ""); err == nil {
		t.Errorf("answered %d", a.status)
	}
	b.create(simple("INV-2", 90000, "")) // others do not
	for _, path := range []string{"/control/payments", "/healthz", "/"} {
		if a := b.get(b.url + path); a.status != 200 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// An endpoint in Calls has only the faults written there. All others have the common faults.
func TestFaultsByEndpoint(t *testing.T) {
	b := newBench(t)
	b.faults(`{"lose_before":1,"calls":{"createpage":{}}}`)
	b.create(simple("INV-1", 90000, ""))
	for _, path := range []string{capturePath, refundPath, "/tokenization/v1/tokens", "/tokenization/v2/get-token",
		"/credit-card/delete-tokenization", "/tokenization/v2/delete-token"} {
		if a, _, err := b.rough("POST", path, "r", `{}`); err == nil {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	want := map[string]map[string]int{"capture": {faults.LoseBefore: 1}, "refund": {faults.LoseBefore: 1},
		"listtokens": {faults.LoseBefore: 2}, "deletetoken": {faults.LoseBefore: 2}}
	if diff := cmp.Diff(want, b.suffered().Suffered); diff != "" {
		t.Errorf("suffered (-want +got):\n%s", diff)
	}
}

func TestRequestedFaults(t *testing.T) {
	b := newBench(t)
	if status := b.control("POST", "/control/faults/next", `{"endpoint":"createpage","fault":"lose_before","times":2}`,
		nil); status != 200 {
		t.Fatal(status)
	}
	b.requestFault("createpage", faults.ErrorBefore)
	body := simple("INV-1", 90000, "")
	for range 2 {
		if a, _, err := b.rough("POST", "/credit-card/v1/payment-page", "r", body); err == nil {
			t.Errorf("answered %d", a.status)
		}
	}
	if diff := cmp.Diff([]faults.RequestedFault{{Endpoint: "createpage", Fault: faults.ErrorBefore, Times: 1}},
		b.suffered().Next); diff != "" {
		t.Errorf("still to come (-want +got):\n%s", diff)
	}
	if a, _, err := b.rough("POST", "/credit-card/v1/payment-page", "r", body); err != nil || a.status < 500 {
		t.Errorf("%d, %v", a.status, err)
	}
	b.create(body)
	// Requested faults come before drawn ones.
	b.faults(`{"lose_before":1}`)
	b.requestFault("createpage", faults.ErrorBefore)
	if a, _, err := b.rough("POST", "/credit-card/v1/payment-page", "r2", body); err != nil || a.status < 500 {
		t.Errorf("%d, %v", a.status, err)
	}
}

// Among the faults of all calls, refuse applies only to calls that a bank can refuse.
func TestRefuseAppliesToCapturesAndRefunds(t *testing.T) {
	b := newBench(t)
	b.faults(`{"refuse":1}`)
	body := refundBodyOf("INV-1", b.refundable("INV-1"), 90000)
	if a := b.post(refundPath, "r", body); !strings.Contains(string(a.body), `"status":"FAILED"`) {
		t.Errorf("%s", a.body)
	}
	if diff := cmp.Diff(map[string]map[string]int{"refund": {faults.Refuse: 1}}, b.suffered().Suffered); diff != "" {
		t.Errorf("suffered (-want +got):\n%s", diff)
	}
}

func TestFaultsAreChecked(t *testing.T) {
	b := newBench(t)
	b.faults(`{"seed":3,"forget_after":"1h"}`)
	for text, message := range map[string]string{
		`{"lose_after":1.5}`:                                 "lose_after must be between 0 and 1",
		`{"lose_after":-0.1}`:                                "lose_after must be between 0 and 1",
		`{"lose_after":"1"}`:                                 "lose_after",
		`{"loose_after":0.1}`:                                `unknown field "loose_after"`,
		`{"lose_after":0.6,"garble":0.6}`:                    "add up to 1.2",
		`{"calls":{"refunds":{"lose_after":0.1}}}`:           "calls.refunds is not an endpoint; the endpoints are createpage, capture",
		`{"calls":{"refund":{"garble":2}}}`:                  "calls.refund.garble must be between 0 and 1",
		`{"calls":{"status":{"refuse":0.1}}}`:                "calls.status.refuse: only capture, refund can have it",
		`{"calls":{"refund":{"delay":1,"delay_max":"16m"}}}`: "calls.refund.delay_max must be between 0s and 15m0s",
		`{"delay_min":"2s","delay_max":"1s"}`:                "delay_min is more than delay_max",
		`{"notifications":{"drop":7}}`:                       "notifications.drop must be between 0 and 1",
		`{"notifications":{"drop_first":-1}}`:                "notifications.drop_first and notifications.late_by must not be negative",
		`{"notifications":{"lose":0.9,"forge":0.2}}`:         "notifications.lose and the others add up to 1.1",
		`{"notifications":{"delay_min":"-1s"}}`:              "notifications.delay_min must be",
		`{"forget_after":"-1h"}`:                             "forget_after and page_lifetime must not be negative",
		`{"forget_after":"soon"}`:                            "soon",
		`{"amounts":"roman"}`:                                "amounts must be one of text, decimals, text_decimals, exponent",
		`{"unsigned_answers":{"post":true}}`:                 `unknown field "post"`,
		`{"calls":{"refund":{"bad_page_url":1}}}`:            "calls.refund.bad_page_url: only createpage can have it",
		`{} {}`: "unexpected text after",
		``:      "reading the JSON",
	} {
		req, _ := http.NewRequest("POST", b.url+"/control/faults", strings.NewReader(text))
		if a := b.do(req); a.status != 400 || !strings.Contains(a.message(), message) {
			t.Errorf("%s: %d %q, want %q", text, a.status, a.message(), message)
		}
	}
	for text, message := range map[string]string{
		`{"endpoint":"pay","fault":"lose_after"}`:                            "endpoint must be one of createpage",
		`{"endpoint":"refund","fault":"drop"}`:                               "fault of refund must be one of lose_before",
		`{"endpoint":"status","fault":"refuse"}`:                             "fault of status must be one of",
		`{"endpoint":"refund","fault":""}`:                                   "fault of refund must be one of",
		`{"endpoint":"refund","fault":"refuse","times":0}`:                   "times must be at least 1",
		`{"endpoint":"notifications","fault":"lose_after"}`:                  "fault of notifications must be one of drop, late, lose, ",
		`{"endpoint":"notifications","fault":"drop","time":1}`:               "unknown field",
		`{"endpoint":"refund","fault":"foreign_after","form":"200-nothing"}`: "form of foreign_after must be one of 404-gateway, ",
		`{"endpoint":"refund","fault":"foreign_before","form":"200-gzip"}`:   "form of foreign_before must be one of",
		`{"endpoint":"refund","fault":"foreign_after","form":"299"}`:         "form of foreign_after must be one of",
		`{"endpoint":"refund","fault":"lose_after","form":"404"}`:            "lose_after has no forms",
		`{"endpoint":"refund","fault":"delay","wait":"1h"}`:                  "wait must be between 0s and 15m0s",
	} {
		req, _ := http.NewRequest("POST", b.url+"/control/faults/next", strings.NewReader(text))
		if a := b.do(req); a.status != 400 || !strings.Contains(a.message(), message) {
			t.Errorf("%s: %d %q, want %q", text, a.status, a.message(), message)
		}
	}
	if got := b.suffered(); got.Faults.Seed != 3 || got.Faults.ForgetAfter != Duration(time.Hour) ||
		len(got.Next) != 0 {
		t.Errorf("in force after refusals: %+v", got)
	}
	_, err := New(Config{ClientID: "a", SecretKey: "b", Faults: Faults{CallFaults: CallFaults{Garble: 2}}})
	if err == nil || err.Error() != "sandbox: Faults: garble must be between 0 and 1" {
		t.Errorf("New: %v", err)
	}
}

func TestFaultsOfTheConfig(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Faults = Faults{Calls: map[string]CallFaults{"createpage": {LoseBefore: 1}}}
	})
	if a, _, err := b.rough("POST", "/credit-card/v1/payment-page", "r", simple("INV-1", 90000, "")); err == nil {
		t.Errorf("answered %d", a.status)
	}
}
