package events_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kasir/shared/order"
)

// The documents, the schema and the API's description have the kinds of attention of the one table, with its words.
func TestTheKindsOfAttentionAreTheSameEverywhere(t *testing.T) {
	var want []string
	var alarms, events strings.Builder
	for _, a := range order.Attentions {
		want = append(want, string(a.Kind))
		fmt.Fprintf(&alarms, "| `%s` | %s | %s | %s | %s |\n", a.Kind, a.Happened, a.Do, a.Where, a.Ends)
		fmt.Fprintf(&events, "| `%s` | %s |\n", a.Kind, a.Happened)
		// A conflict may be one that is acknowledged, which its row explains.
		if strings.Contains(a.Ends, "acknowledges it") != a.Acknowledged {
			t.Errorf("%s: whether a person acknowledges it is not what ends it: %q", a.Kind, a.Ends)
		}
	}
	for file, table := range map[string]string{"alarms.md": alarms.String(), "events.md": events.String()} {
		if text := readDocument(t, file); !strings.Contains(text, table) {
			t.Errorf("docs/%s does not have the table of order.Attentions:\n%s", file, table)
		}
	}
	var schema struct {
		Properties struct {
			Attention struct {
				Properties struct{ Reason struct{ Examples []string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(readDocument(t, "events/payment.attention.json")), &schema); err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`    Case:\n(?:.*\n){3} +kind: \{type: string, x-extensible-enum: \[(.*)\]\}`)
	found := kinds.FindStringSubmatch(readDocument(t, "api.yaml"))
	if found == nil {
		t.Fatal("docs/api.yaml does not list the kinds of attention")
	}
	sorted := slices.Sorted(slices.Values(want))
	for where, got := range map[string][]string{
		"docs/events/payment.attention.json": schema.Properties.Attention.Properties.Reason.Examples,
		"docs/api.yaml":                      strings.Split(found[1], ", "),
	} {
		if got = slices.Sorted(slices.Values(got)); !slices.Equal(got, sorted) {
			t.Errorf("%s has the kinds %v, want %v", where, got, sorted)
		}
	}
	types := readDocument(t, "events.md")
	row := types[strings.Index(types, "| `payment.attention` |"):]
	row, _, _ = strings.Cut(row, "\n")
	named := map[string]bool{}
	for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row, -1) {
		named[name[1]] = true
	}
	if got := slices.Sorted(maps.Keys(named)); !slices.Equal(got, sorted) {
		t.Errorf("the type payment.attention in docs/events.md names %v, want %v", got, sorted)
	}
}

func readDocument(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
