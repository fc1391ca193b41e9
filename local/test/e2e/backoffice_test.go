package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/local/test/browser"
	"kasir/shared/doku"
)

// The merchant's people refund and dispute in DOKU's Back Office and settle, with buttons that work without JavaScript.
func TestBackOffice(t *testing.T) {
	address := newPaidSandbox(t, "INV-2026-1", "INV-2026-2", "INV-2026-3")
	ctx := browser.New(t)
	clicks := func(selector string) {
		browser.Do(t, ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	}
	of := func(invoice, act string) string {
		return fmt.Sprintf(`form:has([value=%q]) button[value=%q]`, invoice, act)
	}
	browser.Do(t, ctx, chromedp.Navigate(address+"/"))
	clicks(`a[href="backoffice"]`)
	browser.Until(t, ctx, `document.querySelectorAll("article").length === 3`)
	clicks(`form[action="backoffice/settlement"] button`)
	browser.Until(t, ctx, `document.querySelector('a[href^="control/settlements/"]')`)
	types := func(amount string) {
		field := chromedp.CSS(`form:has([value="INV-2026-1"]) [name=amount]`)
		browser.Do(t, ctx, chromedp.SendKeys(field, amount))
	}
	types("50000")
	clicks(of("INV-2026-1", "refund"))
	browser.Until(t, ctx, `document.body.textContent.includes("PARTIALLY_REFUNDED")`)
	clicks(of("INV-2026-2", "dispute"))
	browser.Until(t, ctx, `document.body.textContent.includes("CHARGED_BACK")`)
	types("40001")
	clicks(of("INV-2026-1", "refund"))
	browser.Until(t, ctx, `document.querySelector("[role=alert]")?.textContent.includes("40000 is left") &&
		document.querySelector('form:has([value="INV-2026-1"]) [name=amount]').value === "40001"`)

	browser.FullScreenshot(t, ctx, "backoffice")
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	browser.FullScreenshot(t, ctx, "backoffice-dark")
	browser.Do(t, ctx, browser.Phone())
	browser.Until(t, ctx, `document.documentElement.scrollWidth <= innerWidth`)
	browser.FullScreenshot(t, ctx, "backoffice-phone")

	var books struct{ Sum struct{ Refunded int64 } }
	answer, err := http.Get(address + "/control/ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&books); err != nil || books.Sum.Refunded != 50000 {
		t.Errorf("the ledger: %+v %v", books, err)
	}
}

// newPaidSandbox starts DOKU's sandbox, pays 90000 for each invoice and returns the sandbox's address.
func newPaidSandbox(t *testing.T, invoices ...string) string {
	t.Helper()
	stand, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stand.Close)
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	client, err := doku.New(doku.Config{BaseURL: server.URL, ClientID: sandbox.DefaultClientID,
		SecretKey: sandbox.DefaultSecretKey, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, invoice := range invoices {
		page, err := client.CreatePage(t.Context(), "page-"+invoice, doku.CreatePageRequest{
			Order:    doku.PageOrder{InvoiceNumber: invoice, Amount: 90000},
			Customer: doku.Customer{Email: "anton@example.com"},
		})
		if err != nil {
			t.Fatal(err)
		}
		address := string(page.CreditCardPaymentPage.URL)
		if err := customer.Pay(t.Context(), http.DefaultClient, address, customer.Mastercard); err != nil {
			t.Fatal(err)
		}
	}
	return server.URL
}
