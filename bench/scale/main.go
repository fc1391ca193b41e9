// Command scale prints docs/scale.md with the figures of package model. A part of all pages is not paid.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"

	"kasir/bench/model"
	"kasir/local/stack"
)

func main() {
	part := flag.Float64("abandoned", 0.3, "the part of all pages that nobody pays, above 0 and below 1")
	flag.Parse()
	document, _, err := fill(*part)
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
	fmt.Print(document)
}

// fill returns the document with the figures of the model, and the lines that have other figures than before.
func fill(part float64) (document string, changed []string, err error) {
	root, err := stack.Root()
	if err != nil {
		return "", nil, err
	}
	text, err := os.ReadFile(root + "/docs/scale.md")
	if err != nil {
		return "", nil, err
	}
	m := model.Abandoned(part)
	return model.Fill(string(text), slices.Concat(model.Options(), model.Ceilings(m), model.Loads(m)))
}
