package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"kasir/local/sandbox"
	"kasir/shared/function"
)

// operator is the access key of the person who deploys. Only roles of the template are judged.
const operator = "operator"

// world is a rehearsal. The working directory is a copy of the project.
type world struct {
	root    string
	scratch string // folder for files
	python  string // with moto and the AWS CLI beside it
	infra   string // the CDK app; to build it takes longer than most of its answers
	moto    string // its address
	built   bool   // the binaries are in dist; every stage is built for this machine
	started []*exec.Cmd
	inputs  []io.Closer
}

// startMoto starts an empty moto on a port that it chooses, with the account of a stage.
func (w *world) startMoto(ctx context.Context, stage string) error {
	w.end()
	facts, err := w.output(ctx, w.infra, "facts", stage)
	if err != nil {
		return err
	}
	c := w.command(ctx, w.python, filepath.Join("local", "test", "rehearse", "aws.py"), w.scratch)
	for _, fact := range strings.Fields(facts) {
		if account, ok := strings.CutPrefix(fact, "account="); ok && account != "" {
			c.Env = append(c.Env, "MOTO_ACCOUNT_ID="+account)
		}
	}
	output, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	input, err := c.StdinPipe()
	if err != nil {
		return err
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return err
	}
	w.started, w.inputs = append(w.started, c), append(w.inputs, input)
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return fmt.Errorf("moto did not start: %w", err)
	}
	w.moto = strings.TrimSpace(line)
	return nil
}

// end ends moto, if it runs.
func (w *world) end() {
	w.moto = ""
	for _, input := range w.inputs {
		input.Close()
	}
	for _, c := range w.started {
		c.Wait()
	}
	w.inputs, w.started = nil, nil
}

// command returns a command whose AWS is moto. No setting or file of the user's for AWS is left, and none of an outer
// make.
func (w *world) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	bin := filepath.Dir(w.python)
	if name == "aws" { // exec looks in this process's PATH, where another one may be or none
		name = filepath.Join(bin, name)
	}
	c := exec.CommandContext(ctx, name, args...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") && !strings.HasPrefix(variable, "MAKE") {
			c.Env = append(c.Env, variable)
		}
	}
	c.Env = append(c.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"AWS_ACCESS_KEY_ID="+operator, "AWS_SECRET_ACCESS_KEY=rehearsal",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_PAGER=", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
		"CDK_DISABLE_CLI_TELEMETRY=true", "NODE_NO_WARNINGS=1")
	if w.moto != "" {
		c.Env = append(c.Env, "AWS_ENDPOINT_URL="+w.moto)
	}
	c.WaitDelay = 5 * time.Second
	return c
}

// run runs a command to its end, prints it, and returns its output.
func run(c *exec.Cmd) (string, error) {
	began := time.Now()
	fmt.Println("$", filepath.Base(c.Args[0]), strings.Join(c.Args[1:], " "))
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	err := c.Run()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, said.String())
	}
	fmt.Printf("    %.1f s\n", time.Since(began).Seconds())
	return said.String(), nil
}

// make runs a target for a stage.
func (w *world) make(ctx context.Context, target, stage string, settings ...string) (string, error) {
	args := append([]string{"--no-print-directory", target, "STAGE=" + stage, "ARCH=" + runtime.GOARCH,
		"INFRA=" + w.infra}, settings...)
	if w.built {
		args = append(args, "BUILT=1")
	}
	return run(w.command(ctx, "make", args...))
}

// output runs a command and returns its standard output.
func (w *world) output(ctx context.Context, name string, args ...string) (string, error) {
	c := w.command(ctx, name, args...)
	c.Stderr = os.Stderr
	said, err := c.Output()
	return string(said), err
}

// kasir runs the command as a person does, who reaches the stage through the network.
func (w *world) kasir(ctx context.Context, n network, args ...string) (string, error) {
	c := w.command(ctx, filepath.Join("bin", "kasir"), args...)
	for name, value := range n.environment() {
		c.Env = append(c.Env, name+"="+value)
	}
	said, err := run(c)
	fmt.Print(indented(said))
	return said, err
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}

// fillSecret puts the sandbox's keys into the secret, with the command that make deploy prints.
func (w *world) fillSecret(ctx context.Context, stage string, t template) error {
	outputs, err := w.outputs(stage)
	if err != nil {
		return err
	}
	file := filepath.Join(w.scratch, "secret.json")
	text, err := json.Marshal(map[string]string{
		"client_id": sandbox.DefaultClientID, "secret_key": sandbox.DefaultSecretKey,
		"quote_key": rand.Text() + rand.Text(),
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	_, err = run(w.command(ctx, "aws", "secretsmanager", "put-secret-value", "--region", t.place().region,
		"--secret-id", outputs["SecretArn"], "--secret-string", "file://"+file))
	return err
}

// outputs returns the outputs of a stage that make deploy wrote.
func (w *world) outputs(stage string) (map[string]string, error) {
	content, err := os.ReadFile("cdk-outputs." + stage + ".json")
	if err != nil {
		return nil, err
	}
	var stacks map[string]map[string]string
	return stacks["kasir-"+stage], errors.Join(json.Unmarshal(content, &stacks), err)
}

// rotate makes a secret for each endpoint.
func (w *world) rotate(ctx context.Context, stage string, n network, endpoints string) error {
	var all []struct{ Name string }
	if err := json.Unmarshal([]byte(endpoints), &all); err != nil {
		return err
	}
	for _, endpoint := range all {
		if _, err := w.kasir(ctx, n, "webhooks", "rotate", endpoint.Name, "--stage", stage); err != nil {
			return err
		}
	}
	return nil
}

// plant uses the stage again with two faults in its policies, and checks that both are found, and nothing else.
func (w *world) plant(ctx context.Context, name string, t template) error {
	functions, policies := t.functions(), t.policies()
	table := ""
	change := func(role string, change func(*statement)) {
		for i, s := range policies[role] {
			if s.Sid == "Orders" {
				change(&policies[role][i])
				table = s.Resource[0]
			}
		}
	}
	capture, refund := functions["capture"].Role, functions["refund"].Role
	const superfluous = "dynamodb:DeleteItem"
	change(capture, func(s *statement) {
		s.Action = slices.DeleteFunc(s.Action, func(a string) bool { return a == function.PutItem })
	})
	change(refund, func(s *statement) { s.Action = append(s.Action, superfluous) })
	fmt.Printf("\nplanted faults: %s misses %s, and %s has %s\n", capture, function.PutItem, refund, superfluous)
	boundaries, err := w.boundaries(t)
	if err != nil {
		return err
	}
	j := newJudge(policies, boundaries)
	if err := w.use(ctx, name, t, j); err == nil {
		return errors.New("the story worked without a permission that it needs")
	}
	missing := []string{capture + " " + function.PutItem + " " + table}
	extra := []string{refund + " Orders " + superfluous + " " + table}
	if !slices.Equal(j.denied(), missing) || !slices.Equal(j.unused(), extra) {
		return fmt.Errorf("planted faults: denied %v and superfluous %v, want %v and %v",
			j.denied(), j.unused(), missing, extra)
	}
	fmt.Println("    both are found, and nothing else")
	return nil
}

// describe are the commands that find a resource.
var describe = map[string][]string{
	"AWS::DynamoDB::Table":        {"dynamodb", "describe-table", "--table-name"},
	"AWS::SecretsManager::Secret": {"secretsmanager", "describe-secret", "--secret-id"},
	"AWS::S3::Bucket":             {"s3api", "head-bucket", "--bucket"},
	"AWS::Cognito::UserPool":      {"cognito-idp", "describe-user-pool", "--user-pool-id"},
	"AWS::Events::EventBus":       {"events", "describe-event-bus", "--name"},
}

// kept checks that data which the template keeps is still there after the stack was destroyed, and all else is gone.
func (w *world) kept(ctx context.Context, t template) error {
	for _, id := range slices.Sorted(maps.Keys(t)) {
		find := describe[t[id].Type]
		if find == nil {
			continue
		}
		c := w.command(ctx, "aws", append(slices.Clone(find), t[id].Ref, "--region", t.place().region)...)
		said, err := c.CombinedOutput()
		if there := err == nil; there != t[id].Retain {
			return fmt.Errorf("after make destroy: %s is there: %t, want %t\n%s", id, there, t[id].Retain, said)
		}
		fmt.Printf("    after make destroy: %-14s %s\n", id, map[bool]string{true: "kept", false: "gone"}[t[id].Retain])
	}
	return nil
}

// sameJSON reports whether two texts are the same JSON.
func sameJSON(a, b []byte) bool {
	var one, other any
	return json.Unmarshal(a, &one) == nil && json.Unmarshal(b, &other) == nil && reflect.DeepEqual(one, other)
}
