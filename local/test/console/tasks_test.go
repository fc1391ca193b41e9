package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kasir/local/customer"
)

// These are the ten tasks of docs/console.md, done with nothing but what the page says. A person who has never seen the
// console knows what the customer or the bank says, and looks for words on the page.

// buys has an order of an amount that is paid with a card.
func (p *person) buys(invoice string, amount int, card customer.Card, more string) {
	p.t.Helper()
	page, err := p.api.CreatePage(p.t.Context(), fmt.Appendf(nil,
		`{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"sari@example.com"}%s}`, invoice, amount, more))
	if err == nil {
		err = customer.Pay(p.t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, card)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// 1: "I was charged twice today. My card ends in 0039." Two orders were paid; the second one goes back as a whole.
func TestTaskPaidTwice(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901", "INV-20260902")
	p.has(customer.Mastercard, "INV-20260903")
	p.signsIn("support", "")
	p.opens("Orders")
	p.clicks("summary", "Filters")
	p.presses("Today")
	p.until(`location.search.includes("from=")`)
	p.types("Last 4 digits", "0039")
	p.presses("Search")
	p.sees("Orders: 2, the newest first")
	p.clicks("main tbody a", "INV-20260902")
	p.sees("The customer paid Rp 90.000.")
	p.presses("Refund")
	p.presses("Continue")
	p.sees("This is everything that can be given back.")
	p.presses("Refund Rp 90.000")
	p.sees("Banks show it within some days.")
	p.clicks("dialog button", "Close")
	p.sees("Rp 90.000 was given back before the settlement")
	p.clicks("main a", "← Orders")
	p.until(`location.search.includes("last4=0039")`) // the search is still there
	p.sees("INV-20260901")
}

// 2: "The shop says that my payment failed. Was I charged?" The order has the bank's reason, and DOKU is asked.
func TestTaskWasICharged(t *testing.T) {
	p := newPerson(t)
	p.declines("INV-20260901")
	p.signsIn("support", "")
	p.opens("Orders")
	p.types("Invoice number", "inv 20260901")
	p.presses("Search")
	p.until(`location.search.includes("q=") && !document.querySelector(".loading")`)
	p.clicks("main a", "INV-20260901")
	p.sees("Declined")
	p.sees("The bank declined an attempt. 51")
	p.sees("Taken –")
	p.presses("Ask DOKU now")
	p.sees("DOKU was asked.")
}

// 3: "I paid yesterday and forgot the number." The card, the day and the amount find the order.
func TestTaskOnlyTheCard(t *testing.T) {
	p := newPerson(t)
	p.buys("INV-20260901", 150000, customer.Mastercard, "")
	p.awaits("INV-20260901", "PAID")
	p.signsIn("support", "/orders")
	p.types("Invoice number", "1101") // the digits in the first field
	p.presses("Search")
	p.presses("Search for cards that end in 1101")
	p.sees("Rp 150.000")
	p.clicks("main tbody a", "INV-20260901")
	p.sees("557338******1101")
}

// 4: "One of the two cups was broken." A part goes back, which DOKU does only after the settlement.
func TestTaskOneItemBack(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901")
	p.signsIn("support", "/orders/INV-20260901")
	p.presses("Refund")
	p.types("Amount to give back", "30000")
	p.sees("DOKU usually gives back a part only after it has settled the payment.")
	p.presses("Continue")
	p.presses("Refund Rp 30.000")
	p.sees("DOKU refused this. Not settled yet: only the full amount can be voided")
	p.sees("Nothing was done.")
	p.clicks("dialog button", "Close")
	p.sees("The refund of Rp 30.000 was refused. Nothing was given back.")
	p.sees("Can still be refunded Rp 90.000")
	p.tells("/control/settle", `{}`)
	p.presses("Refund")
	p.types("Amount to give back", "30000")
	p.presses("Continue")
	p.presses("Refund Rp 30.000")
	p.sees("Rp 30.000 was given back.")
}

// 5: "Where is my refund?" The order says when it was made, and that banks take some days.
func TestTaskWhereIsMyRefund(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901")
	p.tells("/control/settle", `{}`)
	p.refunds30("INV-20260901")
	p.signsIn("viewer", "/orders/INV-20260901")
	p.sees("A refund of Rp 30.000 was asked for.")
	p.sees("Rp 30.000 was given back to the card. Banks show it within some days.")
	p.sees("Refunded by kasir Rp 30.000")
}

// 6: "I do not want it any more. I have not paid yet." The order is closed; the page warns of an open payment page.
func TestTaskNotWantedAnyMore(t *testing.T) {
	p := newPerson(t)
	p.asksFor("INV-20260901")
	p.signsIn("support", "/orders/INV-20260901")
	p.sees("Not paid yet")
	p.presses("Close the order")
	p.sees("the customer can pay on it until it ends")
	p.types("Reason", "the customer called")
	p.presses("Continue")
	p.presses("Close the order")
	p.sees("The order is closed.")
	p.clicks("dialog button", "Close")
	p.sees("The order was closed. It gets no further page.")
	p.sees("the customer called")
}

// 7: A refund above the limit of the role. The page says the limit before it is hit, and who has a higher one.
func TestTaskAboveTheLimit(t *testing.T) {
	p := newPerson(t)
	p.buys("INV-20260901", 1500000, customer.Visa, "")
	p.awaits("INV-20260901", "PAID")
	p.tells("/control/settle", `{}`)
	p.signsIn("support", "/orders/INV-20260901")
	p.presses("Refund")
	p.until(`document.querySelector("dialog input").value === "1.000.000"`)
	p.sees("Your role allows Rp 1.000.000 for all refunds of an order")
	p.types("Amount to give back", "1500000")
	p.sees("A person with a higher limit can refund more.")
	p.presses("Cancel")
	p.signsIn("admin", "/orders/INV-20260901")
	p.presses("Refund")
	p.until(`document.querySelector("dialog input").value === "1.500.000"`)
	p.presses("Continue")
	p.presses("Refund Rp 1.500.000")
	p.sees("Rp 1.500.000 was given back.")
}

// 8: "What was paid last week?" for the accountant: a file of the paid orders.
func TestTaskAFileForTheAccountant(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901")
	p.declines("INV-20260902")
	p.signsIn("finance", "")
	p.presses("7 days")
	p.clicks("main dl a", "Taken")
	p.until(`location.pathname.endsWith("/orders") && document.querySelectorAll("main tbody tr").length === 1`)
	p.until(`(make => { URL.createObjectURL = (file) => { file.text().then((text) => window.file = text); return make(file) };
		return true })(URL.createObjectURL.bind(URL))`)
	p.presses("Download CSV")
	p.until(`window.file`)
	lines := strings.Split(strings.TrimSpace(p.reads(`window.file`)), "\r\n")
	if len(lines) != 2 || !strings.Contains(lines[1], "INV-20260901") {
		t.Errorf("%q", lines)
	}
}

// 9: DOKU's settlement does not match. The page names the row, the order and both amounts.
func TestTaskTheSettlementDiffers(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901")
	batch := p.settles()
	p.signsIn("finance", "")
	p.clicks("main a", "A settlement row does not match")
	p.sees("Compare the row of the report with the transaction")
	p.clicks("main td a", "Row")
	p.until(`location.pathname.endsWith("/settlements/` + batch + `")`)
	p.sees("In kasir")
	p.sees("In the report")
	p.presses("Acknowledge")
	p.types("What you found", "DOKU corrects it, ticket 815")
	p.presses("Continue")
	p.presses("Acknowledge")
	p.sees("The case is ended.")
}

// 10: Somebody refunded in DOKU's Back Office. The first page says so, and who looks into it writes down what it was.
func TestTaskMoneyMovedElsewhere(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-20260901")
	p.tells("/control/settle", `{}`)
	p.tells("/control/backoffice", `{"invoice_number":"INV-20260901","act":"refund","amount":30000}`)
	p.awaits("INV-20260901", "PARTIALLY_REFUNDED")
	p.signsIn("finance", "")
	p.clicks("main a", "Money moved without kasir")
	p.sees("Find out who moved the money")
	p.clicks("main td a, main tbody th a", "INV-20260901")
	p.sees("Without kasir: refund Rp 30.000")
	p.presses("Acknowledge")
	p.types("What you found", "Sari made it by hand, ticket 816")
	p.presses("Continue")
	p.presses("Acknowledge")
	p.sees("The case is ended.")
}

// refunds30 has the back end refund 30000 of an order.
func (p *person) refunds30(invoice string) {
	p.t.Helper()
	answer, err := p.api.Do(p.t.Context(), http.MethodPost, "/payments/"+invoice+"/refunds",
		http.Header{"Idempotency-Key": {"refund-of-the-shop-1"}}, []byte(`{"refund":{"amount":30000}}`))
	if err != nil || answer.Status >= 300 {
		p.t.Fatalf("%d %s %v", answer.Status, answer.Body, err)
	}
}
