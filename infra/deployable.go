package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"kasir/shared/function"
)

// findStage returns the stage with a name.
func findStage(name string) (Stage, error) {
	i := slices.IndexFunc(Stages, func(s Stage) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range Stages {
			names = append(names, s.Name)
		}
		return Stage{}, fmt.Errorf("there is no stage %q in infra/stages.go: there are %s",
			name, strings.Join(names, ", "))
	}
	return Stages[i], nil
}

// selectStages returns the stage with a name, or every stage if name is empty.
func selectStages(name string) ([]Stage, error) {
	if name == "" {
		return slices.Clone(Stages), nil
	}
	stage, err := findStage(name)
	return []Stage{stage}, err
}

// overrideArchitecture returns the stages with another architecture. It changes nothing if arch is empty.
func overrideArchitecture(stages []Stage, arch string) ([]Stage, error) {
	named := map[string]string{"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64"}[arch]
	if arch != "" && named == "" {
		return nil, fmt.Errorf("ARCH is %q; it must be arm64 or amd64", arch)
	}
	stages = slices.Clone(stages)
	for i := range stages {
		if named != "" {
			stages[i].Architecture = named
		}
	}
	return stages, nil
}

// overrideCanary returns the stages without their canaries if canary is off. A deployment that replaces a bad version
// cannot wait for its alarms. It changes nothing if canary is empty.
func overrideCanary(stages []Stage, canary string) ([]Stage, error) {
	if canary != "" && canary != "off" {
		return nil, fmt.Errorf("CANARY is %q; it may be off", canary)
	}
	stages = slices.Clone(stages)
	for i := range stages {
		stages[i].allAtOnce = canary == "off"
	}
	return stages, nil
}

// architectures returns the architectures to build for the stages, in Go's names.
func architectures(stages []Stage) string {
	var all []string
	for _, s := range stages {
		all = append(all, s.goarch())
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// goarch returns the architecture under its name in Go and in make build.
func (s Stage) goarch() string {
	if s.Architecture == "x86_64" {
		return "amd64"
	}
	return s.Architecture
}

// deployable returns a stage that may be deployed, or the reason why it may not, for make deploy.
func deployable(name string) (Stage, error) {
	stage, err := findStage(name)
	if err != nil {
		return Stage{}, err
	}
	if fields := stage.Placeholders(); len(fields) > 0 {
		return Stage{}, fmt.Errorf("stage %s still has the example's values in %s: write your own into infra/stages.go",
			name, strings.Join(fields, ", "))
	}
	problems := []error{stage.Check(), checkSettings(stage), checkTogether(Stages)}
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		problems = append(problems, checkAccount(stage, Stages))
	}
	if err := errors.Join(problems...); err != nil {
		return Stage{}, err
	}
	if stage.Tokens != nil {
		err = checkIssuer(context.Background(), issuerClient, stage)
	}
	return stage, err
}

// checkAccount keeps CI out of an account where it could change another stage. Otherwise anybody who may push to main
// could take production down.
func checkAccount(stage Stage, all []Stage) error {
	const how = "give each stage an account of its own in infra/stages.go, or bound the role and set SharesAccount, " +
		"see docs/deployment.md"
	if stage.SharesAccount {
		return nil
	}
	if stage.Account == "" {
		return fmt.Errorf("stage %s: Account is empty, and CI's role may change every stage of an account: %s",
			stage.Name, how)
	}
	for _, other := range all {
		if other.Name != stage.Name && (other.Account == stage.Account || other.Account == "") {
			return fmt.Errorf("stage %s: Account may be that of stage %s, which CI's role could change too: %s",
				stage.Name, other.Name, how)
		}
	}
	return nil
}

// facts returns the stage's values that deploy.sh needs, as name=value. Check keeps blanks out of them.
func (s Stage) facts() string {
	all := []string{"region=" + s.Region, "account=" + s.Account, fmt.Sprintf("reserved=%d", s.reserved()),
		"lists=" + strings.Join(s.allLists(), ",")}
	if s.Boundary {
		all = append(all, "boundary=yes")
	}
	if s.Table != nil {
		all = append(all, "table="+s.Table.Name, "stream="+s.Table.Stream)
	}
	if len(s.SecretReaders) > 0 {
		all = append(all, "readers="+strings.Join(s.SecretReaders, ","))
	}
	if s.Pool != nil {
		all = append(all, "prefix="+s.Pool.DomainPrefix)
	}
	if s.Domain != nil {
		all = append(all, "domain="+s.Domain.Name, "certificate="+s.Domain.Certificate)
	}
	return strings.Join(all, " ")
}

// reserved returns the number of the account's executions that the stage reserves for its functions.
func (s Stage) reserved() int {
	n := 0
	for _, f := range s.functions() {
		n += s.reservedFor(f)
	}
	return n
}

// reservedFor returns the number of executions reserved for a function.
func (s Stage) reservedFor(row function.Function) int {
	if own := s.Scale.Reserved[row.Name]; own > 0 {
		return own
	}
	switch {
	case slices.Contains(row.Queries, function.DueIndex):
		return s.Concurrency.Reconcile
	case row.MaxBody > 0 && !row.Console:
		return s.Concurrency.Functions
	case row.Queue:
		return s.Concurrency.Webhooks * len(s.Webhooks)
	}
	return 0
}
