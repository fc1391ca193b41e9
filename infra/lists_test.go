package main

import (
	"slices"
	"strings"
	"testing"
)

// withTable is a stand-in for an account with a stack whose table has these indexes.
func withTable(indexes string) string {
	return `case "$1 $2" in
"cloudformation describe-stacks") echo kasir-sandbox-Orders; exit ;;
"dynamodb describe-table") echo "` + indexes + `"; exit ;;
esac
` + account
}

// CloudFormation refuses a deployment that creates or deletes two indexes of a table. A new table has all at once.
func TestADeploymentChangesOneIndexAtATime(t *testing.T) {
	const all, withoutCustomer = "day,customer,attention", "day,attention"
	for _, c := range []struct {
		aws, lists string
		want       []string
	}{
		{account, all, []string{all}},
		{account, withoutCustomer, []string{withoutCustomer}},
		{withTable("due"), all, []string{"day", "day,customer", all}},
		{withTable("due"), withoutCustomer, []string{"day", withoutCustomer}},
		{withTable("due\tday"), all, []string{"day,customer", all}},
		{withTable("attention\tdue\tday"), all, []string{"attention,day,customer"}},
		{withTable("due\tday\tcustomer\tattention"), all, []string{all}},
		{withTable("due\tday\tcustomer\tattention"), withoutCustomer, []string{withoutCustomer}},
		{withTable("due\tday\tcustomer"), withoutCustomer, []string{"day", withoutCustomer}},
		{withTable("None"), all, []string{"day", "day,customer", all}},
		// Before a rollback all lists but one are deleted: ONLY_LISTS=day comes after the stage's own.
		{withTable("due\tday\tcustomer\tattention"), all + " lists=day", []string{"day,attention", "day"}},
	} {
		arguments := append([]string{"steps", "sandbox", "region=ap-southeast-3", "account="},
			strings.Fields("lists="+c.lists)...)
		out, err := script(t, c.aws, arguments...)
		if got := strings.Fields(out); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s with %s: %q, %v, want %q", c.lists, c.aws, got, err, c.want)
		}
		for _, lists := range c.want {
			stages, err := overrideLists(Stages, lists)
			if err != nil || strings.Join(stages[0].lists(), ",") != lists || checkSettings(stages[0]) != nil {
				t.Errorf("%s: %v, %v, %v", lists, stages[0].lists(), err, checkSettings(stages[0]))
			}
		}
	}
	unreadable := `if [ "$1 $2" = "dynamodb describe-table" ]; then echo AccessDeniedException >&2; exit 254; fi
` + withTable("")
	if out, err := script(t, unreadable, "steps", "sandbox", "region=x", "lists=day"); err == nil ||
		!strings.Contains(out, "could not be read, and a deployment may change one at a time: AccessDeniedException") {
		t.Errorf("a table that cannot be read: %v\n%s", err, out)
	}
	if _, err := overrideLists(Stages, "day,week"); err == nil || !strings.Contains(err.Error(), `LISTS has "week"`) {
		t.Errorf("an unknown list: %v", err)
	}
}

// make deploy prints how to fill the lists with the orders of an earlier version. It marks those of a new table as
// complete.
func TestTheLastStepFillsTheLists(t *testing.T) {
	const hint = "bin/kasir reindex --stage sandbox"
	state := func(get, count, put string) string {
		return `case "$1 $2" in
"dynamodb get-item") ` + get + ` ;;
"dynamodb scan") echo ` + count + `; exit ;;
"dynamodb put-item") [ "$4" = kasir-sandbox-Orders ] || exit 1; ` + put + ` ;;
esac
` + account
	}
	for name, c := range map[string]struct {
		aws  string
		want bool
	}{
		"reindexed":           {state("echo True; exit", "1", "exit 254"), false},
		"a new table":         {state("echo None; exit", "0", "exit 0"), false},
		"old orders":          {state("echo None; exit", "1", "exit 0"), true},
		"reindex was stopped": {state("echo False; exit", "1", "exit 254"), true},
		"not readable":        {account, false}, // as for the role of CI
	} {
		out, err := script(t, c.aws, "next", "sandbox")
		if err != nil || strings.Contains(out, hint) != c.want {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
