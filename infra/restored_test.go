package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"kasir/shared/function"
)

// adopted returns production with a restored table.
func adopted() Stage {
	s := Stages[1]
	s.Table = &RestoredTable{Name: "kasir-production-restored", RestoredTo: "2026-11-30T10:00:00Z",
		Stream: "arn:aws:dynamodb:" + s.Region + ":111122223333:table/kasir-production-restored/stream/2026-11-30T10:20:00.000"}
	return s
}

// adoptedTemplate returns the template of a stage that adopts a restored table.
func adoptedTemplate(t *testing.T) template {
	t.Helper()
	adoption.Do(func() { adoption.template = synthesiseOne(t, "adopted", adopted()) })
	return adoption.template.copied()
}

var adoption struct {
	sync.Once
	template template
}

// synthesiseOne returns the template of one stage. It makes it in a folder of this name.
func synthesiseOne(t *testing.T, name string, s Stage) template {
	t.Helper()
	dir := filepath.Join(cloud, name)
	stubs(t, filepath.Join(dir, "dist", "arm64"))
	app, err := New([]Stage{s}, filepath.Join(dir, "dist"), "", filepath.Join(dir, "cdk.out"))
	if err != nil {
		t.Fatal(err)
	}
	tpl := template{stage: s, dir: *app.Synth(nil).Directory()}
	content, err := os.ReadFile(filepath.Join(tpl.dir, s.StackName()+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &tpl.doc); err != nil {
		t.Fatal(err)
	}
	reports, _ := filepath.Glob(filepath.Join(tpl.dir, "*NagReport.csv"))
	for _, report := range reports {
		content, err := os.ReadFile(report)
		if err != nil || strings.Contains(string(content), `"Non-Compliant"`) {
			t.Errorf("%s: %v\n%s", report, err, content)
		}
	}
	return tpl
}

// changedByAdoption are the types of resources that a deployment may change when it adopts a restored table. Of these,
// CloudFormation replaces only the mapping of the stream, since a mapping cannot move to another stream. The alias of a
// function moves to its new version, and the alarms on the table watch the restored one.
var changedByAdoption = []string{"AWS::Lambda::Function", "AWS::IAM::Policy", "AWS::Lambda::EventSourceMapping",
	"AWS::ApiGatewayV2::Integration", "AWS::Lambda::Alias", "TableThrottlesAlarm", "IndexThrottlesAlarm"}

// A deployment that adopts a restored table deletes and replaces nothing that holds data. The stack's own table stays
// in the template, byte for byte, and nothing refers to it any more: whether it still exists is of no importance.
func TestAdoptingARestoredTableLeavesTheStacksOwn(t *testing.T) {
	before, after := templates(t)[1], adoptedTemplate(t)
	for id, r := range before.resources() {
		now, ok := after.resources()[id]
		kind := text(at(r, "Type"))
		changes := slices.Contains(changedByAdoption, kind) || slices.Contains(changedByAdoption, id)
		switch {
		case !ok && kind == "AWS::Lambda::Version" && text(at(r, "DeletionPolicy")) == "RetainExceptOnCreate":
			// another version takes its place, and it stays
		case !ok:
			t.Errorf("%s, of type %s, would be deleted", id, kind)
		case !reflect.DeepEqual(withoutMetadata(r), withoutMetadata(now)) && !changes:
			t.Errorf("%s, of type %s, would be changed:\n%v\n%v", id, kind, r, now)
		}
	}
	content, err := json.Marshal(after.doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, reference := range []string{`{"Ref":"Orders"}`, `{"Fn::GetAtt":["Orders",`} {
		if strings.Contains(string(content), reference) {
			t.Errorf("the template still has %s", reference)
		}
	}
	for _, alarm := range []string{"TableThrottles", "IndexThrottles"} {
		watched, _ := statistics(after.of("AWS::CloudWatch::Alarm")[alarm+"Alarm"])
		for _, metric := range watched {
			if !strings.HasSuffix(metric, " TableName=kasir-production-restored") {
				t.Errorf("%s watches %s", alarm, metric)
			}
		}
	}
	if got := text(at(after.doc, "Outputs", "TableName", "Value")); got != "kasir-production-restored" {
		t.Errorf("the output TableName is %q", got)
	}
	for _, check := range checks {
		if !slices.Contains([]string{"table", "kept", "secret", "references", "functions"}, check.name) {
			continue // the others name the stack's own table, or know no queue for a recovery
		}
		for _, problem := range check.of(after) {
			t.Errorf("%s: %s", check.name, problem)
		}
	}
}

// A function that can write to the restored table and calls DOKU has the hold in the same environment. It cannot know
// the one without the other.
func TestTheHoldComesWithTheRestoredTable(t *testing.T) {
	held := 0
	for _, f := range adoptedTemplate(t).of("AWS::Lambda::Function") {
		variables, _ := at(f, "Environment", "Variables").(object)
		if text(variables["TABLE_NAME"]) != "kasir-production-restored" {
			if variables["TABLE_NAME"] != nil {
				t.Errorf("a function has the table %v", variables["TABLE_NAME"])
			}
			continue
		}
		if variables["HOLD_UNTIL_RECOVERED"] != nil {
			held++
		}
	}
	for _, name := range []string{"capture", "refund", "reconcile"} {
		f := adoptedTemplate(t).of("AWS::Lambda::Function")[function.LogicalID(name)]
		if text(at(f, "Environment", "Variables", "HOLD_UNTIL_RECOVERED")) != "2026-11-30T10:00:00Z" {
			t.Errorf("%s has no hold", name)
		}
	}
	want := 0
	for _, f := range function.All {
		if f.DOKU && len(f.TableActions) > 0 {
			want++
		}
	}
	if held != want {
		t.Errorf("%d functions have the hold, want %d", held, want)
	}
	for _, f := range templates(t)[1].of("AWS::Lambda::Function") {
		if at(f, "Environment", "Variables", "HOLD_UNTIL_RECOVERED") != nil {
			t.Error("a stage whose table was not restored has a hold")
		}
	}
}

// The stream of the restored table is read, and its roles are those of the restored table alone.
func TestTheRestoredTablesOwnStreamAndRoles(t *testing.T) {
	tpl := adoptedTemplate(t)
	for id, m := range tpl.of("AWS::Lambda::EventSourceMapping") {
		if id == "Stream" && text(m["EventSourceArn"]) != tpl.stage.Table.Stream {
			t.Errorf("%s reads %v", id, m["EventSourceArn"])
		}
	}
	found := 0
	for id, p := range tpl.of("AWS::IAM::Policy") {
		for _, s := range at(p, "PolicyDocument", "Statement").([]any) {
			if text(at(s, "Sid")) != "Orders" {
				continue
			}
			if found++; !strings.HasSuffix(text(at(s, "Resource")), ":table/kasir-production-restored") {
				t.Errorf("%s allows %v", id, at(s, "Resource"))
			}
		}
	}
	if found < 5 {
		t.Errorf("%d roles use the table", found)
	}
	pattern := at(tpl.of("AWS::Events::Rule")["RecoveryRule"], "EventPattern", "replay-name", 0, "exists")
	if pattern != true || len(tpl.of("AWS::SQS::Queue")["Recovery"]) == 0 {
		t.Errorf("kasir recover has no queue, or gets events that are not replayed: %v", pattern)
	}
}

// Every mistake in Stage.Table is named before anything is deployed.
func TestAMistakeInTheRestoredTableIsNamed(t *testing.T) {
	for field, break_ := range map[string]func(*RestoredTable){
		"Table.Name":       func(r *RestoredTable) { r.Name = "a b" },
		"Table.Stream":     func(r *RestoredTable) { r.Stream = strings.Replace(r.Stream, "restored", "x", 1) },
		"Table.RestoredTo": func(r *RestoredTable) { r.RestoredTo = "five minutes ago" },
	} {
		s := adopted()
		r := *s.Table
		break_(&r)
		s.Table = &r
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := adopted().Check(); err != nil {
		t.Error(err)
	}
}

// withoutMetadata returns a resource without the reasons of cdk-nag, which CloudFormation ignores.
func withoutMetadata(r any) object {
	properties := maps.Clone(r.(object))
	delete(properties, "Metadata")
	return properties
}
