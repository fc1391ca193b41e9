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
	return scriptIn(t, t.TempDir(), aws, args...)
}

// scriptIn is script in a folder whose own programs come first.
func scriptIn(t *testing.T, dir, aws string, args ...string) (string, error) {
	t.Helper()
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
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil && !os.IsExist(err) {
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

// account is a stand-in for the AWS CLI in an account that is ready; a test puts its own answers before.
const account = `case "$1 $2" in
"sts get-caller-identity") echo 111122223333 ;;
"ssm get-parameter") ;;
"lambda get-account-settings") echo 1000 ;;
*) echo "ResourceNotFoundException or no such stack" >&2; exit 254 ;;
esac`

// answering is the account with one answer of its own.
func answering(command, answer string) string {
	return `if [ "$1 $2" = "` + command + `" ]; then ` + answer + "; fi\n" + account
}

// What a deployment needs is said before it begins, each with what to do.
func TestWhatIsMissingForADeploymentIsSaid(t *testing.T) {
	for _, c := range []struct{ aws, want string }{
		{"", "the AWS CLI is not installed"},
		{"exit 1", "there are no AWS credentials that work"},
		{answering("ssm get-parameter", "echo 'An error occurred (ParameterNotFound)' >&2; exit 254"), "run node_modules/.bin/cdk bootstrap aws://111122223333/ap-southeast-3 once"},
		{answering("ssm get-parameter", "echo 'An error occurred (UnrecognizedClientException): the security token is invalid' >&2; exit 254"), "aws account enable-region --region-name ap-southeast-3"},
		{answering("lambda get-account-settings", "echo 10; exit"), "the account may run 10 functions at once"},
		{answering("cloudformation describe-stacks", `printf 'ROLLBACK_COMPLETE\tTrue\n'; exit`), "update-termination-protection --no-enable-termination-protection --stack-name kasir-sandbox"},
		{answering("cloudformation describe-stacks", `printf 'ROLLBACK_COMPLETE\tFalse\n'; exit`), ""}, // the CDK deletes it itself
		{answering("cloudformation describe-stacks", `printf 'UPDATE_COMPLETE\tTrue\n'; exit`), ""},
		{account, ""},
	} {
		out, err := script(t, c.aws, "check", "sandbox", "ap-southeast-3", "1")
		if (err == nil) != (c.want == "") || !strings.Contains(out, c.want) || strings.Contains(out, "nothing was deployed") != (c.want != "") {
			t.Errorf("%q: %v\n%s", c.aws, err, out)
		}
	}
	if out, err := script(t, answering("lambda get-account-settings", "echo 10; exit"), "check", "sandbox", "ap-southeast-3", "0"); err != nil {
		t.Errorf("nothing is reserved: %v\n%s", err, out)
	}
	if out, err := script(t, answering("cloudformation describe-stacks", "echo arn:aws:secretsmanager:ap-southeast-3:1:secret:x; exit"), "check", "sandbox", "ap-southeast-3", "1"); err != nil || !strings.Contains(out, "is still empty") {
		t.Errorf("the secret is empty: %v\n%s", err, out)
	}
}

func TestAnOldNodeIsSaid(t *testing.T) {
	dir := t.TempDir()
	bash, err := exec.LookPath("bash")
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "bin"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "bin", "node"), []byte("#!"+bash+"\n[ $1 = -p ] && echo 16 || echo v16.20.0\n"), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := scriptIn(t, dir, account, "check", "sandbox", "ap-southeast-3", "1"); err == nil || !strings.Contains(out, "Node is v16.20.0: the CDK wants version 20") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheNextStepIsSaid(t *testing.T) {
	out, err := script(t, account, "next", "sandbox")
	for _, want := range []string{
		"https://api.example/notifications", "put-secret-value --region ap-southeast-3 --secret-id arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-sandbox/doku-AbCdEf",
		"paste the notification URL into DOKU's Back Office", "kasir doctor --stage sandbox",
	} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s%v", want, out, err)
		}
	}
	for _, filled := range []string{"exit 0", "echo AccessDeniedException >&2; exit 254"} { // a role that may not look must not call it empty
		if out, err = script(t, filled, "next", "sandbox"); err != nil || strings.Contains(out, "fill the secret") {
			t.Errorf("%s: %v\n%s", filled, err, out)
		}
	}
}

// Whoever did not deploy a stage gets its outputs as whoever did.
func TestOutputsOfADeploymentFromElsewhere(t *testing.T) {
	dir := t.TempDir()
	aws := answering("cloudformation describe-stacks", `echo '[{"OutputKey":"TableName","OutputValue":"orders"},{"OutputKey":"SecretArn","OutputValue":"arn:x"}]'; exit`)
	out, err := scriptIn(t, dir, aws, "outputs", "sandbox", "ap-southeast-3")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := samEnvironment("sandbox", filepath.Join(dir, "cdk-outputs.sandbox.json"))
	if err != nil || !strings.Contains(string(content), `"TABLE_NAME": "orders"`) {
		t.Errorf("%v\n%s", err, content)
	}
	if out, err := script(t, account, "outputs", "sandbox", "ap-southeast-3"); err == nil || !strings.Contains(out, "is it deployed") {
		t.Errorf("no stack: %v\n%s", err, out)
	}
}
