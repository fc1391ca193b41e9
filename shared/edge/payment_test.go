package edge

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// A caller who may capture or refund any payment does not see the parts for readers of the payment or of every payment.
func TestAPaymentIsShownToWhoMayReadIt(t *testing.T) {
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	o := order.Order{
		Invoice: "INV-1", Amount: 90000, Readers: []string{order.ReaderOf("CUST-1")},
		Facts: order.Facts{Page: &order.Page{URL: "https://pay.example/p?sign=s3cret", At: at, ExpiresAt: at}},
		Operations: []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 1000, RequestID: "req7",
			State: order.Parked, FirstAt: at}},
		History: []order.HistoryEntry{{At: at, What: "notification", Of: "N-77", Detail: "SALE SUCCESS"}},
	}
	const page, review, history = "s3cret", "req7", "N-77"
	for _, test := range []struct {
		name  string
		to    payment.Caller
		shown string
	}{
		{"a token to capture or refund with", payment.Caller{Subject: "BACK-1"}, ""},
		{"the customer", payment.Caller{Subject: "CUST-1"}, page},
		{"who reads every payment", payment.Caller{Subject: "BACK-1", ReadsAll: true}, page + review + history},
	} {
		text, err := json.Marshal(ShowPayment(test.to, o, time.Time{}))
		if err != nil || !strings.Contains(string(text), `"refund-1"`) {
			t.Fatal(err, string(text))
		}
		for _, piece := range []string{page, review, history} {
			if strings.Contains(string(text), piece) != strings.Contains(test.shown, piece) {
				t.Errorf("%s: %s, want of it %q", test.name, text, test.shown)
			}
		}
	}
}

// The times and the type are shown to everybody. The merchant's metadata, the capture that has ended and the person who
// asked for it are shown only to callers that may read every payment.
func TestWhatAPaymentShowsToWhom(t *testing.T) {
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	captured := func(state order.State) order.Order {
		return order.Order{
			Invoice: "INV-1", Amount: 90000, CreatedAt: at, Plan: order.Plan{Type: "AUTHORIZE"},
			Readers: []string{order.ReaderOf("CUST-1")}, Metadata: order.Metadata{"cart_id": "CART-77"},
			Facts: order.Facts{Captured: &order.Capture{At: at.Add(time.Minute), Amount: 60000}},
			Operations: []order.Operation{{ID: "capture", Kind: order.KindCapture, Amount: 60000, State: state,
				FirstAt: at, By: "sub-of-sari", Resolved: order.Act{At: at, By: "sub-of-tono", Note: "seen at DOKU"}}},
		}
	}
	const shared = `"status":"PAID","type":"AUTHORIZE","created_at":"2026-08-27T10:00:00Z","captured":60000,` +
		`"captured_at":"2026-08-27T10:01:00Z"`
	const asked = `"capture":{"amount":60000,"status":`
	const staff = `"at":"2026-08-27T10:00:00Z","requested_by":"sub-of-sari",` +
		`"resolved":{"at":"2026-08-27T10:00:00Z","by":"sub-of-tono","note":"seen at DOKU"}}`
	for _, test := range []struct {
		to     payment.Caller
		state  order.State
		shown  []string
		hidden []string
	}{
		{payment.Caller{Subject: "CUST-1"}, order.Done, []string{shared}, []string{"CART-77", "sari", asked}},
		{payment.Caller{Subject: "CUST-1"}, order.Refused, []string{shared}, []string{asked}},
		{payment.Caller{Subject: "CUST-1"}, order.Parked, []string{asked + `"IN_REVIEW"`}, []string{"sari", "tono"}},
		{payment.Caller{Subject: "BACK-1"}, order.Done, []string{shared}, []string{"CART-77", "sari", asked}},
		{payment.Caller{Subject: "BACK-1", ReadsAll: true}, order.Done,
			[]string{shared, `"metadata":{"cart_id":"CART-77"}`, asked + `"SUCCESS",` + staff}, nil},
		{payment.Caller{Subject: "BACK-1", ReadsAll: true}, order.Refused, []string{asked + `"FAILED",` + staff}, nil},
	} {
		text, err := json.Marshal(ShowPayment(test.to, captured(test.state), at))
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range test.shown {
			if !strings.Contains(string(text), piece) {
				t.Errorf("%+v, %s: %s is not in %s", test.to, test.state, piece, text)
			}
		}
		for _, piece := range test.hidden {
			if strings.Contains(string(text), piece) {
				t.Errorf("%+v, %s: %s is in %s", test.to, test.state, piece, text)
			}
		}
	}
}

// DOKU's reason for a refusal is shown. An operator's note is shown only in the history, also if an older item has it
// in the refusal.
func TestARefundShowsNoOperatorsNote(t *testing.T) {
	for code, want := range map[string]string{"N8": "Not like this", order.ByOperator: ""} {
		v := ShowRefund(payment.Caller{},
			order.Operation{ID: "refund-1", State: order.Refused,
				Refusal: order.Refusal{Code: code, Message: "Not like this"}})
		if v.Message != want || v.Status != "FAILED" {
			t.Errorf("%s: %+v", code, v)
		}
	}
}

// A person's note and name are shown only to callers that may read every payment.
func TestBelieve9ANoteIsShownToWhoReadsEveryPayment(t *testing.T) {
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	act := order.Act{At: at, By: "sub-of-sari", Username: "sari", Note: "Budi wants his money back"}
	asked := order.Operation{State: order.Done, FirstAt: at, By: act.By, Username: act.Username, Note: act.Note}
	capture, refund := asked, asked
	capture.ID, capture.Kind, capture.State = "capture", order.KindCapture, order.Open // which everybody sees
	refund.ID, refund.Kind, refund.Amount, refund.Resolved = "refund-1", order.KindRefund, 1000, act
	conflict := order.NewConflict(order.ConflictAmount, "80000", "DOKU reported 80000",
		order.Facts{Paid: &order.Payment{At: at, Amount: 80000}})
	o := order.Order{
		Invoice: "INV-1", Amount: 90000, Readers: []string{order.ReaderOf("CUST-1")},
		Facts: order.Facts{
			Closed: &act, Conflicts: []order.Conflict{conflict},
			Decisions: []order.Decision{{ID: conflict.ID, Act: act}},
			Remarks:   []order.Remark{{Kind: order.RemarkOddCode, Detail: "a code", At: at}},
		},
		Operations: []order.Operation{capture, refund},
	}
	for to, want := range map[payment.Caller]int{
		{Subject: "CUST-1"}: 0, {Subject: "BACK-1"}: 0, {Subject: "BACK-1", ReadsAll: true}: 5,
	} {
		text, err := json.Marshal(ShowPayment(to, o, at))
		if err != nil {
			t.Fatal(err)
		}
		if notes, who := strings.Count(string(text), act.Note), strings.Count(string(text), "sari"); notes != want ||
			(who == 0) != (want == 0) {
			t.Errorf("%+v: %d notes, %d times who, want %d: %s", to, notes, who, want, text)
		}
		if !strings.Contains(string(text), `"closed":{"at":"2026-08-27T10:00:00Z"`) {
			t.Errorf("%+v is not told that the order was closed: %s", to, text)
		}
	}
}

// The pay-out day of a settled sale is the day in Jakarta, as in the report and in GET /settlements.
func TestAPayOutIsADayInJakarta(t *testing.T) {
	midnight := time.Date(2026, 5, 3, 17, 0, 0, 0, time.UTC)
	o := order.Order{Facts: order.Facts{Settled: []order.Settled{{PaidOut: midnight}}}}
	view := ShowPayment(payment.Caller{ReadsAll: true}, o, time.Time{})
	text, err := json.Marshal(view.Settlement)
	if err != nil || !strings.Contains(string(text), `"paid_out":"2026-05-04"`) {
		t.Error(err, string(text))
	}
}
