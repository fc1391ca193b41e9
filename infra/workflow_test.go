package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is a file of .github/workflows.
type workflow struct {
	On   map[string]any
	Jobs map[string]job
	text string
}

type job struct {
	If          string
	Needs       []string
	Uses        string
	With        map[string]string
	Environment string
	Concurrency string
	Permissions map[string]string
	Steps       []struct {
		Uses, Run string
		With      map[string]any
	}
}

func readWorkflow(t *testing.T, name string) workflow {
	t.Helper()
	content, err := os.ReadFile("../.github/workflows/" + name + ".yml")
	w := workflow{text: string(content)}
	if err == nil {
		err = yaml.Unmarshal(content, &w)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return w
}

// step returns the index of the first step whose action or command contains a text, or -1.
func (j job) step(part string) int {
	for i, s := range j.Steps {
		if strings.Contains(s.Uses+" "+s.Run, part) {
			return i
		}
	}
	return -1
}

// The workflow's versions are those of the repository, its actions are pinned, and a pull request from anywhere cannot
// deploy.
func TestTheWorkflowDeploysOnlyMain(t *testing.T) {
	const main = "github.ref == 'refs/heads/main'"
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for name, only := range map[string]string{
		"ci": main + " && github.event_name == 'push'", "deploy": "", "drift": main,
	} {
		w := readWorkflow(t, name)
		for id, j := range w.Jobs {
			if j.Permissions["id-token"] == "write" && (j.If != only || j.Environment == "" && j.Uses == "") {
				t.Errorf("%s: the job %s gets a token of AWS's, and is not held to main (%q) and an environment", name,
					id, j.If)
			}
		}
		if _, foreign := w.On["pull_request_target"]; foreign || strings.Contains(w.text, "secrets.") {
			t.Errorf("%s gives a pull request from anywhere the repository's rights", name)
		}
		for line := range strings.Lines(w.text) {
			_, action, is := strings.Cut(strings.TrimSpace(line), "uses: ")
			if is && !strings.HasPrefix(action, "./") && !pinned.MatchString(action) {
				t.Errorf("%s: action %s is not named by its commit, with the version in a comment", name, action)
			}
		}
	}
	ci := readWorkflow(t, "ci").text
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(ci, "cfn-lint==")
	version, _, _ = strings.Cut(version, "\n")
	if !strings.Contains(string(makefile), "cfn-lint=="+version+"\"") {
		t.Errorf("the workflow has cfn-lint %s, the Makefile another", version)
	}
	// setup-go installs the version of the toolchain line, or go's own x.y.0 without one.
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(ci, "go-version-file: go.mod") ||
		!regexp.MustCompile(`(?m)^toolchain go\d+\.\d+\.[1-9]\d*$`).Match(module) {
		t.Error("the workflow would build the functions with a Go that misses its security releases")
	}
}

// Production gets the binaries that were tested and that the sandbox got. Its reviewer sees first what would change.
// The doctor looks at each stage after its deployment.
func TestProductionGetsWhatTheSandboxGot(t *testing.T) {
	ci, deploy := readWorkflow(t, "ci"), readWorkflow(t, "deploy")
	for stage, needs := range map[string][]string{"sandbox": {"test", "template"}, "production": {"plan"}} {
		j := ci.Jobs[stage]
		if j.Uses != "./.github/workflows/deploy.yml" || j.With["stage"] != stage || !slices.Equal(j.Needs, needs) {
			t.Errorf("%s: %+v", stage, j)
		}
	}
	plan := ci.Jobs["plan"]
	if !slices.Equal(plan.Needs, []string{"sandbox"}) || plan.Environment != "production-plan" ||
		plan.step("make diff STAGE=production BUILT=1") < 0 || plan.step("/comments") < 0 {
		t.Errorf("nobody sees what would change: %+v", plan)
	}
	template := ci.Jobs["template"]
	made := template.Steps[template.step("upload-artifact@")]
	for name, j := range map[string]job{"plan": plan, "deploy": deploy.Jobs["deploy"]} {
		at := j.step("download-artifact@")
		if at < 0 || j.Steps[at].With["name"] != made.With["name"] ||
			j.step("tar -xf "+made.With["path"].(string)) < at || j.step("make build") >= 0 {
			t.Errorf("%s: its binaries are not those of the job template", name)
		}
	}
	d := deploy.Jobs["deploy"]
	deployed := d.step(`make deploy STAGE="$STAGE" BUILT=1`)
	if deployed < d.step("tar -xf") || d.step(`doctor --without-secret --stage "$STAGE"`) < deployed ||
		d.Environment != "${{ inputs.stage }}" || d.Concurrency != "deploy-${{ inputs.stage }}" {
		t.Errorf("%+v", d)
	}
	if _, called := deploy.On["workflow_call"]; !called || len(deploy.On) != 1 {
		t.Errorf("deploy is begun by %v too", deploy.On)
	}
	drift := readWorkflow(t, "drift")
	if drift.On["schedule"] == nil || drift.Jobs["drift"].step("make drift STAGE=") < 0 {
		t.Error("nobody compares the stages with their templates")
	}
}
