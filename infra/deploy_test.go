package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// script runs deploy.sh in a folder of its own, where the only programs are those it needs and a stand-in for the AWS
// CLI. There is no stand-in if aws is empty.
func script(t *testing.T, aws string, args ...string) (string, error) {
	t.Helper()
	return scriptIn(t, t.TempDir(), aws, args...)
}

// scriptIn is like script, in the given folder, whose programs come first.
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
	for _, name := range []string{"bash", "cat", "cut", "node", "mktemp", "rm", "ls"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	write("node_modules/.bin/cdk", "")
	write("cdk-outputs.sandbox.json",
		`{"kasir-sandbox":{"ApiUrl":"https://api.example","NotificationUrl":"https://api.example/notifications",
		"TableName":"kasir-sandbox-Orders",
		"SecretArn":"arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-sandbox/doku-AbCdEf",
		"WebhookSecretArn":"arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-sandbox/webhooks-AbCdEf"}}`)
	if aws != "" {
		write("bin/aws", "#!"+filepath.Join(bin, "bash")+"\n"+aws)
	}
	path := deployScript(t)
	c := exec.CommandContext(t.Context(), filepath.Join(bin, "bash"), append([]string{path}, args...)...)
	c.Dir, c.Env = dir, []string{"PATH=" + bin}
	out, err := c.CombinedOutput()
	return string(out), err
}

func deployScript(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("deploy.sh")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// account is a stand-in for the AWS CLI in an account that is ready, on a machine without a region of its own. A test
// puts its own answers before it.
const account = `case "$1 $2" in
"sts get-caller-identity") [ "$3" = --region ] || exit 253; echo 111122223333 ;;
"ssm get-parameter") ;;
"lambda get-account-settings") printf '1000\t1000\n' ;;
*) echo "ResourceNotFoundException or no such stack" >&2; exit 254 ;;
esac`

// emptySecrets is an account whose secrets have no value. Nobody may read one: each reading sets off SecretRead.
const emptySecrets = `case "$1 $2" in
"secretsmanager describe-secret") echo False; exit ;;
"secretsmanager get-secret-value") echo "a secret was read"; exit ;;
esac
` + account

// answering returns the account with one answer replaced.
func answering(command, answer string) string {
	return `if [ "$1 $2" = "` + command + `" ]; then ` + answer + "; fi\n" + account
}

// sandbox holds the facts of a stage as infra prints them. A test adds the further facts of its stage.
var sandbox = []string{"check", "sandbox", "region=ap-southeast-3", "account=", "reserved=1"}

// withDomain holds the facts of a stage with a domain and a prefix, which must be unique.
var withDomain = append(slices.Clone(sandbox), "prefix=toko-kasir", "domain=pay.toko.id",
	"certificate=arn:aws:acm:ap-southeast-3:111122223333:certificate/x")

// inOrder is a stand-in for an account in which a stage with a domain can be deployed.
const inOrder = `case "$1 $2" in
"acm describe-certificate") printf 'ISSUED\tpay.toko.id\n'; exit ;;
"cognito-idp describe-user-pool-domain") echo None; exit ;;
esac
` + account

func answeringInOrder(command, answer string) string {
	return `if [ "$1 $2" = "` + command + `" ]; then ` + answer + "; fi\n" + inOrder
}

// deploy.sh reports all unmet needs of a deployment before it begins, each with its remedy.
func TestWhatIsMissingForADeploymentIsSaid(t *testing.T) {
	for _, c := range []struct{ aws, want string }{
		{"", "the AWS CLI is not installed"},
		{"exit 1", "there are no AWS credentials that work"},
		{answering("ssm get-parameter", "echo 'An error occurred (ParameterNotFound)' >&2; exit 254"),
			"account 111122223333 is not prepared for the CDK in ap-southeast-3: run make bootstrap STAGE=sandbox once"},
		{answering("ssm get-parameter",
			"echo 'An error occurred (UnrecognizedClientException): the security token is invalid' >&2; exit 254"),
			"aws account enable-region --region-name ap-southeast-3"},
		{answering("lambda get-account-settings", `printf '10\t10\n'; exit`),
			"the account may run 10 functions at once in ap-southeast-3, and must have 100 beside the 1"},
		{answering("cloudformation describe-stacks", `printf 'ROLLBACK_COMPLETE\tTrue\n'; exit`),
			"update-termination-protection --no-enable-termination-protection --stack-name kasir-sandbox"},
		{answering("cloudformation describe-stacks", `printf 'ROLLBACK_COMPLETE\tFalse\n'; exit`), ""},
		// the CDK deletes this stack itself
		{answering("cloudformation describe-stacks", `printf 'UPDATE_COMPLETE\tTrue\n'; exit`), ""},
		{account, ""},
	} {
		out, err := script(t, c.aws, sandbox...)
		if (err == nil) != (c.want == "") || !strings.Contains(out, c.want) ||
			strings.Contains(out, "nothing was deployed") != (c.want != "") {
			t.Errorf("%q: %v\n%s", c.aws, err, out)
		}
	}
	if out, err := script(t, `if [ "$1" = cloudformation ]; then echo arn:aws:secretsmanager:ap-southeast-3:1:secret:x; exit; fi
`+emptySecrets, sandbox...); err != nil || !strings.Contains(out, "is still empty") {
		t.Errorf("the secret is empty: %v\n%s", err, out)
	}
	other := append(slices.Clone(sandbox), "account=444455556666")
	if out, err := script(t, account, other...); err == nil ||
		!strings.Contains(out, "the credentials are of account 111122223333, but infra/stages.go has 444455556666") {
		t.Errorf("another account: %v\n%s", err, out)
	}
}

// A unique name that somebody else already has would fail the deployment after minutes.
func TestWhatIsTakenIsFoundBeforeTheDeployment(t *testing.T) {
	for _, c := range []struct{ aws, want string }{
		{inOrder, ""},
		{answering("acm describe-certificate", "echo AccessDeniedException >&2; exit 254"), ""},
		// a role that may not read this can still deploy
		{answeringInOrder("cognito-idp describe-user-pool-domain", "echo ap-southeast-3_Other; exit"),
			"the prefix toko-kasir is taken in ap-southeast-3, by the pool ap-southeast-3_Other"},
		{answeringInOrder("acm describe-certificate", `printf 'PENDING_VALIDATION\tpay.toko.id\n'; exit`),
			"the certificate of pay.toko.id is PENDING_VALIDATION"},
		{answeringInOrder("acm describe-certificate", `printf 'ISSUED\ttoko.id\twww.toko.id\n'; exit`),
			"is not for pay.toko.id: it is for toko.id www.toko.id"},
		{answeringInOrder("acm describe-certificate", `printf 'ISSUED\ttoko.id\t*.toko.id\n'; exit`), ""},
		{answeringInOrder("acm describe-certificate",
			"echo 'An error occurred (ResourceNotFoundException)' >&2; exit 254"),
			"there is no certificate arn:aws:acm:ap-southeast-3:111122223333:certificate/x"},
		{answeringInOrder("apigatewayv2 get-domain-name", "exit 0"), "the domain pay.toko.id is another API's"},
		// the stack's own
		{`case "$1 $2" in
"cloudformation describe-stacks") echo ap-southeast-3_Own; exit ;;
"cognito-idp describe-user-pool-domain") echo ap-southeast-3_Own; exit ;;
"apigatewayv2 get-domain-name") exit ;;
esac
` + inOrder, ""},
	} {
		out, err := script(t, c.aws, withDomain...)
		if (err == nil) != (c.want == "") || !strings.Contains(out, c.want) {
			t.Errorf("%q: %v\n%s", c.aws, err, out)
		}
	}
}

// An account that runs ten functions at once can take a few payments at a time. That is reported, but it does not stop
// the deployment.
func TestAFewExecutionsAreAWarning(t *testing.T) {
	none := []string{"check", "sandbox", "region=ap-southeast-3", "account=", "reserved=0"}
	out, err := script(t, answering("lambda get-account-settings", `printf '10\t10\n'; exit`), none...)
	if err != nil || !strings.Contains(out,
		"note: the account may run 10 functions at once in ap-southeast-3, which carries about 11 pages a second") ||
		!strings.Contains(out, "request-service-quota-increase --service-code lambda --quota-code L-B99A9384") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = script(t, account, none...); err != nil || strings.Contains(out, "pages a second") {
		t.Errorf("with 1000: %v\n%s", err, out)
	}
}

// In the folder of cdk.json the CDK would describe the stages before it prepares the account. That would fail on a
// fresh clone, where nothing is built.
func TestBootstrapNeedsNothingBuilt(t *testing.T) {
	dir := t.TempDir()
	facts := []string{"bootstrap", "sandbox", "region=ap-southeast-3", "account=", "reserved=1"}
	if err := os.MkdirAll(filepath.Join(dir, "node_modules", ".bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	cdk := "#!" + bash + "\necho \"cdk $*; beside it: $(ls -A)\"\n"
	out, err := scriptIn(t, dir, account, facts...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "node_modules", ".bin", "cdk"), []byte(cdk), 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), filepath.Join(dir, "bin", "bash"),
		append([]string{deployScript(t)}, facts...)...)
	c.Dir, c.Env = dir, []string{"PATH=" + filepath.Join(dir, "bin")}
	answer, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(answer),
		"cdk bootstrap aws://111122223333/ap-southeast-3; beside it: \n") ||
		!strings.Contains(string(answer), "now make deploy STAGE=sandbox") {
		t.Errorf("%v\n%s", err, answer)
	}
	out, err = script(t, answering("ssm get-parameter",
		"echo 'An error occurred (UnrecognizedClientException)' >&2; exit 254"), facts...)
	if err == nil || !strings.Contains(out, "aws account enable-region") ||
		!strings.Contains(out, "nothing was prepared") {
		t.Errorf("a region that is off: %v\n%s", err, out)
	}
}

// deploy.sh reports a Node that is too old, and one that soon will be.
func TestAnOldNodeIsSaid(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]string{
		"16": "- Node is v16.0.0: the CDK wants version 20 or newer, install 22",
		"20": "note: Node is v20.0.0, which is no longer maintained: the CDK will stop working on it, install version 22",
		"22": "",
	} {
		dir := t.TempDir()
		err := os.Mkdir(filepath.Join(dir, "bin"), 0o755)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "bin", "node"),
				[]byte("#!"+bash+"\n[ $1 = -p ] && echo "+version+" || echo v"+version+".0.0\n"), 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := scriptIn(t, dir, account, sandbox...)
		if (err == nil) != (version != "16") || !strings.Contains(out, want) ||
			strings.Contains(out, "Node is") != (want != "") {
			t.Errorf("Node %s: %v\n%s", version, err, out)
		}
	}
}

// kasir doctor reads DOKU's keys as the person who runs it. A reader who is unknown to the alarm gets the ARN under
// which CloudTrail will name the role.
func TestTheDoctorsRoleIsToldToTheAlarm(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1"
	as := func(session string) string {
		return `case "$*" in
*get-caller-identity*Arn*) echo arn:aws:sts::111122223333:` + session + `; exit ;;
*"--role-name AWSReservedSSO_Ops_1 "*) echo ` + role + `; exit ;;
esac
` + account
	}
	known := adopted()
	known.SecretReaders = []string{"arn:aws:iam::111122223333:role/other", role}
	i := strings.Index(known.facts(), "readers=")
	readers, _, _ := strings.Cut(known.facts()[max(i, 0):], " ")
	for _, c := range []struct{ session, readers, want string }{
		{"assumed-role/AWSReservedSSO_Ops_1/budi", "readers=",
			"put your role into SecretReaders in infra/stages.go: " + role},
		{"assumed-role/AWSReservedSSO_Ops_1/budi", readers, ""},
		{"assumed-role/Unknown/budi", "readers=", ""},
		{"user/budi", readers, "as arn:aws:sts::111122223333:user/budi, and the alarm SecretRead then sends a page"},
	} {
		out, err := script(t, as(c.session), append(slices.Clone(sandbox), c.readers)...)
		if err != nil || !strings.Contains(out, c.want) || strings.Contains(out, "SecretRead") != (c.want != "") {
			t.Errorf("%s with %s: %v\n%s", c.session, c.readers, err, out)
		}
	}
}

// With a boundary, the account is prepared with kasir's policies instead of AdministratorAccess. The account's number
// is in each of them.
func TestBootstrapWithABoundaryGivesNoAdministrator(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	for name, there := range map[string]string{
		"new":   "echo NoSuchEntity >&2; exit 254",
		"again": "exit 0",
	} {
		dir := t.TempDir()
		aws := `case "$1 $2" in
"iam get-policy") ` + there + ` ;;
"iam list-policy-versions") echo v3; exit ;;
"iam create-policy"|"iam create-policy-version"|"iam delete-policy-version") echo "$*" >>` + dir + `/asked; exit ;;
esac
` + account
		facts := []string{"bootstrap", "sandbox", "region=ap-southeast-3", "account=", "reserved=1", "boundary=yes"}
		if out, err := scriptIn(t, dir, aws, facts...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cdk := "#!" + bash + "\necho \"cdk $*\"\n"
		if err := os.WriteFile(filepath.Join(dir, "node_modules", ".bin", "cdk"), []byte(cdk), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, "asked")); err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(t.Context(), filepath.Join(dir, "bin", "bash"),
			append([]string{deployScript(t)}, facts...)...)
		c.Dir, c.Env = dir, []string{"PATH=" + filepath.Join(dir, "bin")}
		out, err := c.CombinedOutput()
		asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
		const policy = "arn:aws:iam::111122223333:policy/kasir-execution-"
		if err != nil || !strings.Contains(string(out),
			"--cloudformation-execution-policies "+policy+"data,"+policy+"code\n") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if strings.Count(string(asked), "arn:aws:iam::111122223333:policy/kasir-boundary") == 0 ||
			strings.Contains(string(asked), "ACCOUNT") ||
			(name == "again") != strings.Contains(string(asked), "delete-policy-version") {
			t.Errorf("%s: %s", name, asked)
		}
	}
	bounded := append(slices.Clone(sandbox), "boundary=yes")
	if out, err := script(t, answering("iam get-policy", "echo 'An error occurred (NoSuchEntity)' >&2; exit 254"),
		bounded...); err == nil || !strings.Contains(out, "run make bootstrap STAGE=sandbox once more") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := script(t, answering("iam get-policy", "echo AccessDenied >&2; exit 254"), bounded...); err != nil {
		t.Errorf("a role that may not look can still deploy: %v\n%s", err, out)
	}
}

// The functions of the last deployment get their version of before. The others stay, because their version of before
// belongs to another deployment, or knows a table that was lost.
func TestFunctionsGoBackOneDeployment(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	aws := `case "$1 $2" in
"cloudformation describe-stacks") echo 2026-11-30T20:00:00.123000+00:00; exit ;;
"cloudformation list-stack-resources") printf 'kasir-capture\tkasir-refund\tkasir-new\tkasir-lost\n'; exit ;;
"lambda get-alias") [ $4 = kasir-new ] && echo 1 || echo 10; exit ;;
"lambda get-function-configuration") [[ $* == *TABLE_NAME* ]] && { [ $4 = kasir-lost ] && echo table-$6 || echo table; exit; }
  [ $4 = kasir-refund ] && echo 2026-11-29T08:00:00.000+0000 || echo 2026-11-30T20:00:41.000+0000; exit ;;
"lambda list-versions-by-function") [ $4 = kasir-new ] && printf '$LATEST\t1\n' || printf '$LATEST\t9\t8\t10\t11\n'; exit ;;
"lambda update-alias") echo "$*" >>` + asked + `; exit ;;
esac
` + account
	out, err := script(t, aws, "back", "sandbox", "region=ap-southeast-3")
	moved, _ := os.ReadFile(asked)
	if err != nil || !strings.Contains(out, "kasir-capture goes back from version 10 to 9") ||
		!strings.Contains(out, "kasir-new stays at version 1") ||
		!strings.Contains(out, "kasir-lost stays at version 10: version 9 has another table") || strings.Contains(out, "kasir-refund") {
		t.Errorf("%v\n%s", err, out)
	}
	if string(moved) != "lambda update-alias --function-name kasir-capture --name live --function-version 9 "+
		"--region ap-southeast-3 --routing-config AdditionalVersionWeights={}\n" {
		t.Errorf("%s", moved)
	}
}

// A resource that was changed by hand is named, and ends the comparison with an error.
func TestWhatWasChangedByHandIsNamed(t *testing.T) {
	drift := func(status, changed string) string {
		return `case "$1 $2" in
"cloudformation detect-stack-drift") echo id-1; exit ;;
"cloudformation describe-stack-drift-detection-status") echo "` + status + `"; exit ;;
"cloudformation describe-stack-resource-drifts") printf '` + changed + `'; exit ;;
esac
` + account
	}
	for _, c := range []struct{ aws, want string }{
		{drift("DETECTION_COMPLETE\tNone", ""), ""},
		{drift("DETECTION_COMPLETE\tNone", `MODIFIED\tOrders\tAWS::DynamoDB::Table\t["/DeletionProtectionEnabled"]\n`),
			"Orders\tAWS::DynamoDB::Table"},
		{drift("DETECTION_FAILED\tno permission", ""), "could not be compared with its template: DETECTION_FAILED"},
		{answering("cloudformation detect-stack-drift", "echo AccessDenied >&2; exit 254"), "AccessDenied"},
	} {
		out, err := script(t, c.aws, "drift", "sandbox", "region=ap-southeast-3")
		if (err == nil) != (c.want == "") || !strings.Contains(out, c.want) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestTheNextStepIsSaid(t *testing.T) {
	out, err := script(t, emptySecrets, "next", "sandbox")
	for _, want := range []string{
		"https://api.example/notifications",
		"put-secret-value --region ap-southeast-3 --secret-id arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-sandbox/doku-AbCdEf",
		"paste the notification URL into DOKU's Back Office", "kasir doctor --stage sandbox",
		"kasir webhooks rotate <name> --stage sandbox",
	} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s%v", want, out, err)
		}
	}
	// A role that may not read the secret must not report it as empty.
	for _, filled := range []string{"echo True", "echo AccessDeniedException >&2; exit 254"} {
		if out, err = script(t, filled, "next", "sandbox"); err != nil ||
			strings.Contains(out, "fill the secret") || strings.Contains(out, "webhooks rotate") {
			t.Errorf("%s: %v\n%s", filled, err, out)
		}
	}
}

// A person who did not deploy a stage gets the same outputs as the one who did.
func TestOutputsOfADeploymentFromElsewhere(t *testing.T) {
	dir := t.TempDir()
	aws := answering("cloudformation describe-stacks",
		`echo '[{"OutputKey":"TableName","OutputValue":"orders"},{"OutputKey":"SecretArn","OutputValue":"arn:x"}]'; exit`)
	out, err := scriptIn(t, dir, aws, "outputs", "sandbox", "region=ap-southeast-3")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "cdk-outputs.sandbox.json"))
	var outputs map[string]map[string]string
	if err != nil || json.Unmarshal(content, &outputs) != nil || outputs["kasir-sandbox"]["TableName"] != "orders" {
		t.Errorf("%v\n%s", err, content)
	}
	if out, err := script(t, account, "outputs", "sandbox", "region=ap-southeast-3"); err == nil ||
		!strings.Contains(out, "is it deployed") {
		t.Errorf("no stack: %v\n%s", err, out)
	}
}
