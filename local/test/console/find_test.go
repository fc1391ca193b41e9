package console

import (
	"fmt"
	"net/http"
	"testing"

	"kasir/local/customer"
)

// A customer is on the phone: the number has a typo, or there are only the last digits of the card, or the day.
func TestFindsAnOrder(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Mastercard, "INV-20260827")
	p.has(customer.Visa, "INV-20260901")

	p.signsIn("support", "/orders")
	p.sees("INV-20260901")
	p.types("Invoice number", "INV-20260872")
	p.presses("Search")
	p.sees("No order has the number INV-20260872")
	p.clicks("main a", "INV-20260827")
	p.until(`document.querySelector("h1").textContent.startsWith("Order INV-20260827") ||
		document.querySelector("h1").textContent.startsWith("INV-20260827")`)
	p.sees("The customer paid Rp 90.000.")

	p.opens("Orders")
	p.clicks("summary", "Filters")
	p.types("Last 4 digits", "0039")
	p.presses("Search")
	p.until(`location.search.includes("last4=0039") && document.querySelectorAll("main tbody tr").length === 1`)
	p.sees("INV-20260901")

	p.opens("Orders")
	p.presses("Yesterday")
	p.sees("No order matches")
	p.presses("Today")
	p.until(`document.querySelectorAll("main tbody tr").length === 2`)
}

// The first page adds up what the API lists, and leads to the orders of a day.
func TestAddsUpTheDay(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1", "INV-2")
	if err := customer.Pay(t.Context(), http.DefaultClient, p.asksFor("INV-3"), customer.Insufficient); err != nil {
		t.Fatal(err)
	}
	p.awaits("INV-3", "FAILED")
	p.tells("/control/settle", `{}`)
	p.tells("/control/backoffice", `{"invoice_number":"INV-2","act":"refund","amount":30000}`)
	p.awaits("INV-2", "PARTIALLY_REFUNDED")

	p.signsIn("viewer", "")
	p.sees("All 3 orders of these days were read.")
	p.sees("Taken Rp 180.000 2 of 3 orders.")
	p.sees("Refunded Rp 30.000")
	p.sees("Left Rp 150.000")
	p.sees("Orders with such an attempt: 1. Paid all the same: 0.")
	p.sees("Orders that wait for a person, of all days: 1")
	p.until(`document.querySelector("figure svg[role=img] title") &&
		[...document.querySelectorAll("#course ~ table tbody tr")].length === 1`)
	p.until(`document.querySelectorAll("section[aria-labelledby=reasons] tbody tr").length === 1`)
	p.presses("7 days")
	p.until(`document.querySelectorAll("section[aria-labelledby=course] tbody tr").length === 7`)
	p.clicks("section[aria-labelledby=course] tbody th a", "")
	p.until(`location.pathname.endsWith("/orders") && document.querySelectorAll("main tbody tr").length === 3`)
}

// Many orders are read page by page. A person may stop, sees how far the sums go, and may go on.
func TestReadsADayInParts(t *testing.T) {
	p := newPerson(t)
	const orders = 110 // more than a page of the API examines
	for i := range orders {
		p.asksFor(fmt.Sprintf("INV-%d", i))
	}
	p.signsIn("viewer", "/orders")
	p.until(`(real => { window.fetch = async (to, how) => { // each further page takes its time
		if (to.includes("cursor=") && window.slow) await new Promise((done) => window.go = done);
		return real(to, how) };
		return window.slow = true })(window.fetch)`)
	p.clicks("header nav a", "Today")
	p.until(`/[1-9][0-9] orders read/.test(document.body.innerText)`)
	p.presses("Stop")
	p.sees("orders of these days were read; the sums are of them. They go back to")
	p.sees("in part")
	p.seesNo("All 110 orders")
	p.until(`!(window.slow = false)`)
	p.presses("Read on")
	p.sees("All 110 orders of these days were read.")
	p.seesNo("in part")
}
