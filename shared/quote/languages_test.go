package quote

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// docs/quotes.md shows the files in testdata, and each of them prints a quote.
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
			if err == nil ||
				string(out) != "QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.\n" {
				t.Errorf("%s with a key of %d bytes: %v %s", file, len(poor), err, out)
			}
		}
	}
}

// A back end imports the file: nothing is printed, nothing ends the process, and a key that is too short is an error.
func TestTheNodeSnippetCanBeImported(t *testing.T) {
	const key = "a quote key of at least 32 characters"
	link := filepath.Join(t.TempDir(), "linked.mjs")
	file, err := filepath.Abs("../../docs/quotes/quote.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	script := `const { quote } = await import("file://` + file + `");
		try { quote("short", {}) } catch (error) { if (!error.message.includes("32 bytes")) throw error }
		process.stdout.write(quote("` + key + `", { invoice_number: "INV-7", amount: 1, sub: "CUST-1" }));`
	for _, arguments := range [][]string{{"--input-type=module", "-e", script},
		{"--input-type=module", "-e", script, "other.mjs"}} {
		run := exec.CommandContext(t.Context(), "node", arguments...)
		run.Env = append(os.Environ(), "QUOTE_KEY=")
		out, err := run.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if terms, err := Verify(string(out), time.Now(), key); err != nil || terms.InvoiceNumber != "INV-7" {
			t.Errorf("%s: %+v, %v", out, terms, err)
		}
	}
	run := exec.CommandContext(t.Context(), "node", link, "INV-8")
	run.Env = append(os.Environ(), "QUOTE_KEY="+key)
	out, err := run.Output()
	if terms, wrong := Verify(strings.TrimSpace(string(out)), time.Now(), key); err != nil || wrong != nil ||
		terms.InvoiceNumber != "INV-8" {
		t.Errorf("run by a link: %s, %v, %v", out, err, wrong)
	}
}
