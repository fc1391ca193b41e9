package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A canary gives nine tenths of the requests to the functions' version of before for five minutes. If the new version has
// another table, two tables would get orders. make deploy refuses it, and names the command that moves every function at
// once. After the adoption a canary is as good as before.
func TestARestoredTableIsAdoptedAtOnce(t *testing.T) {
	const stream = "arn:aws:dynamodb:ap-southeast-3:111122223333:table/kasir-sandbox-2/stream/2026-11-30T10:20:00.000"
	facts := []string{"check", "sandbox", "region=ap-southeast-3", "account=", "lists=day", "canary=yes", "table=kasir-sandbox-2",
		"stream=" + stream}
	const want = "make deploy STAGE=sandbox CANARY=off"
	for deployed, refused := range map[string]bool{"kasir-sandbox-Orders": true, "kasir-sandbox-2": false, "": false} {
		aws := `case "$1 $2" in
"cloudformation describe-stacks") case "$*" in *TableName*) echo '` + deployed + `' ;; esac; exit ;;
"dynamodb describe-table") printf 'ACTIVE\t` + stream + `\tNEW_AND_OLD_IMAGES\tTrue\ndue\tday\n'; exit ;;
"dynamodb describe-continuous-backups") echo ENABLED; exit ;;
"dynamodb describe-time-to-live") echo ENABLED; exit ;;
esac
` + account
		out, err := script(t, aws, facts...)
		if (err != nil) != refused || strings.Contains(out, want) != refused {
			t.Errorf("%q: %v\n%s", deployed, err, out)
		}
	}
	if got := adopted().facts(); !strings.Contains(got, " canary=yes") {
		t.Error(got)
	}
	once := adopted()
	once.allAtOnce = true
	if got := once.facts(); strings.Contains(got, "canary") {
		t.Error(got)
	}
}

// make back moves no function to another table: after the adoption of a restored table, the version of before writes to
// the lost one, without the hold.
func TestNoFunctionGoesBackToAnotherTable(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	aws := `case "$1 $2" in
"cloudformation describe-stacks") echo 2026-11-30T20:00:00.123000+00:00; exit ;;
"cloudformation list-stack-resources") printf 'kasir-capture\tkasir-publish\n'; exit ;;
"lambda get-alias") echo 10; exit ;;
"lambda get-function-configuration") case "$*" in
  *TABLE_NAME*) if [ $4 = kasir-publish ]; then echo None; elif [ $6 = 10 ]; then echo kasir-sandbox-2; else echo kasir-Orders; fi ;;
  *) echo 2026-11-30T20:00:41.000+0000 ;;
  esac; exit ;;
"lambda list-versions-by-function") printf '9\t10\n'; exit ;;
"lambda update-alias") echo "$4" >>` + asked + `; exit ;;
esac
` + account
	out, err := script(t, aws, "back", "sandbox", "region=ap-southeast-3")
	moved, _ := os.ReadFile(asked)
	if err == nil || len(moved) > 0 || !strings.Contains(out, "kasir-capture") || !strings.Contains(out, "kasir-Orders") {
		t.Errorf("%v\n%s\nmoved: %s", err, out, moved)
	}
}

// make deploy asks whether a secret is filled without reading it: each reading by a person or by CI would send the page
// SecretRead.
func TestADeploymentDoesNotReadTheSecrets(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	for versions, empty := range map[string]bool{"None": true, "{}": true, `{"v":["AWSCURRENT"]}`: false} {
		aws := `echo "$1 $2" >>` + asked + `
case "$1 $2" in
"cloudformation describe-stacks") echo arn:aws:secretsmanager:ap-southeast-3:1:secret:x; exit ;;
"secretsmanager describe-secret") echo '` + versions + `'; exit ;;
esac
` + account
		out, err := script(t, aws, sandbox...)
		if err != nil || strings.Contains(out, "is still empty") != empty {
			t.Errorf("%s: %v\n%s", versions, err, out)
		}
		if out, err = script(t, aws, "next", "sandbox"); err != nil || strings.Contains(out, "fill the secret") != empty {
			t.Errorf("%s: %v\n%s", versions, err, out)
		}
	}
	if all, _ := os.ReadFile(asked); strings.Contains(string(all), "get-secret-value") {
		t.Errorf("the secret was read:\n%s", all)
	}
}

// A role that may not read the table, such as CI's in docs/deployment.md, must not report that its lists lack orders.
func TestListsThatCannotBeReadAreNotReported(t *testing.T) {
	denied := answering("dynamodb get-item", "echo AccessDeniedException >&2; exit 254")
	if out, err := script(t, denied, "next", "sandbox"); err != nil || strings.Contains(out, "kasir reindex") {
		t.Errorf("%v\n%s", err, out)
	}
	old := answering("dynamodb get-item", "echo None; exit")
	if out, err := script(t, old, "next", "sandbox"); err != nil || !strings.Contains(out, "kasir reindex") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The boundary and CI's role allow tables of kasir's names alone, and a stage must not adopt another stage's table.
func TestARestoredTableHasTheStagesName(t *testing.T) {
	for name, right := range map[string]bool{
		"kasir-production-202611301030": true, "orders-restored": false, "kasir-sandbox-202611301030": false,
	} {
		s := adopted()
		s.Table = &RestoredTable{Name: name, RestoredTo: "2026-11-30T10:00:00Z",
			Stream: "arn:aws:dynamodb:" + s.Region + ":111122223333:table/" + name + "/stream/2026-11-30T10:20:00.000"}
		if err := s.Check(); (err == nil) != right || !right && !strings.Contains(err.Error(), "Table.Name") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, at := range []string{"0001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"} {
		s := adopted()
		restored := *s.Table
		restored.RestoredTo, s.Table = at, &restored
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), "Table.RestoredTo") {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// The stages of two accounts may have stacks and functions of the same names.
func TestNothingIsDoneInAnotherAccount(t *testing.T) {
	for _, what := range []string{"outputs", "drift", "back", "unprotect"} {
		asked := filepath.Join(t.TempDir(), "asked")
		out, err := script(t, `[ "$1" = sts ] || echo "$*" >>`+asked+"\n"+account, what, "sandbox", "region=ap-southeast-3",
			"account=444455556666")
		called, _ := os.ReadFile(asked)
		if err == nil || len(called) > 0 || !strings.Contains(out, "the credentials are of account 111122223333") {
			t.Errorf("%s: %v\n%s%s", what, err, out, called)
		}
	}
}
