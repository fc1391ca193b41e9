package console

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// A part of a payment is given back once, although the person clicks twice.
func TestRefundsInPart(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/settle", `{}`)
	p.signsIn("support", "/orders/INV-1")
	p.presses("Refund")
	p.sees("Your role allows Rp 1.000.000")
	p.types("Amount to give back", "30.000")
	p.presses("Continue")
	p.sees("Give Rp 30.000 of INV-1 back to the card")
	p.sees("After that, Rp 60.000 can still be given back.")
	p.until(`(b => { b?.click(); b?.click(); return b })(
		[...document.querySelectorAll("dialog button:enabled")].find(b => b.innerText.startsWith("Refund")))`)
	p.sees("Rp 30.000 was given back.")
	p.clicks("dialog button", "Close")
	p.sees("Partly refunded")
	p.sees("Can still be refunded Rp 60.000")
	if got := p.reading("INV-1"); got.Refunded != 30000 || len(got.Refunds) != 1 {
		t.Errorf("the API says %+v", got)
	}
}

// DOKU's answer to a refund is lost. The page says so, and shows the result when kasir has asked again, without reload.
func TestALostAnswerSettlesWhileThePageIsOpen(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.signsIn("support", "/orders/INV-1")
	p.until(`(window.opened = true)`)
	p.tells("/control/faults/order", `{"invoice_number":"INV-1","faults":{"calls":{"refund":{"lose_after":1}}}}`)
	p.presses("Refund")
	p.presses("Continue")
	p.presses("Refund Rp 90.000")
	p.sees("DOKU's answer is not known yet.")
	p.tells("/control/faults/order", `{"invoice_number":"INV-1","faults":{}}`)
	if err := p.stack.Clock.Advance(t.Context(), 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	p.sees("Rp 90.000 was given back.")
	p.until(`window.opened`) // the page was not loaded anew
	if got := p.reading("INV-1"); got.Refunded != 90000 || len(got.Refunds) != 1 {
		t.Errorf("the API says %+v", got)
	}
}

// DOKU reports another amount than the order's. The case says what to do, and ends with a person's decision.
func TestDecidesAConflict(t *testing.T) {
	p := newPerson(t)
	p.asksFor("INV-1")
	p.reports("INV-1", 80000)
	p.awaits("INV-1", "NEEDS_REVIEW")
	p.signsIn("finance", "/attention")
	p.sees("DOKU's report does not match the order 1")
	p.sees("Compare DOKU's report with the transaction.")
	p.presses("Decide")
	p.chooses("It does not count")
	p.types("What you found", "a test of another system, ticket 4711")
	p.presses("Continue")
	p.sees("Decide that the report does not count?")
	p.presses("Decide")
	p.sees("The decision is recorded.")
	p.clicks("dialog button", "Close")
	p.sees("No order waits for a person.")
	got := p.reading("INV-1")
	if len(got.Attention) != 0 || len(got.Conflicts) != 1 || got.Conflicts[0].Decision != "none" ||
		got.Conflicts[0].Decided.Note != "a test of another system, ticket 4711" {
		t.Errorf("the API says %+v", got)
	}
}

// A case that moves no money is acknowledged with a note, which stays in the order.
func TestAcknowledgesACase(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"dispute"}`)
	p.signsIn("finance", "/attention")
	p.sees("Money moved without kasir")
	p.presses("Acknowledge")
	p.types("What you found", "letter of the bank of 3 September")
	p.do(reload())
	p.sees("Acknowledge a case") // what was typed is still there
	p.until(`document.querySelector("dialog textarea")?.value === "letter of the bank of 3 September"`)
	p.presses("Continue")
	p.presses("Acknowledge")
	p.sees("The case is ended.")
	if got := p.reading("INV-1"); len(got.Attention) != 0 || len(got.Acknowledged) != 1 ||
		got.Acknowledged[0].Note != "letter of the bank of 3 September" {
		t.Errorf("the API says %+v", got)
	}
}

// A refund whose answer was lost is parked. The list of cases offers to record its result, and does not continue the
// refund of the order's page.
func TestRecordsTheResultOfAParkedRefund(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/faults/order", `{"invoice_number":"INV-1","faults":{"calls":{"refund":{"lose_before":1}}}}`)
	p.signsIn("admin", "/orders/INV-1")
	p.presses("Refund")
	p.presses("Continue")
	p.presses("Refund Rp 90.000")
	p.sees("DOKU's answer is not known yet.")
	p.do(chromedp.Navigate("about:blank")) // so that the page does not see the end
	if err := p.stack.Clock.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	p.signsIn("admin", "/attention")
	p.sees("The result at DOKU is not known 1")
	p.presses("Record the result")
	p.chooses("It was not carried out")
	p.types("What you found", "not in the Back Office, DOKU's mail of 3 September")
	p.presses("Continue")
	p.presses("Record the result")
	p.sees("The result is recorded.")
	if got := p.reading("INV-1"); len(got.Attention) != 0 || got.Refundable != 90000 {
		t.Errorf("the API says %+v", got)
	}
}
