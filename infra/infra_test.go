package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "kasir/infra/quiet"
)

// checks are what is asked of every template.
var checks = []struct {
	name string
	of   func(template) findings
}{
	{"routes", checkRoutes}, {"authorizer", checkAuthorizer}, {"stage", checkStage}, {"notification url", checkNotificationURL},
	{"sam", checkSAM}, {"functions", checkFunctions}, {"environment", checkEnvironment}, {"references", checkReferences},
	{"privileges", checkPrivileges}, {"table", checkTable}, {"kept", checkKept}, {"secret", checkSecret},
	{"alarms", checkAlarms}, {"reconcile's alarm", checkReconcileAlarm}, {"topic", checkTopic}, {"dashboard", checkDashboard},
	{"schedules", checkSchedules}, {"queues", checkQueues}, {"bus", checkBus}, {"stream", checkStream},
}

func TestTemplates(t *testing.T) {
	for _, tpl := range templates(t) {
		for _, check := range checks {
			for _, problem := range check.of(tpl) {
				t.Errorf("%s: %s: %s", tpl.stage.Name, check.name, problem)
			}
		}
	}
}

// cdk-nag writes what it found beside the templates. Whatever is accepted has a reason that says more than that it is accepted.
func TestNagFindsNothing(t *testing.T) {
	dir := templates(t)[0].dir
	reports, err := filepath.Glob(filepath.Join(dir, "*NagReport.csv"))
	if err != nil || len(reports) != 2*len(templates(t)) {
		t.Fatalf("reports: %v, %v", reports, err)
	}
	counts := map[string]int{}
	for _, report := range reports {
		content, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", report, err)
		}
		for _, row := range rows[1:] {
			rule, resource, compliance, reason := row[0], row[1], row[2], row[3]
			counts[compliance]++
			if compliance != "Compliant" && compliance != "Suppressed" {
				t.Errorf("%s: %s is %s", rule, resource, compliance)
			}
			if compliance == "Suppressed" && len(reason) < 20 {
				t.Errorf("%s: %s is accepted because %q", rule, resource, reason)
			}
		}
	}
	t.Logf("%d reports: %v", len(reports), counts)
}

// What is not needed at AWS must not be uploaded there: a stray file would also change the asset's hash.
func TestAssetsHoldTheBinaryAlone(t *testing.T) {
	for _, tpl := range templates(t) {
		for id := range tpl.of("AWS::Lambda::Function") {
			folder := filepath.Join(tpl.dir, text(at(tpl.resources(), id, "Metadata", "aws:asset:path")))
			files, err := os.ReadDir(folder)
			if err != nil || len(files) != 1 {
				t.Errorf("%s: %v, %v", id, files, err)
			}
		}
	}
}

// The CDK's command reads cdk.json; flags in it would not be there for the tests.
func TestTheFlagsStandInTheCode(t *testing.T) {
	content, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file object
	if err := json.Unmarshal(content, &file); err != nil || file["context"] != nil || file["app"] != "go run ./infra" {
		t.Errorf("%v %v", file, err)
	}
}
