package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// A restored table lacks settings that a restore does not bring back. make deploy names each with its command, and
// deploys nothing before they are there. No deployment changes the table's indexes.
func TestARestoredTableIsCheckedBeforeItIsAdopted(t *testing.T) {
	const stream = "arn:aws:dynamodb:ap-southeast-3:111122223333:table/kasir-production-restored/stream/2026-11-30T10:20:00.000"
	facts := []string{"sandbox", "region=ap-southeast-3", "account=", "lists=day,attention", "table=kasir-production-restored",
		"stream=" + stream}
	table := func(state, backups, ttl string) string {
		return `case "$1 $2" in
"dynamodb describe-table") printf '` + state + `'; exit ;;
"dynamodb describe-continuous-backups") echo ` + backups + `; exit ;;
"dynamodb describe-time-to-live") echo ` + ttl + `; exit ;;
esac
` + account
	}
	ready := `ACTIVE\t` + stream + `\tNEW_AND_OLD_IMAGES\tTrue\ndue\tday\tattention\n`
	for want, aws := range map[string]string{
		"":                          table(ready, "ENABLED", "ENABLED"),
		"could not be read":         account,
		"is not ACTIVE":             table(strings.Replace(ready, "ACTIVE", "CREATING", 1), "ENABLED", "ENABLED"),
		"--stream-specification":    table(`ACTIVE\tNone\tNone\tTrue\ndue\tday\tattention\n`, "ENABLED", "ENABLED"),
		"is not the stream of":      table(strings.Replace(ready, "11-30", "11-29", 1), "ENABLED", "ENABLED"),
		"--deletion-protection":     table(strings.Replace(ready, "True", "False", 1), "ENABLED", "ENABLED"),
		"no index attention":        table(strings.Replace(ready, `\tattention`, "", 1), "ENABLED", "ENABLED"),
		"update-continuous-backups": table(ready, "DISABLED", "ENABLED"),
		"AttributeName=expires_at":  table(ready, "ENABLED", "DISABLED"),
	} {
		out, err := script(t, aws, append([]string{"check"}, facts...)...)
		if (err == nil) != (want == "") || !strings.Contains(out, want) {
			t.Errorf("%q: %v\n%s", want, err, out)
		}
	}
	out, err := script(t, table(`ACTIVE`, "", ""), append([]string{"steps"}, facts...)...)
	if got := strings.Fields(out); err != nil || !slices.Equal(got, []string{"day,attention"}) {
		t.Errorf("steps: %q, %v", out, err)
	}
	if got := adopted().facts(); !strings.Contains(got, "table=kasir-production-restored stream=arn:aws:dynamodb:") {
		t.Error(got)
	}
}

// The deployment that adopts a restored table has no canary, and every later one has. Where the stack cannot be read,
// the deployment has none.
func TestARestoredTableIsAdoptedAllAtOnce(t *testing.T) {
	has := func(table string) string { return answering("cloudformation describe-stacks", "echo "+table+"; exit") }
	adopting := []string{"region=ap-southeast-3", "account=", "table=kasir-production-restored"}
	for _, c := range []struct {
		aws   string
		facts []string
		want  string
	}{
		{has("kasir-production-Orders"), adopting, "off"},
		{has("kasir-production-restored"), adopting, ""},
		{account, adopting, "off"},
		{has("kasir-production-Orders"), adopting[:2], ""},
	} {
		out, err := script(t, c.aws, append([]string{"canary", "production"}, c.facts...)...)
		if err != nil || strings.TrimSpace(out) != c.want {
			t.Errorf("%s: %q, %v", c.facts, out, err)
		}
	}
	rule, err := os.ReadFile("../Makefile")
	const asked = "CANARY=$$(infra/deploy.sh canary $(STAGE) $$facts) $(STAGE_ARCH) $(CDK) deploy "
	if err != nil || !strings.Contains(string(rule), asked) {
		t.Errorf("make deploy does not ask deploy.sh whether the deployment may have a canary: %v", err)
	}
	s, err := overrideCanary([]Stage{adopted()}, "off")
	if err != nil || !s[0].allAtOnce || s[0].Table == nil {
		t.Errorf("%v, %v", s, err)
	}
}
