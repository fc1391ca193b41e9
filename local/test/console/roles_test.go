package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/shared/route"
)

func reload() chromedp.Action[chromedp.Void] { return chromedp.Reload() }

// Each role sees the acts that it has, and no others.
func TestEachRole(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.asksFor("INV-2")
	p.tells("/control/settle", `{}`)
	p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"refund","amount":30000}`)
	p.awaits("INV-1", "PARTIALLY_REFUNDED")
	const places = "Today,Orders,Attention"
	for _, c := range []struct{ role, nav, paid, unpaid, attention, upload string }{
		{"viewer", places + ",Settlements", "", "", "", ""},
		{"support", places, "Refund", "Close the order", "", "-"},
		{"finance", places + ",Settlements", "Record money that moved", "", "Acknowledge", "Upload"},
		{"admin", places + ",Settlements", "Refund,Record money that moved", "Close the order", "Acknowledge", "Upload"},
	} {
		see := func(place, what, buttons, want string) {
			t.Helper()
			p.signsIn(c.role, place)
			p.until(buttons + ` !== undefined`)
			got := p.reads(`[...` + buttons + `].map(b => b.innerText.split(":")[0].trim()).join()`)
			if got != want {
				t.Errorf("%s, %s: %q, want %q", c.role, what, got, want)
			}
		}
		acts := `document.querySelector("[role=group].acts") && [...document.querySelectorAll("[role=group].acts button")]
			.filter(b => !["Read again", "Ask DOKU now"].includes(b.innerText.trim()))`
		see("/orders/INV-1", "a paid order", "("+acts+" || undefined)", c.paid)
		see("/orders/INV-2", "an unpaid order", "("+acts+" || undefined)", c.unpaid)
		see("", "places", `document.querySelectorAll("header nav a")`, c.nav)
		see("/attention", "attention", `(document.querySelector("section[data-kind] tbody") &&
			document.querySelectorAll("section[data-kind] tbody button") || undefined)`, c.attention)
		if c.upload == "-" {
			p.signsIn(c.role, "/settlements")
			p.sees("Your role does not allow this.")
			continue
		}
		see("/settlements", "upload", `(document.body.innerText.includes("No report was read yet") &&
			document.querySelectorAll("form button[type=submit]") || undefined)`, c.upload)
	}
}

// A viewer's token, as the page has it, is refused on every route that acts.
func TestAViewersTokenActsNowhere(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.signsIn("viewer", "/orders/INV-1")
	p.sees("Read again")
	p.until(`(real => { window.fetch = (to, how) => { window.token = how.headers.authorization; return real(to, how) };
		return true })(window.fetch)`)
	p.presses("Read again")
	p.until(`window.token`)
	token := strings.TrimPrefix(p.reads(`window.token`), "Bearer ")
	viewer := merchant.API{URL: strings.TrimSuffix(p.stack.Console, "/console"), Client: http.DefaultClient, Token: token}
	answer, err := viewer.Do(t.Context(), http.MethodGet, "/payments/INV-1", nil, nil)
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("reading: %d %s %v", answer.Status, answer.Body, err)
	}
	may := []route.Scope{route.PaymentsRead, route.PaymentsReadAll, route.SettlementsRead, ""}
	acting := 0
	for _, r := range route.All {
		if slices.Contains(may, r.Scope) {
			continue
		}
		acting++
		path := strings.NewReplacer("{invoice_number}", "INV-1", "{customer_id}", "CUST-1", "{token_id}", "tok-1").
			Replace(r.Path)
		answer, err := viewer.Do(t.Context(), r.Method, path, http.Header{"Idempotency-Key": {"key-of-a-viewer-1"}},
			[]byte(`{}`))
		if err != nil || answer.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s %v", r.Key(), answer.Status, answer.Body, err)
		}
	}
	if acting < 8 {
		t.Errorf("only %d routes were tried", acting)
	}
}
