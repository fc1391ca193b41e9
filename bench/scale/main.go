// Command scale prints the tables of docs/scale.md that package model computes. A part of all pages is not paid.
package main

import (
	"flag"
	"fmt"
	"strings"

	"kasir/bench/model"
)

func main() {
	part := flag.Float64("abandoned", 0.3, "the part of all pages that nobody pays, above 0 and below 1")
	flag.Parse()
	fmt.Println(strings.Join(tables(model.Abandoned(*part)), "\n"))
}

func tables(m model.Mix) []string {
	rows := append(model.Options(), "")
	for _, c := range model.Ceilings(m) {
		rows = append(rows, c.Row())
	}
	return append(append(rows, ""), model.Loads(m)...)
}
