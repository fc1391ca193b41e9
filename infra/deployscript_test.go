package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
