// Package kasir holds the rules of this repository, as tests.
package kasir

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kasir/shared/function"
	"kasir/shared/metric"
	"kasir/shared/route"
)

// source is one Go file of the repository.
type source struct {
	path  string // with slashes, from the root
	dir   string
	lines int
	file  *ast.File
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	files := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		skipped := entry.Name() == "node_modules" || name == "cdk.out" || name == "dist" ||
			entry.Name() == "testdata" || len(name) > 1 && name[0] == '.'
		if entry.IsDir() && skipped {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(files, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(name)
		all = append(all, source{slashed, path.Dir(slashed), files.Position(parsed.End()).Line, parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() && s.dir != "." && s.dir != "events" { // these two are tests only
			continue
		}
		want := "Package " + s.file.Name.Name + " "
		if s.file.Name.Name == "main" {
			want = "Command " + path.Base(s.dir) + " "
		}
		documented[s.dir] = documented[s.dir] || strings.HasPrefix(s.file.Doc.Text(), want)
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file begins with a sentence such as \"Package %s …\"", dir, path.Base(dir))
		}
	}
}

// arrows are the forbidden imports, each with its reason. Packages below from must not import packages below to, except
// those below but.
var arrows = []struct {
	from, to string
	but      []string
	reason   string
}{
	{"shared", "local", nil, "deployed code must not contain code for one machine"},
	{"shared", "infra", nil, "deployed code must not contain the deployment"},
	{"shared", "functions", nil, "functions are made of shared, not the other way round"},
	{"shared", "cmd", nil, "deployed code must not contain the command"},
	{"shared", "simulation", nil, "deployed code must not contain the simulation"},
	{"simulation", "", []string{"shared"}, "the simulation runs the use cases with a DOKU of its own"},
	{"shared", "bench", nil, "deployed code must not contain the benchmark"},
	{"functions", "bench", nil, "deployed code must not contain the benchmark"},
	{"local", "bench", nil, "the local stack does not measure"},
	{"cmd", "bench", nil, "the command runs and operates; it does not measure"},
	{"bench/hello", "", nil, "it is the smallest possible function"},
	{"bench/host", "", nil, "it times any process under the Runtime API"},
	{"bench/standin", "", []string{"shared/doku"},
		"it answers for AWS and DOKU and signs as DOKU does; with other code of ours, our mistakes would cancel out"},
	{"bench/peers", "", []string{"bench/peers"}, "they do the same work in the usual way, without code of ours"},
	{"simulation", "local", nil,
		"the simulation has a DOKU of its own on the port; the sandbox is another, behind HTTP"},
	{"functions", "local", nil, "deployed code must not contain code for one machine"},
	{"functions", "functions", nil, "a function is one job; code that two need belongs in shared"},
	{"functions", "shared/store", nil, "a function uses the store through payment, so that no step skips a rule"},
	{"shared/doku", "", []string{"shared/doku"}, "DOKU's client is usable alone"},
	{"shared", "shared/doku/diagnose", nil, "only the command explains wrong signatures"},
	{"functions", "shared/doku/diagnose", nil, "only the command explains wrong signatures"},
	{"shared/order", "", nil, "an order's rules do not depend on how orders are stored, sent or shown"},
	{"shared/books", "", []string{"shared/order"}, "the books follow from orders, however they are stored"},
	{"shared/route", "", nil, "infra and the local gateway read the table without anything else"},
	{"shared/function", "", nil, "infra reads the table without anything else"},
	{"shared/metric", "", nil, "infra reads the table without anything else"},
	{"shared/jsonbody", "", []string{"shared/doku"}, "reading a body does not depend on its request"},
	{"shared/quote", "", []string{"shared/doku", "shared/jsonbody"},
		"a quote is about DOKU's body; a back end in Go may use it alone"},
	{"shared/secret", "", []string{"shared/doku", "shared/quote"}, "the secret holds keys and does not use them"},
	{"shared/webhook", "", []string{"shared/doku", "shared/metric"},
		"events are delivered in the same way from any queue; a back end in Go may verify with it"},
	{"local/aws/sqs", "", nil, "it replaces AWS SQS; with code of ours, our mistakes would cancel out"},
	{"local/aws/s3", "", nil, "it replaces AWS S3; with code of ours, our mistakes would cancel out"},
	{"local/aws/secretsmanager", "", nil,
		"it replaces AWS Secrets Manager; with code of ours, our mistakes would cancel out"},
	{"shared/payment", "", []string{"shared/order", "shared/doku", "shared/quote", "shared/jsonbody"},
		"the use cases declare the store that they need, and do not choose it"},
	{"shared/spreadsheet", "", nil, "a cell does not depend on what it holds"},
	{"shared/settlement", "", []string{"shared/order", "shared/payment", "shared/doku", "shared/spreadsheet"},
		"a report is applied through the use cases; it does not choose the store"},
	{"shared/event", "", []string{"shared/order", "shared/payment"},
		"events are made of orders and batches, independent of store and bus"},
	{"local/aws/eventbridge", "", nil, "it replaces AWS EventBridge; with code of ours, our mistakes would cancel out"},
	{"local/aws/eventsource", "", nil, "it replaces Lambda's event source mapping, which knows no payments"},
	{"local/stack/bus", "", []string{"local/aws/eventbridge"}, "it shows events as any consumer reads them"},
	{"local/trigger", "shared", nil, "it acts through the HTTP API and on the sandbox, without code of the functions"},
	{"shared/store", "", []string{"shared/order", "shared/payment", "shared/store"},
		"a store keeps orders; it does not judge them"},
	{"shared/edge", "", []string{"shared/payment", "shared/doku", "shared/jsonbody", "shared/order", "shared/route",
		"shared/function", "shared/metric"}, "the edge maps events and errors; it does not decide"},
	{"local/sandbox", "", []string{"local/sandbox"},
		"the sandbox replaces DOKU; with code of ours, our mistakes in signing would cancel out"},
	{"local/merchant", "", []string{"local/merchant", "local/test/browser", "local/loopback", "shared/route"},
		"the merchant uses only the HTTP API and its scopes"},
	{"local/customer", "", nil, "a customer's browser has no code of ours"},
	{"shared/bearer", "", nil, "verifying a token does not depend on its use"},
	{"local/aws/gateway", "", []string{"shared/route", "shared/bearer", "local/aws/lambda"},
		"the gateway replaces API Gateway, which has only routes, tokens and functions"},
	{"local/merchant/issuer", "", []string{"shared/route", "local/loopback"}, "the merchant's issuer has only scopes"},
	{"local/aws/lambda", "", []string{"local/loopback"}, "AWS Lambda does not depend on the functions that it runs"},
	{"local/stack/clock", "", nil, "the clock does not depend on its users"},
	{"local/aws", "local", []string{"local/aws", "local/loopback"},
		"AWS does not depend on the functions that it runs"},
	{"local/stack", "local/test", nil, "tests start a stack; it does not know them"},
	{"local/loopback", "", nil, "it keeps web pages out of any server"},
	{"local/merchant/shop", "", []string{"local/test/browser"}, "the shop calls only the public HTTP API"},
	{"infra", "shared/payment", nil, "the deployment reads tables and names, not rules"},
}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range sources(t) {
		// A test may use other parts, except in the sandbox.
		if s.test() && !below(s.dir, "local/sandbox") {
			continue
		}
		for _, spec := range s.file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			target, ours := strings.CutPrefix(imported, "kasir/")
			if !ours {
				continue
			}
			for _, rule := range arrows {
				allowed := func(to string) bool { return below(target, to) }
				forbidden := below(s.dir, rule.from) && below(target, rule.to) && target != s.dir
				if forbidden && !slices.ContainsFunc(rule.but, allowed) {
					t.Errorf("%s imports %s: %s", s.path, imported, rule.reason)
				}
			}
		}
	}
}

func below(dir, parent string) bool {
	return parent == "" || dir == parent || strings.HasPrefix(dir, parent+"/")
}

// Time, chance and the environment come in as parameters, so that rules can be tested on any clock and a
// simulation replays exactly.
func TestOnlyAppKnowsTheClockChanceAndTheEnvironment(t *testing.T) {
	forbidden := map[string][]string{
		"time": {"Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc", "Sleep"},
		"os":   {"Getenv", "LookupEnv", "Environ", "ExpandEnv"},
	}
	for _, s := range sources(t) {
		if s.test() || !below(s.dir, "shared") || below(s.dir, "shared/app") {
			continue
		}
		for _, spec := range s.file.Imports {
			if strings.Contains(spec.Path.Value, "/rand") {
				t.Errorf("%s imports %s: ids come in as functions", s.path, spec.Path.Value)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(forbidden[pkg.Name], selector.Sel.Name) {
					t.Errorf("%s uses %s.%s: it comes in as a parameter", s.path, pkg.Name, selector.Sel.Name)
				}
			}
			return true
		})
	}
}

// Every server on a developer's machine keeps web pages out and listens at 127.0.0.1, since only package loopback opens
// ports. Tests and the benchmark may have servers of their own. DOKU calls kasir doctor --probe --listen under a name
// of the merchant's, and it accepts only notifications that DOKU signed.
func TestEveryListenerIsGuarded(t *testing.T) {
	opens := map[string][]string{
		"net":      {"Listen", "ListenTCP", "ListenConfig"},
		"http":     {"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"},
		"httptest": {"NewServer", "NewTLSServer", "NewUnstartedServer"},
	}
	for _, s := range sources(t) {
		if s.test() || !below(s.dir, "local") && !below(s.dir, "cmd") || below(s.dir, "local/loopback") ||
			s.path == "cmd/kasir/doctorprobe.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(opens[pkg.Name], selector.Sel.Name) {
					t.Errorf("%s uses %s.%s: take kasir/local/loopback", s.path, pkg.Name, selector.Sel.Name)
				}
			}
			return true
		})
	}
}

// Parts reach each other at 127.0.0.1. On some machines localhost is only ::1, or has no address, and the parts would
// not find each other.
func TestNoPartIsCalledLocalhost(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || !below(s.dir, "local") && !below(s.dir, "cmd") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if ok && text.Kind == token.STRING &&
				strings.HasPrefix(strings.Trim(text.Value, "\"`"), "http://localhost") {
				t.Errorf("%s has the address %s: write 127.0.0.1", s.path, text.Value)
			}
			return true
		})
	}
}

func TestRoutesFunctionsAndEventsAreTheSame(t *testing.T) {
	routed := map[string][]string{} // function → its route keys
	for _, r := range route.All {
		routed[r.Function] = append(routed[r.Function], r.Key())
	}
	for _, s := range route.Schedules {
		routed[s.Function] = append(routed[s.Function], "")
	}
	for _, f := range function.All {
		if f.Stream || f.Queue || f.Settles {
			routed[f.Name] = append(routed[f.Name], "")
		}
	}
	folders, err := os.ReadDir("functions")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if _, ok := routed[folder.Name()]; !ok {
			t.Errorf("functions/%s has no route", folder.Name())
		}
	}
	for function := range routed {
		for _, file := range []string{
			"functions/" + function + "/main.go", "functions/" + function + "/handler.go",
			"events/" + function + ".json",
		} {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s is routed, but %s is missing", function, file)
			}
		}
	}
	for _, f := range function.All {
		main, err := os.ReadFile("functions/" + f.Name + "/main.go")
		if err != nil || !strings.Contains(string(main), "(\""+f.Name+"\", handler)") {
			t.Errorf("functions/%s/main.go does not start with its own row of function.All: %v", f.Name, err)
		}
		if len(routed[f.Name]) == 0 {
			t.Errorf("function.All has %s, which has neither route, schedule, stream, queue nor bucket", f.Name)
		}
	}
	if len(function.All) != len(routed) {
		t.Errorf("function.All has %d rows for %d functions", len(function.All), len(routed))
	}
	events, err := filepath.Glob("events/*.json")
	if err != nil || len(events) == 0 {
		t.Fatalf("events: %v", err)
	}
	for _, file := range events {
		function, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "-")
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var event struct{ RouteKey string }
		if err := json.Unmarshal(content, &event); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if !slices.Contains(routed[function], event.RouteKey) {
			t.Errorf("%s is for %q, which is no route of the function %q", file, event.RouteKey, function)
		}
	}
}

func TestMainsAreThin(t *testing.T) {
	for _, s := range sources(t) {
		if path.Base(s.path) == "main.go" && below(s.dir, "functions") && s.lines > 25 {
			t.Errorf("%s has %d lines: a main names its handler, at most 25 lines", s.path, s.lines)
		}
		if !s.test() && s.lines > 300 {
			t.Errorf("%s has %d lines: split it", s.path, s.lines)
		}
	}
}

// The SDK's newer clients build a schema of their whole service before main, which delays every cold start
// (docs/architecture.md). Only publish may use one, since no caller waits for it.
func TestColdStartsBuildNoSchemas(t *testing.T) {
	for _, f := range function.All {
		if f.Stream {
			continue
		}
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./functions/"+f.Name).CombinedOutput()
		if err != nil {
			t.Fatalf("listing the dependencies of %s: %v\n%s", f.Name, err, out)
		}
		for pkg := range strings.FieldsSeq(string(out)) {
			if strings.HasSuffix(pkg, "/schemas") {
				t.Errorf("%s: use the previous version", pkg)
			}
		}
	}
}

// docs/access.md has the rows of the tables of scopes and routes.
func TestTheDocumentOfScopesIsTheTable(t *testing.T) {
	content, err := os.ReadFile("docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range route.Grants {
		browser := map[bool]string{true: "yes", false: "no"}[g.Browser]
		row := "| `" + string(g.Scope) + "` | " + g.Allows + " | " + browser + " |"
		if !strings.Contains(string(content), row) {
			t.Errorf("docs/access.md does not have the row %s", row)
		}
	}
	granted := func(s route.Scope) bool {
		return slices.ContainsFunc(route.Grants, func(g route.Grant) bool { return g.Scope == s })
	}
	for _, r := range route.All {
		scope := "`" + string(r.Scope) + "`"
		if r.Function == "notify" {
			scope = "none: DOKU's signature"
		} else if r.Function == "console" {
			scope = "none: files that everybody may read"
		} else if !granted(r.Scope) {
			t.Errorf("route.Grants lacks %s", r.Scope)
		}
		if row := "| `" + r.Key() + "` | " + scope + " |"; !strings.Contains(string(content), row) {
			t.Errorf("docs/access.md does not have the row %s", row)
		}
	}
}

// docs/operations.md has the rows of shared/metric, and no others.
func TestTheDocumentOfMetricsIsTheTable(t *testing.T) {
	content, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(content), "## The log line and the metrics\n")
	section, _, _ = strings.Cut(section, "\n## ")
	_, rows, listed := strings.Cut(section, "| metric |")
	if !found || !listed {
		t.Fatal("docs/operations.md has no list of metrics")
	}
	for _, m := range metric.All {
		do := m.Do
		if do == "" {
			do = "nothing; it is for a graph"
		}
		if row := "| `" + string(m.Name) + "` | " + m.Meaning + " | " + do + " |"; !strings.Contains(rows, row) {
			t.Errorf("docs/operations.md does not have the row %s", row)
		}
	}
	if n := strings.Count(rows, "\n| `"); n != len(metric.All) {
		t.Errorf("docs/operations.md has %d rows for %d metrics", n, len(metric.All))
	}
	if total := strconv.Itoa(len(metric.All)+len(metric.Results)) + " metrics"; !strings.Contains(rows, total) {
		t.Errorf("docs/operations.md does not have the text %s", total)
	}
}

// make names a tool that is not installed, and the version to install.
func TestMakeNamesWhatIsNotInstalled(t *testing.T) {
	make, err := exec.LookPath("make")
	if err != nil {
		t.Fatal(err)
	}
	for want, installed := range map[string]map[string]string{
		"node or npm is not on PATH: install Node 20 or newer": {"go": ""},
		"node is v18.20.4: install Node 20 or newer":           {"go": "", "npm": "", "node": "echo v18.20.4"},
		"go is not on PATH: install Go 1.26 or newer":          {"npm": "", "node": "echo v20.0.0"},
	} {
		dir := t.TempDir()
		for name, does := range installed {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+does+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		run := exec.CommandContext(t.Context(), make, "need-node", "need-go")
		run.Env = []string{"PATH=" + dir}
		out, err := run.CombinedOutput()
		if err == nil || !strings.HasPrefix(string(out), want) {
			t.Errorf("%v %s, want %s", err, out, want)
		}
	}
	plan, err := exec.CommandContext(t.Context(), make, "--dry-run", "run").CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, plan)
	}
	for need, first := range map[string]string{
		"install Node 20": `echo "building kasir"`, "install Go 1.26": `echo "building $f"`,
	} {
		if at := strings.Index(string(plan), need); at < 0 || at > strings.Index(string(plan), first) {
			t.Errorf("make run does not check it before %s: %s", first, need)
		}
	}
}

// A release holds every function. Its version is that of the changelog, and so is that of a build from a clone.
func TestAReleaseHoldsEveryFunction(t *testing.T) {
	config, err := os.ReadFile(".goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range function.All {
		if !strings.Contains(string(config), "main: ./functions/"+f.Name) ||
			!strings.Contains(string(config), "binary: functions/"+f.Name+"/bootstrap") {
			t.Errorf(".goreleaser.yaml does not build the function %s", f.Name)
		}
	}
	if n := strings.Count(string(config), "main: ./functions/"); n != len(function.All) {
		t.Errorf(".goreleaser.yaml builds %d functions of %d", n, len(function.All))
	}
	var npm struct{ Dependencies map[string]string }
	packages, err := os.ReadFile("package.json")
	if err != nil || json.Unmarshal(packages, &npm) != nil || len(npm.Dependencies) != 1 ||
		npm.Dependencies["dynalite"] == "" {
		t.Errorf("package.json: a release holds its dependencies and needs only dynalite; "+
			"the others are devDependencies: %v", err)
	}
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## (\S+)`).FindSubmatch(changes)
	source, err := os.ReadFile("cmd/kasir/version.go")
	if err != nil || newest == nil || !strings.Contains(string(source), `var version = "`+string(newest[1])+`-dev"`) {
		t.Errorf("cmd/kasir/version.go does not have the version %q of CHANGELOG.md, followed by -dev: %v", newest, err)
	}
}
