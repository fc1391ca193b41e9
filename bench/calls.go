package main

import (
	"context"
	"fmt"
	"strings"

	"kasir/bench/path"
)

// calls counts what every path asks of DynamoDB, and what DynamoDB bills for it.
func (b *bench) calls(ctx context.Context) error {
	server, err := b.dynalite(ctx)
	if err != nil {
		return err
	}
	defer server.Close()
	costs, err := path.Walk(ctx, server.URL, b.source.Dir)
	if err != nil {
		return err
	}
	b.facts.paths = map[string]path.Cost{}
	for _, c := range costs {
		b.facts.paths[c.Name] = c
		b.report.add(callsRow(c))
	}
	return nil
}

func callsRow(c path.Cost) row {
	r := row{what: "DynamoDB in " + c.Name, measured: fmt.Sprintf("%d calls; %g write, %g read units", c.Calls, c.Units.Writes, c.Units.Reads)}
	if c.Size > 0 {
		r.measured += fmt.Sprintf("; item %d B", c.Size)
	}
	if c.Name == path.Reconcile {
		r.what = fmt.Sprintf("DynamoDB in reconcile of %d unpaid orders", path.Abandoned)
	}
	if c.Name == path.Unpaid {
		r.measured = fmt.Sprintf("%d looks: %s", c.Writes(), r.measured)
	}
	if budget, ok := path.Budgets[c.Name]; ok {
		r.budget, r.held = "P4", budget.Held(c)
		r.limit = strings.TrimSuffix(fmt.Sprintf("%d calls; item %d B", budget.Calls, budget.Size), "; item 0 B")
	}
	return r
}
