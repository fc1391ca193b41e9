package main

import (
	"fmt"
	"slices"
	"strings"
)

// deployable says why a stage must not be deployed yet, for make deploy.
func deployable(name string) (Stage, error) {
	i := slices.IndexFunc(Stages, func(s Stage) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range Stages {
			names = append(names, s.Name)
		}
		return Stage{}, fmt.Errorf("there is no stage %q in infra/stages.go: there are %s", name, strings.Join(names, ", "))
	}
	if fields := Stages[i].Placeholders(); len(fields) > 0 {
		return Stage{}, fmt.Errorf("stage %s still has example.com in %s: write your own into infra/stages.go", name, strings.Join(fields, ", "))
	}
	return Stages[i], nil
}
