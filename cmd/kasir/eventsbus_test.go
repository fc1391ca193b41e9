package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kasir/local/aws/eventbridge"
	"kasir/local/customer"
	"kasir/local/stack/bus"
)

// eventsList runs kasir events list --json.
func eventsList(t *testing.T, data string, args ...string) []bus.Event {
	t.Helper()
	var list eventsListDocument
	oneDocument(t, &list, false, kasir(t, append([]string{"events", "list", "--data", data}, args...)...))
	return list.Events
}

// follow starts kasir events tail, and returns its events once it follows. The first ones are payment.failed.
func follow(t *testing.T, data string) (events <-chan bus.Event, end func() error) {
	t.Helper()
	tail := kasir(t, "events", "tail", "--json", "--data", data)
	pipe, err := tail.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tail.Start(); err != nil {
		t.Fatal(err)
	}
	came := make(chan bus.Event, 100)
	go func() {
		defer close(came)
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			var e bus.Event
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Errorf("the tail printed %q", lines.Text())
			}
			came <- e
		}
	}()
	for len(came) == 0 { // it follows from some moment on
		var played triggerDocument
		oneDocument(t, &played, false, kasir(t, "trigger", "failed", "--data", data))
	}
	return came, func() error {
		tail.Process.Signal(os.Interrupt)
		for range came { // Wait closes the pipe
		}
		return tail.Wait()
	}
}

// tail prints an event when it comes, and again when it is sent again. The list has both.
func TestEventsAreFollowedListedAndSentAgain(t *testing.T) {
	data := t.TempDir()
	startLocal(t, data, freePort(t))
	events, end := follow(t, data)
	next := func() (e bus.Event) {
		for e = range events {
			if e.Type == "payment.paid" {
				return e
			}
		}
		t.Fatal("the tail has ended")
		return e
	}
	var played triggerDocument
	oneDocument(t, &played, false, kasir(t, "trigger", "paid", "--data", data))
	seen := next()
	if seen.Read().Order.InvoiceNumber != played.Invoice || seen.Duplicate {
		t.Errorf("%+v", seen)
	}
	var again bus.Event
	oneDocument(t, &again, false, kasir(t, "events", "resend", seen.ID, "--data", data))
	e := next()
	if e.ID != seen.ID || !e.Duplicate || string(e.Detail) != string(seen.Detail) || e.Place != again.Place {
		t.Errorf("sent again: %+v, %+v", again, e)
	}
	if err := end(); err != nil {
		t.Errorf("the tail ended with %v", err)
	}
	if all := eventsList(t, data); len(all) < 3 || all[len(all)-1].Place != again.Place {
		t.Errorf("%+v", all)
	}
	if all := eventsList(t, data, "--invoice", played.Invoice, "--limit", "1"); len(all) != 1 || !all[0].Duplicate {
		t.Errorf("%+v", all)
	}
	if all := eventsList(t, data, "--type", "paid"); len(all) != 2 {
		t.Errorf("%+v", all)
	}
	text, _, err := output(t, kasir(t, "events", "list", "--data", data))
	want := fmt.Sprintf("payment.paid                %s  PAID  90000  %s  (again)\n", played.Invoice, seen.ID)
	if err != nil || !strings.HasSuffix(text, want) {
		t.Errorf("%v: %s, want %s", err, text, want)
	}
}

func TestTheCommandsOfEventsNameWhatIsWrong(t *testing.T) {
	data := t.TempDir()
	startLocal(t, data, freePort(t))
	var played triggerDocument
	oneDocument(t, &played, false, kasir(t, "trigger", "paid", "--data", data))
	id := played.Events[0].ID
	for _, c := range []struct{ args, data, want string }{
		{"resend " + id[:12], data, "close to it: " + id + " (payment.paid of " + played.Invoice + ")"},
		{"resend " + id[4:12], data, "close to it: " + id},
		{"resend " + played.Invoice, data, "close to it: " + id},
		{"resend evt-none", data, "kasir events list shows them"},
		{"list --type settled", data, `--type "settled": the types are payment.paid, payment.authorized`},
		{"list --limit 0", data, "--limit 0: it takes 1 to 1000"},
		{"tail", t.TempDir(), "no kasir local is running"},
	} {
		args := append([]string{"events"}, append(strings.Fields(c.args), "--data", c.data)...)
		if _, problem, err := output(t, kasir(t, args...)); err == nil || !strings.Contains(problem, c.want) ||
			strings.Count(problem, "\n") != 1 {
			t.Errorf("%q: %s, %v, want %s", c.args, problem, err, c.want)
		}
	}
}

// payForEver makes orders and pays them until kasir local is gone. It reports each order that is PAID.
func (r *running) payForEver(ctx context.Context, prefix string, reported func(invoice string)) {
	for n := 0; ; n++ {
		invoice := fmt.Sprintf("%s-%d", prefix, n)
		page, err := r.CreatePage(ctx, fmt.Appendf(nil,
			`{"order":{"invoice_number":%q,"amount":1000},"customer":{"email":"budi@example.com"}}`, invoice))
		if err == nil {
			err = customer.Pay(ctx, http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa)
		}
		if err == nil {
			_, err = r.Await(ctx, invoice, "PAID")
		}
		if err != nil {
			return
		}
		reported(invoice)
	}
}

// kasir local is killed while customers pay. Each order that was reported as PAID before the kill has its event after
// the next start.
func TestAKillLosesNoEvent(t *testing.T) {
	const rounds, customers, enough = 3, 4, 12
	data := t.TempDir()
	paid := map[string]int{} // how many events each paid order has
	for round := range rounds {
		r := startLocal(t, data, freePort(t))
		r.Token = tokenOf(t, r.URL)
		reported := make(chan string)
		var paying sync.WaitGroup
		for c := range customers {
			paying.Go(func() {
				prefix := fmt.Sprintf("KILL-%d-%d", round, c)
				r.payForEver(t.Context(), prefix, func(invoice string) { reported <- invoice })
			})
		}
		go func() { paying.Wait(); close(reported) }()
		n, killed := 0, make(chan error, 1)
		for invoice := range reported {
			paid[invoice] = 0
			if n++; n == enough+round {
				go func() { killed <- r.end(t, syscall.SIGKILL) }()
			}
		}
		<-killed
	}
	r := startLocal(t, data, freePort(t))
	client := bus.Client{URL: r.URL + "/dev/events"}
	for after, missing := int64(0), len(paid); missing > 0; {
		query := bus.Query{After: after, Limit: eventbridge.Limit, Type: "payment.paid"}
		l, err := client.List(t.Context(), query, bus.LongestWait)
		if err != nil || len(l.Events) == 0 {
			t.Fatalf("of %d paid orders %d have no event, %v", len(paid), missing, err)
		}
		after = l.Last
		for _, e := range l.Events {
			n, known := paid[e.Read().Order.InvoiceNumber]
			if known && n == 0 {
				missing--
			}
			paid[e.Read().Order.InvoiceNumber]++
		}
	}
	t.Logf("%d orders have their events after %d kills", len(paid), rounds)
}
