package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/sandbox/faults"
)

// requestForm requests a fault in a form for the next call to an endpoint.
func (b *bench) requestForm(endpoint, fault, form string) {
	b.t.Helper()
	ask := fmt.Sprintf(`{"endpoint":%q,"fault":%q,"form":%q}`, endpoint, fault, form)
	if status := b.control("POST", "/control/faults/next", ask, nil); status != 200 {
		b.t.Fatalf("%s: %d", ask, status)
	}
}

// Every foreign answer has the status of its form and no signature. The ledger shows whether the refund was made. A repeat
// of the Request-Id is done once.
func TestForeignAnswers(t *testing.T) {
	b := newBench(t)
	for fault, done := range map[string]int64{faults.ForeignBefore: 0, faults.ForeignAfter: 90000} {
		for _, form := range append(faults.Forms(faults.Refund, fault), "300", "451", "599") {
			t.Run(fault+" "+form, func(t *testing.T) {
				invoice := "INV-" + fault + "-" + form
				body := refundBodyOf(invoice, b.refundable(invoice), 90000)
				b.requestForm(faults.Refund, fault, form)
				a, genuine, err := b.rough("POST", refundPath, "r-"+invoice, body)
				digits, _, _ := strings.Cut(form, "-")
				if want, _ := strconv.Atoi(digits); err != nil || a.status != want {
					t.Errorf("HTTP %d, error %v", a.status, err)
				}
				if kept := form == "200-text"; genuine != kept {
					t.Errorf("genuine: %t", genuine)
				}
				if e := b.ledger(invoice); e.Refunded != done {
					t.Errorf("%d was refunded, want %d", e.Refunded, done)
				}
				again := b.post(refundPath, "r-"+invoice, body)
				if want := map[bool]int{true: 409, false: 200}[done > 0]; again.status != want {
					t.Errorf("again: %d, want %d", again.status, want)
				}
				if e := b.ledger(invoice); e.Refunded != 90000 || e.DoubleRefunds+e.AlikeRefunds != 0 {
					t.Errorf("again: %+v", e)
				}
			})
		}
	}
}

// The answers behind a lost refund are exact, byte for byte.
func TestForeignAnswersByteForByte(t *testing.T) {
	b := newBench(t)
	for form, want := range map[string]struct{ kind, body string }{
		"404-gateway": {"application/json", `{"message":"no Route matched with those values"}`},
		"404-errors": {"application/json",
			`{"errors":{"code":"NOT_FOUND","message":"The requested resource was not found"}}`},
		"499": {"", ""},
		"204": {"", ""},
	} {
		b.requestForm(faults.Capture, faults.ForeignBefore, form)
		a, _, _ := b.rough("POST", capturePath, "c", `{}`)
		if string(a.body) != want.body || a.header.Get("Content-Type") != want.kind || a.header.Get("Signature") != "" {
			t.Errorf("%s: %v %s", form, a.header, a.body)
		}
	}
}

// Right answers can be changed on the way.
func TestRightAnswersAreSpoiled(t *testing.T) {
	b := newBench(t)
	right := func(body []byte) bool { return json.Valid(body) && bytes.Contains(body, []byte(`"status":"SUCCESS"`)) }
	for form, spoiled := range map[string]func(a answer) bool{
		"200-cut":     func(a answer) bool { return !json.Valid(a.body) && len(a.body) > 50 },
		"200-doubled": func(a answer) bool { return right(a.body[:len(a.body)/2]) && right(a.body[len(a.body)/2:]) },
		"200-text":    func(a answer) bool { return right(a.body) && a.header.Get("Content-Type") == "text/plain" },
		"200-gzip":    func(a answer) bool { return a.header.Get("Content-Encoding") == "gzip" && a.body[0] == 0x1f },
		"200-bom": func(a answer) bool {
			return right(bytes.TrimPrefix(a.body, []byte("\xef\xbb\xbf"))) && !right(a.body)
		},
	} {
		for suffix, signed := range map[string]bool{"": true, "-unsigned": false} {
			invoice := "INV-" + form + suffix
			body := refundBodyOf(invoice, b.refundable(invoice), 90000)
			b.requestForm(faults.Refund, faults.ForeignAfter, form+suffix)
			a, _, err := b.rough("POST", refundPath, "r-"+invoice, body)
			if err != nil || !spoiled(a) || (a.header.Get("Signature") != "") != signed {
				t.Errorf("%s%s: error %v, %v %q", form, suffix, err, a.header, a.body)
			}
		}
	}
}

// The calls were done, and the signatures of their answers prove nothing.
func TestSignaturesThatProveNothing(t *testing.T) {
	b := newBench(t)
	for fault, seen := range map[string]func(signature string, genuine bool) bool{
		faults.Unsigned: func(signature string, _ bool) bool { return signature == "" },
		faults.BareSignature: func(signature string, genuine bool) bool {
			return len(signature) == 44 && !strings.HasPrefix(signature, "HMACSHA256=")
		},
		faults.SignedElsewhere: func(signature string, genuine bool) bool {
			return strings.HasPrefix(signature, "HMACSHA256=") && !genuine
		},
	} {
		invoice := "INV-" + fault
		body := refundBodyOf(invoice, b.refundable(invoice), 90000)
		b.requestFault(faults.Refund, fault)
		a, genuine, err := b.rough("POST", refundPath, "r-"+fault, body)
		signature := a.header.Get("Signature")
		if err != nil || a.status != 200 || !said(a, `"status":"SUCCESS"`) || !seen(signature, genuine) {
			t.Errorf("%s: %d %q %s", fault, a.status, signature, a.body)
		}
		if e := b.ledger(invoice); e.Refunded != 90000 {
			t.Errorf("%s: %+v", fault, e)
		}
	}
}

func TestACallIsDeliveredTwice(t *testing.T) {
	b := newBench(t)
	body := refundBodyOf("INV-1", b.refundable("INV-1"), 30000)
	b.requestFault(faults.Refund, faults.DeliverTwice)
	if a := b.post(refundPath, "r1", body); a.status != 409 || !strings.Contains(string(a.body), `"status":"SUCCESS"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if e := b.ledger("INV-1"); e.Refunded != 30000 || len(e.Refunds) != 1 {
		t.Errorf("%+v", e)
	}
	// A DOKU that forgets at once executes the call twice.
	b.faults(`{"forget_after":"1ns","calls":{"refund":{"deliver_twice":1}}}`)
	b.s.cfg.Now = tick()
	b.post(refundPath, "r2", refundBodyOf("INV-1", b.payment("INV-1").RequestID, 20000))
	if e := b.ledger("INV-1"); e.Refunded != 70000 || e.DoubleRefunds != 1 || e.AlikeRefunds != 1 {
		t.Errorf("%+v", e)
	}
}

// tick returns a clock that advances by a microsecond whenever it is read.
func tick() func() time.Time {
	var mu sync.Mutex
	now := start
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Microsecond)
		return now
	}
}

// Every fault of a call is in the log.
func TestTheLogNamesTheFault(t *testing.T) {
	var mu sync.Mutex
	var lines bytes.Buffer
	b := newBench(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(writerFunc(func(p []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			return lines.Write(p)
		}), nil))
	})
	b.requestForm(faults.Refund, faults.ForeignAfter, "404-gateway")
	b.rough("POST", refundPath, "r1", `{}`)
	b.requestForm(faults.Notifications, faults.OddCase, "lower")
	b.sale("INV-1")
	b.next()
	b.advance(0)
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{
		"msg=fault endpoint=refund fault=foreign_after form=404-gateway path=/cancellation/credit-card/refund request_id=r1",
		"msg=fault endpoint=notifications fault=odd_case form=lower id=1",
	} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, lines.String())
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// README.md has a row for every fault.
func TestTheReadmeListsEveryFault(t *testing.T) {
	names := slices.Concat(faults.Names(false), faults.Names(true))
	for _, name := range names {
		if !strings.Contains(readme, "| `"+name+"`") {
			t.Errorf("README.md has no row for %s", name)
		}
	}
	if len(names) < 40 {
		t.Errorf("only %d faults", len(names))
	}
}
