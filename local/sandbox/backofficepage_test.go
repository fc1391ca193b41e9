package sandbox

import (
	"net/url"
	"strings"
	"testing"
)

// The page has a button for each act that a payment admits, and for no other.
func TestBackOfficePage(t *testing.T) {
	b := newBench(t)
	b.sale("INV-unsettled")
	b.refundable("INV-settled")
	b.authorize("INV-reserved")
	b.create(simple("INV-open", 90000, ""))
	for invoice, want := range map[string]string{
		"INV-unsettled": "void dispute", "INV-settled": "refund dispute",
		"INV-reserved": "capture void", "INV-open": "",
	} {
		page := string(b.get(b.url + "/backoffice?invoice_number=" + invoice).body)
		var acts []string
		for _, part := range strings.Split(page, `name="act" value="`)[1:] {
			name, _, _ := strings.Cut(part, `"`)
			acts = append(acts, name)
		}
		if got := strings.Join(acts, " "); got != want {
			t.Errorf("%s: %q, want %q", invoice, got, want)
		}
	}
}

// A button does the act, and leads back to the page. A refusal keeps what was typed and loads nothing from elsewhere.
func TestBackOfficeButtons(t *testing.T) {
	b := newBench(t)
	b.refundable("INV-1")
	form := url.Values{"invoice_number": {"INV-1"}, "act": {"refund"}, "amount": {"50000"}}
	if a := b.submit(b.url+"/backoffice", form); a.status != 200 || b.ledger("INV-1").Refunded != 50000 {
		t.Errorf("%d %s", a.status, a.body)
	}
	a := b.submit(b.url+"/backoffice", form)
	if page := string(a.body); a.status != 409 || !strings.Contains(page, "INV-1: Refund exceeds") ||
		!strings.Contains(page, `value="50000"`) || strings.Contains(page, "<script") {
		t.Errorf("%d %s", a.status, page)
	}
	form.Set("amount", `"><script>alert(1)</script>`)
	if a := b.submit(b.url+"/backoffice", form); a.status != 400 || strings.Contains(string(a.body), "<script") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestBackOfficeSwitches(t *testing.T) {
	b := newBench(t)
	b.refundable("INV-1")
	on := url.Values{"never_notify": {"1"}, "manual_refunds": {"1"}, "hide_chargebacks": {"1"},
		"partial_refunds": {"reduced"}}
	page := string(b.submit(b.url+"/backoffice/switches", on).body)
	if strings.Count(page, " checked") != 3 || !strings.Contains(page, `value="reduced" selected`) {
		t.Errorf("%s", page)
	}
	b.clicks("INV-1", "refund", 1000)
	b.advance(0)
	b.silent("though the page says never")
	if r := b.ledger("INV-1").Refunds[0]; r.Type != "MANUAL_PARTIAL_REFUND" || b.status("INV-1").Order.Amount != 89000 {
		t.Errorf("%+v", r)
	}
	page = string(b.submit(b.url+"/backoffice/switches", url.Values{"partial_refunds": {"block"}}).body)
	if strings.Contains(page, " checked") {
		t.Errorf("%s", page)
	}
}

func TestBackOfficeSettles(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	form := url.Values{"date": {"2026-08-31"}, "malformed": {"bom"}}
	page := string(b.submit(b.url+"/backoffice/settlement", form).body)
	_, link, _ := strings.Cut(page, `href="control/settlements/`)
	batch, _, _ := strings.Cut(link, `"`)
	a := b.get(b.url + "/control/settlements/" + batch)
	if a.status != 200 || !strings.HasPrefix(string(a.body), "\ufeffTotal Amount Purchase_,90000") {
		t.Errorf("%q: %d %q", batch, a.status, a.body)
	}
	if a := b.submit(b.url+"/backoffice/settlement", nil); a.status != 404 ||
		!strings.Contains(string(a.body), "No money moved") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
