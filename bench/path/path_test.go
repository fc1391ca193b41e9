package path

import (
	"testing"

	"kasir/bench/standin"
	"kasir/local/dynamodb"
)

func walked(t *testing.T) map[string]Cost {
	t.Helper()
	server, err := dynamodb.Start(t.Context(), dynamodb.Config{Root: "../.."})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	if err := dynamodb.CreateTable(t.Context(), dynamodb.Client(server.URL), standin.TableName); err != nil {
		t.Fatal(err)
	}
	costs, err := Walk(t.Context(), server.URL, "../../events")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]Cost{}
	for _, c := range costs {
		named[c.Name] = c
	}
	return named
}

// P4: whoever runs kasir pays for each call and each kilobyte.
func TestEveryPathKeepsItsBudgetAtDynamoDB(t *testing.T) {
	costs := walked(t)
	for name, budget := range Budgets {
		c, ok := costs[name]
		if !ok || !budget.Held(c) {
			t.Errorf("%s: %d calls (%s), an item of %d bytes; the budget is %d calls, %d bytes", name, c.Calls, c.Operations, c.Size, budget.Calls, budget.Size)
		}
	}
	// What no budget names, but the bill does: an index entry that moves when nothing becomes due earlier is two writes for nothing.
	for name, most := range map[string]float64{CreatePage: 3, Notify: 2, Hold: 3, Replay: 1, Unpaid: 17} {
		if got := costs[name].Units.Writes; got > most {
			t.Errorf("%s: %g write units, at most %g are needed", name, got, most)
		}
	}
	// Each look is paid for: when they become more, docs/scale.md says so.
	if looks := costs[Unpaid].Writes(); looks != 6 {
		t.Errorf("an order that nobody pays is looked at %d times, want 6", looks)
	}
}
