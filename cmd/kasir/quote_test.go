package main

import (
	"strings"
	"testing"
	"time"

	"kasir/shared/quote"
)

func TestQuote(t *testing.T) {
	const key = "a quote key of at least 32 characters"
	run := func(args ...string) (string, string, error) {
		c := kasir(t, append([]string{"quote"}, args...)...)
		c.Env = append(c.Env, "QUOTE_KEY="+key)
		return output(t, c)
	}
	stdout, stderr, err := run("--invoice", "INV-1", "--amount", "90000", "--item", "Kopi Gayo 250 g|45000|2")
	if err != nil {
		t.Fatalf("%v %s", err, stderr)
	}
	terms, err := quote.Verify(strings.TrimSpace(stdout), time.Now(), key)
	if err != nil || terms.Amount != 90000 || len(terms.LineItems) != 1 || terms.LineItems[0].Quantity != 2 {
		t.Errorf("%+v, %v", terms, err)
	}
	for want, args := range map[string][]string{
		"--minutes 16":          {"--invoice", "INV-1", "--amount", "90000", "--minutes", "16"},
		"--invoice \"INV 1\"":   {"--invoice", "INV 1", "--amount", "90000"},
		"the items add up to 1": {"--invoice", "INV-1", "--amount", "2", "--item", "Kopi|1|1"},
		"name|price|quantity":   {"--invoice", "INV-1", "--amount", "2", "--item", "Kopi"},
		"amount":                {"--invoice", "INV-1", "--amount", "0"},
		"reading --key-file":    {"--invoice", "INV-1", "--amount", "1", "--key-file", key},
		"takes no argument":     {"--invoice", "INV-1", "--amount", "1", key},
	} {
		if _, stderr, err := run(args...); err == nil || !strings.Contains(stderr, want) ||
			strings.Count(stderr, "\n") != 1 || strings.Contains(stderr, key) {
			t.Errorf("%v: %v %q, want one line with %q", args, err, stderr, want)
		}
	}
}
