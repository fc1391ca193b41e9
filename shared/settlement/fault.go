package settlement

import (
	"fmt"
	"strings"
)

// maxFaults is the number of faults that Invalid names.
const maxFaults = 20

// manyFaults is the number of further faults after which a file is not read to its end.
const manyFaults = 1000

// Fault is a reason why a file is not a report that can be applied.
type Fault struct {
	Line   int    // from 1; 0 for the whole file
	Column string // as the file names it, or empty
	Text   string // the rest of the sentence. It does not repeat a cell, which may hold anything.
}

func (f Fault) String() string {
	place := []string{}
	if f.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", f.Line))
	}
	if f.Column != "" {
		place = append(place, fmt.Sprintf("%q", f.Column))
	}
	return strings.Join(append(place, f.Text), ": ")
}

// Invalid is the error of a file that is not a report, or whose content contradicts itself. Nothing of it was applied.
type Invalid struct {
	Faults []Fault // the first ones; never empty
	More   int     // the number of further faults that were found
}

func (e *Invalid) Error() string {
	var all []string
	for _, f := range e.Faults {
		all = append(all, f.String())
	}
	switch {
	case e.More >= manyFaults:
		all = append(all, fmt.Sprintf("and at least %d more", e.More))
	case e.More > 0:
		all = append(all, fmt.Sprintf("and %d more", e.More))
	}
	return "the settlement report was not applied: " + strings.Join(all, "; ")
}

// add adds a fault.
func (e *Invalid) add(line int, column, text string, args ...any) {
	if len(e.Faults) == maxFaults {
		e.More++
		return
	}
	e.Faults = append(e.Faults, Fault{line, column, fmt.Sprintf(text, args...)})
}

// err returns e if it has a fault, and otherwise nil.
func (e *Invalid) err() error {
	if len(e.Faults) == 0 {
		return nil
	}
	return e
}
