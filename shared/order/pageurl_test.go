package order

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestAPageURLPrintsWithoutItsQuery(t *testing.T) {
	const url = "https://pay.example/checkout/1?sig=hush"
	o := Order{Facts: Facts{Page: &Page{URL: url}}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text := fmt.Sprintf(verb, o) + fmt.Sprintf(verb, *o.Facts.Page) + fmt.Sprintf(verb, o.Facts.Page.URL)
		if strings.Contains(text, "hush") || strings.Contains(text, "68757368") ||
			!strings.Contains(text, "https://pay.example/checkout/1?[private]") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "url", PageURL(url))
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "url", PageURL(url), "page", *o.Facts.Page)
	if strings.Contains(out.String(), "hush") {
		t.Error(out.String())
	}
	if body, err := json.Marshal(o.Facts.Page); err != nil || !strings.Contains(string(body), url) {
		t.Errorf("JSON has it whole: %s, %v", body, err)
	}
	if text := fmt.Sprint(PageURL("https://pay.example/1")); text != "https://pay.example/1" {
		t.Error(text)
	}
}
