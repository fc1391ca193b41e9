package stack_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/shared/route"
)

// The clock skips the minutes at which nothing is due. The orders end up the same as if it skipped none.
func TestMinutesAtWhichNothingIsDueChangeNothing(t *testing.T) {
	for _, schedule := range route.Schedules {
		if schedule.Function != "reconcile" || schedule.Every != time.Minute {
			t.Fatalf("%+v: the clock knows when reconcile has nothing to do, and no other function", schedule)
		}
	}
	each, some := history(t, true), history(t, false)
	if len(each) < 15 || len(each) != len(some) {
		t.Fatalf("%d events when no minute is left out, %d otherwise:\n%s\n\n%s",
			len(each), len(some), text(each), text(some))
	}
	for i, e := range each {
		s := some[i]
		if e.what != s.what || e.minute-s.minute > 1 || s.minute-e.minute > 1 { // the start took some seconds
			t.Errorf("%v when no minute is left out, %v otherwise", e, s)
		}
	}
}

// happening is an entry of an order's history, by the minutes since the start.
type happening struct {
	what   string
	minute int
}

func text(all []happening) string {
	var lines []string
	for _, h := range all {
		lines = append(lines, fmt.Sprint(h))
	}
	return strings.Join(lines, "\n")
}

// history makes orders of several kinds, moves the clock by 100 minutes, and returns the orders' histories.
func history(t *testing.T, eachMinute bool) []happening {
	s := openTimed(t, func(c *stack.Config) { c.RetryDelays = []time.Duration{30 * time.Minute, 6 * time.Hour} })
	begin := s.Clock.Now().Truncate(time.Hour).Add(time.Hour)
	s.advance(t, time.Until(begin.Add(-s.Clock.Ahead()).Add(5*time.Second)).String())
	if eachMinute {
		stack.RunEachMinute(s.Stack)
	}
	s.page(t, "MINUTES-1") // stays unpaid
	s.control(t, "faults/next", `{"endpoint":"notifications","fault":"lose"}`)
	s.buy(t, "MINUTES-2", ``, customer.Visa) // the first notification is lost
	s.control(t, "faults/next", `{"endpoint":"notifications","fault":"drop"}`)
	s.buy(t, "MINUTES-3", ``, customer.Visa) // all notifications are lost
	s.buy(t, "MINUTES-4", `,"payment":{"type":"AUTHORIZE"}`, customer.Visa)
	s.await(t, "MINUTES-4", "AUTHORIZED")
	s.control(t, "faults/next", `{"endpoint":"capture","fault":"lose_before","times":3}`)
	if status, answer := s.request(t, "POST", "/payments/MINUTES-4/capture", "", `{}`); status != 202 {
		t.Fatalf("a capture that is lost: %d %v", status, answer)
	}
	s.buy(t, "MINUTES-5", ``, customer.Mastercard)
	s.await(t, "MINUTES-5", "PAID")
	s.control(t, "settle", `{"invoice_number":"MINUTES-5"}`)
	s.control(t, "faults/next", `{"endpoint":"refund","fault":"lose_after"}`)
	status, answer := s.request(t, "POST", "/payments/MINUTES-5/refunds", rand.Text(), `{"refund":{"amount":30000}}`)
	if status != 202 {
		t.Fatalf("a refund whose answer is lost: %d %v", status, answer)
	}
	s.advance(t, "100m")
	var all []happening
	for i := range 5 {
		all = append(all, s.historyOf(t, fmt.Sprintf("MINUTES-%d", i+1), begin)...)
	}
	return all
}

func (s *timed) historyOf(t *testing.T, invoice string, begin time.Time) []happening {
	t.Helper()
	_, shown := s.request(t, "GET", "/payments/"+invoice, "", "")
	end := fmt.Sprintln(invoice, shown["status"], shown["captured"], shown["refunded"], s.ledger(t, invoice))
	all := []happening{{end, 0}}
	events, _ := shown["history"].([]any)
	for _, e := range events {
		event, _ := e.(map[string]any)
		at, err := time.Parse(time.RFC3339, fmt.Sprint(event["at"]))
		if err != nil {
			t.Fatal(err)
		}
		of, _, _ := strings.Cut(fmt.Sprint(event["of"]), "-") // the rest is random
		if strings.HasPrefix(of, "CREDIT_CARD") {
			of = "a notification"
		}
		all = append(all, happening{fmt.Sprint(invoice, " ", event["what"], " ", of), int(at.Sub(begin).Minutes())})
	}
	return all
}
