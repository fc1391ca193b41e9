package main

import (
	"fmt"
	"slices"
	"strings"

	"kasir/shared/function"
)

// find is the stage of a name.
func find(name string) (Stage, error) {
	i := slices.IndexFunc(Stages, func(s Stage) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range Stages {
			names = append(names, s.Name)
		}
		return Stage{}, fmt.Errorf("there is no stage %q in infra/stages.go: there are %s", name, strings.Join(names, ", "))
	}
	return Stages[i], nil
}

// deployable says why a stage must not be deployed yet, for make deploy.
func deployable(name string) (Stage, error) {
	stage, err := find(name)
	if err != nil {
		return Stage{}, err
	}
	if fields := stage.Placeholders(); len(fields) > 0 {
		return Stage{}, fmt.Errorf("stage %s still has the example's values in %s: write your own into infra/stages.go", name, strings.Join(fields, ", "))
	}
	return stage, nil
}

// reserved is how many executions the stage keeps for its functions, of those that the account may have.
func (s Stage) reserved() int {
	n := 0
	for _, f := range function.Table {
		n += s.reservedFor(f)
	}
	return n
}

// reservedFor is how many of them are a function's.
func (s Stage) reservedFor(row function.Function) int {
	switch {
	case row.Due:
		return s.Concurrency.Reconcile
	case row.MaxBody > 0:
		return s.Concurrency.Functions
	}
	return 0
}
