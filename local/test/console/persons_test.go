package console

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// loses lets the answers to requests that act be lost, after the API has carried them out.
const loses = `(real => { window.fetch = async (to, how) => {
	const answer = await real(to, how);
	if (how?.method === "POST" && String(to).startsWith("/payments/")) throw new TypeError("lost");
	return answer } ; return true })(window.fetch)`

// Refunds without kasir count against the limit of a role, as the API counts them.
func TestTheLimitCountsRefundsElsewhere(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	answer, err := p.api.Do(t.Context(), http.MethodPost, "/payments/INV-1/records",
		http.Header{"Idempotency-Key": {"a-record-of-a-refund"}},
		[]byte(`{"kind":"refund","amount":40000,"note":"seen in the Back Office"}`))
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("%d %s %v", answer.Status, answer.Body, err)
	}
	p.signsIn("support", "/orders/INV-1")
	p.presses("Refund")
	p.sees("Rp 960.000 of it is left here.")
}

// A refund without an answer belongs to the person who asked for it. Another one who signs in in the same tab neither
// sees it as their own nor is told that the order has no trace of it.
func TestAnotherPersonInTheTab(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/settle", `{}`)
	p.signsIn("support", "/orders/INV-1")
	p.sees("Can still be refunded")
	p.until(loses)
	p.presses("Refund")
	p.types("Amount to give back", "30.000")
	p.presses("Continue")
	p.presses("Refund Rp 30.000")
	p.until(`sessionStorage.length > 1 && !document.querySelector("dialog .progress")`)
	p.signsIn("admin", "/orders/INV-1")
	p.sees("Can still be refunded Rp 60.000")
	p.seesNo("The order shows no trace")
	p.until(`!document.querySelector("dialog[open]")`)
}

// Signing out ends what every tab may do, and forgets no record whose result is not known: it has no other guard.
func TestSigningOut(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.signsIn("finance", "/orders/INV-1")
	p.sees("Can still be refunded")
	p.until(loses)
	p.presses("Record money that moved")
	p.until(`(s => { if (!s) return; s.value = "refund"; s.dispatchEvent(new Event("change", {bubbles: true})); return true })(
		document.querySelector("dialog select"))`)
	p.types("Amount", "10.000")
	p.types("What you found", "seen in the Back Office")
	p.presses("Continue")
	p.presses("Record Rp 10.000")
	p.sees("No answer came.")
	p.do(chromedp.Evaluate[chromedp.Void](`new BroadcastChannel("kasir.sign-out").postMessage("")`))
	p.sees("Sign in")
	p.signsIn("finance", "/orders/INV-1")
	p.sees("No answer came.")
	p.presses("Send the same again")
	p.sees("Can still be refunded Rp 80.000")
	p.sees("Rp 10.000 is recorded.")
}

// DOKU refuses a refund, and its answer to the next one is lost. The page must not show the refusal as the result of
// the second, or the person would give the money back again.
func TestARefusedRefundIsNotTheNextOnesResult(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.signsIn("support", "/orders/INV-1")
	p.presses("Refund")
	p.types("Amount to give back", "30.000")
	p.presses("Continue")
	p.presses("Refund Rp 30.000")
	p.sees("DOKU refused this.")
	p.tells("/control/settle", `{}`)
	p.tells("/control/faults/order", `{"invoice_number":"INV-1","faults":{"calls":{"refund":{"lose_after":1}}}}`)
	p.presses("Change it")
	p.presses("Continue")
	p.presses("Refund Rp 30.000")
	p.sees("Can still be refunded Rp 60.000") // the order was read again
	p.sees("DOKU's answer is not known yet.")
	p.seesNo("DOKU refused")
}

// An order has two cases of a kind. The dialog says which it is about, and a click on the second is not lost while the
// result of the first is not known.
func TestTwoCasesOfAnOrder(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/settle", `{}`)
	for _, refund := range []string{"10000", "5000"} {
		p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"refund","amount":`+refund+`}`)
	}
	p.signsIn("finance", "/attention")
	p.until(`document.querySelectorAll("tbody tr").length === 2`)
	p.until(`(window.fetch = async () => { throw new TypeError("lost") }, true)`)
	first := p.reads(`document.querySelector("tbody tr .detail").innerText`)
	p.clicks("tbody button", "Acknowledge")
	p.types("What you found", "one")
	p.presses("Continue")
	p.sees(first)
	p.presses("Acknowledge")
	p.sees("No answer came.")
	p.presses("Close for now")
	p.until(`(document.querySelectorAll("tbody button")[1].click(), true)`)
	p.until(`document.querySelector("dialog[open]")?.innerText.includes("No answer came.")`)
}
