package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kasir/shared/app"
	"kasir/shared/function"
)

// localRegion is the region in the environment of kasir local's functions. Nothing there depends on it.
const localRegion = "us-east-1"

// containerHost is the name under which a container reaches the machine that it runs on.
const containerHost = "host.docker.internal"

// samEnvironment is the functions' environment in sam local's files.
type samEnvironment struct {
	common      map[string]string            // of every function, instead of the template's; nil keeps the template's
	perFunction map[string]map[string]string // of single functions, by name
	local       bool                         // the functions call this machine
}

// runningEnvironment returns the environment of a running kasir local as a container reaches it. A function in a
// container verifies tokens itself, because sam local start-api has no authorizer.
func runningEnvironment(environment map[string]string, issuer string) samEnvironment {
	every := map[string]string{}
	for name, value := range environment {
		every[name] = fromContainer(value)
	}
	for _, key := range []string{"DOKU_CLIENT_ID", "DOKU_SECRET_KEY", "DOKU_PREVIOUS_SECRET_KEY", "QUOTE_KEY"} {
		delete(every, key) // functions read them from the secret
	}
	if every["KASIR_LOCAL"] != "" {
		every["KASIR_LOCAL_ISSUER"] = fromContainer(issuer)
	}
	return samEnvironment{common: every, local: true}
}

// fromContainer returns the address under which a container reaches a server on this machine. It returns other values
// unchanged.
func fromContainer(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
		return value
	}
	u.Host = containerHost + ":" + u.Port()
	return u.String()
}

// samEnvironment returns the values of a deployed stage that only AWS knows. sam local would use logical ids instead.
func (d deployment) samEnvironment() samEnvironment {
	each := map[string]map[string]string{}
	for _, f := range function.All {
		each[f.Name] = map[string]string{}
		if f.Secret {
			each[f.Name]["DOKU_SECRET_ARN"] = d.Secret
		}
		if len(f.TableActions) > 0 {
			each[f.Name]["TABLE_NAME"] = d.Table
		}
		if f.Stream {
			each[f.Name]["EVENT_BUS"] = d.Bus
		}
		if d.Staff != "" && slices.Contains(app.Variables(f), "STAFF_CLIENTS") {
			each[f.Name]["STAFF_CLIENTS"] = d.Staff
		}
		if f.Reports && d.Reports != "" {
			each[f.Name]["REPORTS_BUCKET"] = d.Reports
		}
		if f.Console && d.Reports != "" {
			each[f.Name]["REPORTS_ORIGIN"] = "https://" + d.Reports + ".s3.amazonaws.com"
		}
		if region, _, ok := strings.Cut(d.Pool, "_"); f.Console && ok {
			each[f.Name]["SIGN_IN_ISSUER"] = "https://cognito-idp." + region + ".amazonaws.com/" + d.Pool
		}
		if f.Queue && d.Webhooks != "" {
			each[f.Name]["WEBHOOKS"], each[f.Name]["WEBHOOKS_SECRET_ARN"] = d.Webhooks, d.WebhookSecret
		}
	}
	return samEnvironment{perFunction: each}
}

// files adds the files that sam local needs to run without flags in the folder dir.
func (e samEnvironment) files(template, dir, region string, files map[string][]byte) (err error) {
	if files["template.json"], err = e.template(template, dir); err != nil {
		return err
	}
	given := map[string]map[string]string{}
	for name, variables := range e.perFunction {
		given[function.LogicalID(name)] = variables
	}
	if e.common != nil {
		given["Parameters"] = e.common // sam local's name for the variables of every function
	}
	if files["env.json"], err = json.MarshalIndent(given, "", "  "); err != nil {
		return err
	}
	files["samconfig.toml"] = []byte(e.config(region))
	return nil
}

// config returns sam local's configuration. Docker Desktop knows the name of the machine; host-gateway makes it known
// to Docker Engine too.
func (e samEnvironment) config(region string) string {
	parameters := "env_vars = \"env.json\"\n"
	if e.local {
		parameters += fmt.Sprintf("add_host = [\"%s:host-gateway\"]\n", containerHost)
	}
	return fmt.Sprintf("version = 0.1\n\n[default.global.parameters]\nregion = %q\n\n", region) +
		"[default.local_invoke.parameters]\n" + parameters + "\n[default.local_start_api.parameters]\n" + parameters
}

// template returns a copy of a synthesised template for the folder dir. Its paths of binaries start there. It declares
// the variables of every function, because sam local passes on no others.
func (e samEnvironment) template(name, dir string) ([]byte, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the template: %w: write it with make sam", err)
	}
	var doc map[string]any
	if err := json.Unmarshal(content, &doc); err != nil {
		return nil, fmt.Errorf("%s is not a template of make synth: %w", name, err)
	}
	resources, _ := doc["Resources"].(map[string]any)
	found := map[string]bool{}
	for id, r := range resources {
		resource, _ := r.(map[string]any)
		if resource["Type"] != "AWS::Lambda::Function" {
			continue
		}
		found[id] = true
		if err := e.adapt(resource, filepath.Dir(name), dir); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, id, err)
		}
	}
	for _, f := range function.All {
		optional := f.Reports || f.Console // a stage without Settlement or Staff has no such function
		if !found[function.LogicalID(f.Name)] && !optional {
			return nil, fmt.Errorf("%s has no %s: write it again with make sam", name, function.LogicalID(f.Name))
		}
	}
	return json.MarshalIndent(doc, "", " ")
}

// adapt changes one function of a template in the folder from.
func (e samEnvironment) adapt(fn map[string]any, from, dir string) error {
	metadata, _ := fn["Metadata"].(map[string]any)
	properties, _ := fn["Properties"].(map[string]any)
	asset, _ := metadata["aws:asset:path"].(string)
	if asset == "" || properties == nil {
		return errors.New("it names no folder of its binary")
	}
	if info, err := os.Stat(filepath.Join(from, asset, "bootstrap")); err != nil || info.IsDir() {
		return fmt.Errorf("its binary is not in %s: write both again with make sam", filepath.Join(from, asset))
	}
	want := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	if built := properties["Architectures"]; !slices.Contains(list(built), want) {
		return fmt.Errorf("it is built for %v, and this machine is %s: write it again with make sam", built, want)
	}
	folder, err := relative(dir, filepath.Join(from, asset))
	if err != nil {
		return err
	}
	metadata["aws:asset:path"] = folder
	if e.common == nil {
		return nil
	}
	declared := map[string]string{}
	for name := range maps.Keys(e.common) {
		declared[name] = ""
	}
	properties["Environment"] = map[string]any{"Variables": declared}
	return nil
}

func list(value any) []string {
	var texts []string
	items, _ := value.([]any)
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	return texts
}

func relative(dir, target string) (string, error) {
	from, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(target)
	if err != nil {
		return "", err
	}
	return filepath.Rel(from, to)
}
