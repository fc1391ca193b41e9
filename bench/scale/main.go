// Command scale prints the tables of docs/scale.md, from package model. A part of all pages is not paid.
package main

import (
	"flag"
	"fmt"

	"kasir/bench/model"
)

func main() {
	part := flag.Float64("abandoned", 0.3, "the part of all pages that nobody pays, above 0 and below 1")
	flag.Parse()
	for _, block := range blocks(*part) {
		fmt.Println(block)
	}
}

// blocks returns the tables and sentences of docs/scale.md.
func blocks(part float64) []string {
	m := model.Abandoned(part)
	end := model.DefaultQuotas(m)
	return []string{
		model.OptionsTable(),
		fmt.Sprintf("500 warm instances cost $%.1f a month for reads of the secret.\n", model.Secrets(500)),
		model.CeilingsTable(m),
		fmt.Sprintf("With default quotas and these settings, a stage carries %.0f payments a second. "+
			"What ends it then: %s.\n", end.At, end.What),
		model.LoadsTable(m),
	}
}
