package main

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "kasir/infra/quiet"
	"kasir/shared/metric"
)

// checks are the checks of every template.
var checks = []struct {
	name string
	of   func(template) findings
}{
	{"routes", checkRoutes}, {"authorizer", checkAuthorizer}, {"stage", checkStage},
	{"notification url", checkNotificationURL},
	{"sam", checkSAM}, {"functions", checkFunctions}, {"environment", checkEnvironment}, {"aws", checkAWS},
	{"desk", checkDesk}, {"references", checkReferences},
	{"privileges", checkPrivileges}, {"table", checkTable}, {"kept", checkKept}, {"secret", checkSecret},
	{"alarms", checkAlarms}, {"reconcile's alarm", checkReconcileAlarm}, {"topic", checkTopic},
	{"dashboard", checkDashboard},
	{"schedules", checkSchedules}, {"queues", checkQueues}, {"bus", checkBus}, {"stream", checkStream},
	{"webhooks", checkWebhooks}, {"reports", checkReports},
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

// cdk-nag writes its findings beside the templates. Every accepted finding needs a reason with some content.
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

// Only the binary is uploaded. A stray file would also change the asset's hash.
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

// Only the CDK's command reads cdk.json. Tests would run without flags that are set there.
func TestTheFlagsStandInTheCode(t *testing.T) {
	content, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file object
	if err := json.Unmarshal(content, &file); err != nil || file["context"] != nil ||
		file["app"] != "make --silent --no-print-directory app" {
		t.Errorf("%v %v", file, err)
	}
}

// Every alarm has a section in docs/alarms.md, and every section has an alarm.
func TestEveryAlarmHasASection(t *testing.T) {
	content, err := os.ReadFile("../docs/alarms.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, line := range strings.Split(string(content), "\n") {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			sections[name] = false
		}
	}
	production := templates(t)[1]
	for _, alarm := range production.of("AWS::CloudWatch::Alarm") {
		name := strings.TrimPrefix(text(alarm["AlarmName"]), production.stage.StackName()+"-")
		for _, kind := range []string{"FunctionErrors", "FunctionThrottles"} { // one section for all functions
			if strings.HasSuffix(name, kind) {
				name = kind
			}
		}
		for _, w := range production.stage.Webhooks { // one section for all endpoints
			name = strings.Replace(name, w.id(), "Webhook", 1)
		}
		if _, ok := sections[name]; !ok {
			t.Errorf("docs/alarms.md has no section %s", name)
		}
		sections[name] = true
	}
	for name, used := range sections {
		if !used {
			t.Errorf("docs/alarms.md has a section %s, but there is no such alarm", name)
		}
	}
}

// The workflow's versions are those of the repository, its actions are pinned, and a pull request from anywhere cannot
// deploy.
func TestTheWorkflowDeploysOnlyMain(t *testing.T) {
	content, err := os.ReadFile("../.github/workflows/ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	workflow := string(content)
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(workflow, "cfn-lint==")
	version, _, _ = strings.Cut(version, "\n")
	if !strings.Contains(string(makefile), "cfn-lint=="+version+"\"") {
		t.Errorf("the workflow has cfn-lint %s, the Makefile another", version)
	}
	if !strings.Contains(workflow, "if: github.ref == 'refs/heads/main' && github.event_name == 'push'") ||
		strings.Contains(workflow, "pull_request_target") {
		t.Error("the job deploy is not held to pushes of main")
	}
	if strings.Count(workflow, "id-token: write") != 1 {
		t.Error("more than the job deploy may ask for a token of AWS's")
	}
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for line := range strings.Lines(workflow) {
		if _, action, is := strings.Cut(strings.TrimSpace(line), "uses: "); is && !pinned.MatchString(action) {
			t.Errorf("action %s is not named by its commit, with the version in a comment", action)
		}
	}
	// setup-go installs the version of the toolchain line, or go's own x.y.0 without one.
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(workflow, "go-version-file: go.mod") ||
		!regexp.MustCompile(`(?m)^toolchain go\d+\.\d+\.[1-9]\d*$`).Match(module) {
		t.Error("the workflow would build the functions with a Go that misses its security releases")
	}
}

// CI's role is as narrow as possible. The document warns that the rest still suffices to change a neighbouring stage.
func TestTheDocumentBoundsCIsRole(t *testing.T) {
	for _, file := range []string{"../docs/deployment.md", "../.github/workflows/ci.yml"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "role/cdk-hnb659fds-*") {
			t.Errorf("%s lets CI assume every role of the CDK", file)
		}
	}
	content, err := os.ReadFile("../docs/deployment.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"**Give the sandbox an account of its own.**", "permissions boundary",
		"`SharesAccount`", "make bootstrap STAGE=sandbox", "Node 22"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("docs/deployment.md does not say %q", want)
		}
	}
}

// An alarm on a metric that is never counted would always be silent, or always ring.
func TestEveryMetricIsCountedSomewhere(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir("../shared", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		source.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range metric.All {
		if !strings.Contains(source.String(), "metric."+string(row.Name)) {
			t.Errorf("%s is in metric.All, but nothing counts it", row.Name)
		}
	}
}
