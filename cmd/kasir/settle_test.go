package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/test/harness"
)

// The sandbox writes its reports by its own code. Each is applied, found to differ, or refused, as its kind says.
func TestReportsOfTheSandboxAreSettled(t *testing.T) {
	t.Setenv("FEE", "2.8%+2000+11%")
	data, folder := t.TempDir(), t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	doku := sandboxOf(t, r.URL)
	settle := func(content []byte, more ...string) (code int, stdout, stderr string, file string) {
		t.Helper()
		file = filepath.Join(folder, "report.csv")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		args := append([]string{"settle", file, "--data", data, "--functions", harness.Functions()}, more...)
		stdout, stderr, err := output(t, kasir(t, args...))
		return status(err), stdout, stderr, file
	}

	r.pay(t, "SET-1")
	r.pay(t, "SET-2")
	report := postFor(t, doku+"/control/settlement?other_channel=2")
	code, stdout, stderr, _ := settle(report, "--dry-run")
	if code != 0 || !strings.Contains(stdout, "every row matches the orders") || !strings.Contains(stdout,
		"not applied") {
		t.Fatalf("a dry run: %d\n%s%s", code, stdout, stderr)
	}
	for range 2 { // the second time nothing is applied
		code, stdout, stderr, file := settle(report)
		if code != 0 || !strings.Contains(stdout, "every row matches the orders") || !strings.Contains(stdout,
			"other") {
			t.Fatalf("%d\n%s%s", code, stdout, stderr)
		}
		var result struct {
			State       string
			Differences []any
		}
		content, err := os.ReadFile(strings.TrimSuffix(file, ".csv") + ".result.json")
		if err != nil || json.Unmarshal(content, &result) != nil || result.State != "done" ||
			len(result.Differences) > 0 {
			t.Errorf("%v %s", err, content)
		}
	}
	told := ""
	for !strings.Contains(told, "settlement.reconciled") && t.Context().Err() == nil {
		told, _, _ = output(t, kasir(t, "events", "list", "--type", "settlement.reconciled", "--data", data))
	}
	if strings.Count(told, "settlement.reconciled") != 1 || !strings.Contains(told, ", 0 differences  evt-") {
		t.Errorf("the events are\n%s", told)
	}
	if code, _, stderr, _ := settle(postFor(t,
		doku+"/control/settlement?malformed=other_content")); code != exitUsage ||
		!strings.Contains(stderr, "SHA-256") {
		t.Errorf("other content of one batch: %d %s", code, stderr)
	}

	for _, c := range []struct {
		malformed string
		code      int
		want      string // in the output or in the error
	}{
		{"wrong_sums", exitUsage, "Total Settlement Amount"}, {"wrong_count", exitUsage, "Total Transactions"},
		{"wrong_row", exitUsage, `"PAY TO MERCHANT"`}, {"differing_amount", exitDiffers, "amount (1)"},
		{"unknown_invoice", exitDiffers, "missing_here (1)"}, {"unknown_kind", exitDiffers, "unknown_kind (1)"},
		{"other_merchant", exitUsage, "MERCHANT NAME"}, {"repeated_row", exitDiffers, "settled_twice (1)"},
		{"formulas", 0, "every row"}, {"latin1", 0, "every row"}, {"bom", 0, "every row"}, {"crlf", 0, "every row"},
		{"no_blank_line", 0, "every row"}, {"doubled_blank_line", 0, "every row"}, {"padded_cells", 0, "every row"},
		{"trimmed_cells", 0, "every row"}, {"reordered_columns", 0, "every row"},
		{"missing_column", exitUsage, `"AMOUNT": is not among the columns`}, {"cut_short", exitUsage, "line "},
		{"html", exitUsage, "no settlement report"}, {"empty", exitUsage, "no settlement report"},
		{"thousands_dots", 0, "every row"}, {"thousands_commas", 0, "every row"},
	} {
		r.pay(t, "SET-"+strings.ReplaceAll(c.malformed, "_", "-"))
		code, stdout, stderr, _ := settle(postFor(t, doku+"/control/settlement?malformed="+c.malformed))
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: %d, want %d with %s\n%s%s", c.malformed, code, c.code, c.want, stdout, stderr)
		}
	}
	stdout, _, err := output(t, kasir(t, "orders", "--attention=settlement", "--json", "--data", data))
	if err != nil || strings.Count(stdout, `"reason": "settlement"`) != 3 {
		t.Errorf("%v %s", err, stdout)
	}
}

// postFor sends a request without a body and returns the answer's.
func postFor(t *testing.T, to string) []byte {
	t.Helper()
	response, err := http.Post(to, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", to, response.Status, content, err)
	}
	return content
}
