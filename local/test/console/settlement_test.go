package console

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// A report is uploaded. One of its rows differs, and its case ends with a person's note.
func TestUploadsASettlementReport(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1", "INV-2")
	folder := t.TempDir()
	report := func(name string, content []byte) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	choose := func(file string) {
		p.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
		p.presses("Upload")
	}
	right := report("laporan 30 November.csv", p.tells("/control/settlement?malformed=differing_amount", ""))

	p.signsIn("finance", "/settlements")
	p.sees("No report was read yet.")
	choose(report("book.csv", []byte("PK\x03\x04 a spreadsheet")))
	p.sees("This is an Excel file.")
	choose(right)
	p.sees("Differences: 1.")
	choose(right)
	p.sees("This report was read before")
	choose(report("other.csv", p.tells("/control/settlement?malformed=other_content", "")))
	p.sees("was read before, with another content.")

	p.clicks("tbody a", "B-BSN-")
	p.sees("Settlement, paid out until")
	p.sees("Another amount 1")
	p.sees("Compare both amounts with the transaction, and ask DOKU.")
	p.sees("waits for a person")
	invoice := p.reads(`document.querySelector("section[data-kind=amount] tbody a").textContent`)
	p.presses("Acknowledge")
	p.types("What you found", "DOKU corrects it in the next report, ticket 815")
	p.presses("Continue")
	p.presses("Acknowledge")
	p.sees("The case is ended.")
	p.clicks("dialog button", "Close")
	p.sees("no open case")
	if got := p.reading(invoice); len(got.Attention) != 0 || len(got.Acknowledged) != 1 {
		t.Errorf("the API says %+v", got)
	}
	p.clicks("section[data-kind=amount] tbody a", invoice)
	p.sees("DOKU corrects it in the next report, ticket 815")
	p.clicks(".facts a", "") // the day of the pay-out leads back to the settlement
	p.sees("Another amount 1")

	var list struct {
		Settlements []struct {
			Differences map[string]int `json:"difference_counts"`
		}
	}
	answer, err := p.api.Do(t.Context(), http.MethodGet, "/settlements", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer.Body, &list); err != nil || len(list.Settlements) != 1 ||
		list.Settlements[0].Differences["amount"] != 1 {
		t.Errorf("%s %v", answer.Body, err)
	}
}

// A file that kasir refuses is in no list. The page says so after a minute, and where the reason is.
func TestUploadsWhatIsNoReport(t *testing.T) {
	p := newPerson(t)
	file := filepath.Join(t.TempDir(), "report.csv")
	if err := os.WriteFile(file, []byte("<!doctype html><title>Sign in</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.signsIn("finance", "/settlements")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
	p.presses("Upload")
	p.sees("report.csv was sent. kasir reads it")
	p.until(`(now => { Date.now = () => now() + 61000; return true })(Date.now)`)
	p.sees("report.csv is not in the list after a minute.")
	p.until(`/results\/.*report\.csv\.result\.json/.test(document.querySelector(".outcome code").textContent)`)
	p.sees("No report was read yet.")
}
