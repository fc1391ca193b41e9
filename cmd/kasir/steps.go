package main

import "fmt"

// steps prints the steps of a command, each on one line, and keeps them for its document.
type steps struct {
	screen *screen
	all    []step
}

// step is a step in a document.
type step struct {
	Step   string `json:"step"`
	Detail string `json:"detail"`
}

func (s *steps) printStep(name, format string, args ...any) {
	detail := fmt.Sprintf(format, args...)
	s.all = append(s.all, step{name, detail})
	fmt.Fprintf(s.screen.text, "%s %s\n", s.screen.paint(green, fmt.Sprintf("%-9s", name)), detail)
	s.screen.update("last step: %s", name)
}
