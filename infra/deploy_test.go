package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script runs deploy.sh in a folder of its own, where the only programs are those it needs and a stand-in for the AWS CLI; none
// without text.
func script(t *testing.T, aws string, args ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	for _, folder := range []string{bin, filepath.Join(dir, "node_modules", ".bin")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bash", "cat", "cut", "node"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	write("node_modules/.bin/cdk", "")
	write("cdk-outputs.sandbox.json", `{"kasir-sandbox":{"ApiUrl":"https://api.example","NotificationUrl":"https://api.example/notifications",
		"SecretArn":"arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-sandbox/doku-AbCdEf"}}`)
	if aws != "" {
		write("bin/aws", "#!"+filepath.Join(bin, "bash")+"\n"+aws)
	}
	path, err := filepath.Abs("deploy.sh")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), filepath.Join(bin, "bash"), append([]string{path}, args...)...)
	c.Dir, c.Env = dir, []string{"PATH=" + bin}
	out, err := c.CombinedOutput()
	return string(out), err
}

// What a deployment needs is said before it begins, each with what to do.
func TestWhatIsMissingForADeploymentIsSaid(t *testing.T) {
	for aws, want := range map[string]string{
		"":       "the AWS CLI is not installed",
		"exit 1": "there are no AWS credentials that work",
		"[ $1 = sts ] && echo 111122223333 || exit 1": "run node_modules/.bin/cdk bootstrap aws://111122223333/ap-southeast-3 once",
		"[ $1 = sts ] && echo 111122223333 || exit 0": "",
	} {
		out, err := script(t, aws, "check", "sandbox", "ap-southeast-3")
		if (err == nil) != (want == "") || !strings.Contains(out, want) || strings.Contains(out, "nothing was deployed") != (want != "") {
			t.Errorf("%q: %v\n%s", aws, err, out)
		}
	}
}

func TestTheNextStepIsSaid(t *testing.T) {
	out, err := script(t, "exit 1", "next", "sandbox")
	for _, want := range []string{
		"https://api.example/notifications", "put-secret-value --region ap-southeast-3 --secret-id arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-sandbox/doku-AbCdEf",
		"paste the notification URL into DOKU's Back Office", "kasir doctor --stage sandbox",
	} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s%v", want, out, err)
		}
	}
	if out, err = script(t, "exit 0", "next", "sandbox"); err != nil || strings.Contains(out, "fill the secret") {
		t.Errorf("the secret is filled: %v\n%s", err, out)
	}
}
