package console

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// The first page: a day with orders, with declined attempts and a case; a week; and what it says of wrong days.
func TestLooksAtToday(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1", "INV-2")
	p.declines("INV-3")
	p.tells("/control/settle", `{}`)
	p.tells("/control/backoffice", `{"invoice_number":"INV-2","act":"refund","amount":30000}`)
	p.awaits("INV-2", "PARTIALLY_REFUNDED")
	p.signsIn("admin", "")
	p.sees("All 3 orders of these days were read.")
	p.looks("today")
	p.presses("7 days")
	p.until(`document.querySelectorAll("section[aria-labelledby=course] tbody tr").length === 7`)
	p.looks("today-week")
	p.signsIn("admin", "?from=2026-01-01&to=2026-11-30")
	p.sees("These are more than 92 days.")
	p.looks("today-wrong")
}

// The list of orders: found, filtered, not found, and refused by the API.
func TestLooksAtOrders(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901")
	p.asksFor("INV-20260827")
	p.declines("INV-3")
	p.signsIn("support", "/orders")
	p.sees("INV-20260901")
	p.clicks("summary", "Filters")
	p.looks("orders")
	p.types("Invoice number", "INV-20260872")
	p.presses("Search")
	p.sees("Did you mean")
	p.looks("orders-near")
	p.presses("Save this search")
	p.looks("orders-save")
	p.presses("Cancel")
	p.signsIn("support", "/orders?last4=12")
	p.until(`document.querySelector("main [aria-invalid], main [role=alert]")`)
	p.looks("orders-wrong")
}

// One order: in all its length, unknown, and with a case that a person must decide.
func TestLooksAtAnOrder(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/settle", `{}`)
	p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"refund","amount":30000}`)
	p.awaits("INV-1", "PARTIALLY_REFUNDED")
	p.signsIn("finance", "/orders/INV-1")
	p.sees("Money moved without kasir")
	p.until(`[...document.querySelectorAll("details")].every((d) => d.open = true)`)
	p.looks("order")
	p.asksFor("INV-2")
	p.reports("INV-2", 80000)
	p.awaits("INV-2", "NEEDS_REVIEW")
	p.signsIn("support", "/orders/INV-2")
	p.sees("DOKU's report does not match the order")
	p.looks("order-review")
	p.signsIn("support", "/orders/INV-404")
	p.sees("INV-404")
	p.looks("order-unknown")
}

// The dialogs of a refund, from the form to the result.
func TestLooksAtARefund(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/settle", `{}`)
	p.signsIn("support", "/orders/INV-1")
	p.presses("Refund")
	p.types("Amount to give back", "300.000")
	p.presses("Continue")
	p.sees("Write an amount between")
	p.looks("refund-wrong")
	p.types("Amount to give back", "30.000")
	p.presses("Continue")
	p.looks("refund-confirm")
	p.tells("/control/faults/order", `{"invoice_number":"INV-1","faults":{"calls":{"refund":{"lose_before":1}}}}`)
	p.presses("Refund Rp 30.000")
	p.sees("DOKU's answer is not known yet.")
	p.looks("refund-waiting")
	p.tells("/control/faults/order", `{"invoice_number":"INV-1","faults":{}}`)
	if err := p.stack.Clock.Advance(t.Context(), 2*time.Minute); err != nil { // kasir asks again
		t.Fatal(err)
	}
	p.sees("Rp 30.000 was given back.")
	p.looks("refund-done")
}

// A refund that DOKU refuses, one without an answer, and one that DOKU's people carry out by hand.
func TestLooksAtARefundThatFails(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.signsIn("admin", "/orders/INV-1")
	p.confirms()
	p.presses("Refund Rp 30.000")
	p.sees("DOKU refused this.")
	p.looks("refund-refused")
	p.presses("Change it")
	p.presses("Continue")
	p.meets("/payments/*/refunds", offline())
	p.presses("Refund Rp 30.000")
	p.sees("No answer came.")
	p.looks("refund-unsure")
	p.meets("", nil)
	p.tells("/control/manual-refunds", `{"on":true}`)
	p.tells("/control/settle", `{}`)
	p.presses("Send the same again")
	p.sees("Its people carry it out by hand")
	p.looks("refund-manual")
	p.clicks("dialog button", "Close")
	p.presses("Record the result")
	p.looks("resolve")
	p.chooses("It was carried out")
	p.types("What you found", "seen in the Back Office, ticket 4712")
	p.presses("Continue")
	p.looks("resolve-confirm")
}

// The dialogs of a capture, and of the withdrawal of a report.
func TestLooksAtACapture(t *testing.T) {
	p := newPerson(t)
	p.buys("INV-1", 90000, customer.Visa, `,"payment":{"type":"AUTHORIZE"}`)
	p.awaits("INV-1", "AUTHORIZED")
	p.signsIn("admin", "/orders/INV-1")
	p.looks("order-reserved")
	p.presses("Capture")
	p.types("Amount to take", "80.000")
	p.looks("capture")
	p.presses("Continue")
	p.looks("capture-confirm")
	p.presses("Capture Rp 80.000")
	p.sees("Rp 80.000 was taken.")
	p.clicks("dialog button", "Close")
	p.tells("/control/settle", `{}`)
	p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"refund","amount":30000}`)
	p.awaits("INV-1", "PARTIALLY_REFUNDED")
	p.presses("Read again")
	p.presses("Withdraw")
	p.looks("withdraw")
}

// The dialogs of the other acts of finance and support.
func TestLooksAtActs(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.asksFor("INV-2")
	p.signsIn("admin", "/orders/INV-1")
	p.presses("Record money that moved")
	p.presses("Continue")
	p.sees("Something is missing")
	p.looks("record")
	p.signsIn("admin", "/orders/INV-2")
	p.presses("Close the order")
	p.looks("close")
	p.presses("Cancel")
	p.reports("INV-2", 80000)
	p.awaits("INV-2", "NEEDS_REVIEW")
	p.presses("Read again")
	p.presses("Decide")
	p.looks("decide")
	p.chooses("It counts")
	p.types("What you found", "seen in the Back Office, ticket 4711")
	p.presses("Continue")
	p.looks("decide-confirm")
}

// What waits for a person: several kinds of cases, and none.
func TestLooksAtAttention(t *testing.T) {
	p := newPerson(t)
	p.signsIn("finance", "/attention")
	p.sees("No order waits for a person.")
	p.looks("attention-none")
	p.has(customer.Visa, "INV-1")
	p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"dispute"}`)
	p.asksFor("INV-2")
	p.reports("INV-2", 80000)
	p.awaits("INV-2", "NEEDS_REVIEW")
	p.signsIn("finance", "/attention")
	p.sees("Money moved without kasir")
	p.sees("DOKU's report does not match the order")
	p.looks("attention")
	p.presses("Acknowledge")
	p.looks("acknowledge")
}

// Settlements: none, one with a difference, its page, a file that is refused.
func TestLooksAtSettlements(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1", "INV-2")
	file := filepath.Join(t.TempDir(), "laporan.csv")
	p.signsIn("finance", "/settlements")
	p.sees("No report was read yet.")
	p.looks("settlements-none")
	upload := func(content []byte) {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		p.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
		p.presses("Upload")
	}
	upload([]byte("PK\x03\x04 a spreadsheet"))
	p.sees("This is an Excel file.")
	p.looks("settlements-refused")
	upload(p.tells("/control/settlement?malformed=differing_amount", ""))
	p.sees("Differences: 1.")
	p.looks("settlements")
	p.clicks("tbody a", "B-BSN-")
	p.sees("Another amount 1")
	p.looks("settlement")
}

// The edges: the picker of roles, a person without a role, a role without a page, no such page, signed out, no API.
func TestLooksAtTheEdges(t *testing.T) {
	p := newPerson(t)
	p.do(chromedp.Navigate(p.stack.Console))
	p.until(`document.querySelector("button[value=support]")`)
	p.inspects("picker")
	p.signsIn("nobody", "")
	p.looks("no-role")
	p.signsIn("support", "/settlements")
	p.sees("Your role does not allow this.")
	p.looks("not-allowed")
	p.signsIn("support", "/nowhere")
	p.sees("There is no such page")
	p.looks("missing")
	p.meets("/payments*", offline())
	p.opens("Orders")
	p.sees("kasir cannot be reached.")
	p.looks("offline")
	p.meets("*/config.json", offline())
	p.do(reload())
	p.sees("kasir cannot be reached.")
	p.looks("offline-at-the-door")
	p.meets("", nil)
	p.presses("Try again")
	p.until(`document.querySelector("header nav")`)
	p.presses("Sign out")
	p.until(`document.querySelector("button[value=support]") || document.querySelector(".door button.primary")`)
	p.inspects("signed-out")
}

// declines has an order whose first attempt was declined by the bank.
func (p *person) declines(invoice string) {
	p.t.Helper()
	if err := customer.Pay(p.t.Context(), http.DefaultClient, p.asksFor(invoice), customer.Insufficient); err != nil {
		p.t.Fatal(err)
	}
	p.awaits(invoice, "FAILED")
}
