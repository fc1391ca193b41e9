package quote

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What docs/quotes.md shows is the files beside it, and what they print is a quote.
func TestTheDocumentedSnippetsMakeQuotes(t *testing.T) {
	document, err := os.ReadFile("../../docs/quotes.md")
	if err != nil {
		t.Fatal(err)
	}
	for file, interpreter := range map[string]string{"quote.mjs": "node", "quote.php": "php"} {
		path := "../../docs/quotes/" + file
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(document), string(content)) {
			t.Errorf("docs/quotes.md does not show %s as it is", file)
		}
		if _, err := exec.LookPath(interpreter); err != nil {
			if os.Getenv("CI") != "" || interpreter == "node" {
				t.Errorf("%s is not on the PATH: %v", interpreter, err)
			}
			continue
		}
		const key = "a quote key of at least 32 characters"
		run := exec.CommandContext(t.Context(), interpreter, path)
		run.Env = append(os.Environ(), "QUOTE_KEY="+key)
		out, err := run.Output()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		terms, err := Verify(strings.TrimSpace(string(out)), time.Now(), key)
		if err != nil || terms.InvoiceNumber != "INV-1" || terms.Amount != 90000 || len(terms.LineItems) != 1 {
			t.Errorf("%s: %+v, %v", file, terms, err)
		}
		for _, poor := range []string{"", key[:MinKey-1]} {
			run := exec.CommandContext(t.Context(), interpreter, path)
			run.Env = append(os.Environ(), "QUOTE_KEY="+poor)
			out, err := run.CombinedOutput()
			if err == nil || string(out) != "QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.\n" {
				t.Errorf("%s with a key of %d bytes: %v %s", file, len(poor), err, out)
			}
		}
	}
}
