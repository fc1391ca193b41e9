package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kasir/shared/app"
	"kasir/shared/function"
)

// checkSAM checks the parts of a template that sam local needs: logical id, handler, runtime, and metadata that names
// the binary's folder.
func checkSAM(t template) (f findings) {
	made := t.of("AWS::Lambda::Function")
	var want []string
	for _, row := range t.stage.functions() {
		id := function.LogicalID(row.Name)
		want = append(want, id)
		fn := made[id]
		metadata, _ := at(t.resources(), id, "Metadata").(object)
		f.that(text(metadata["aws:asset:property"]) == "Code", "%s: sam local does not see aws:asset:property Code", id)
		folder := text(metadata["aws:asset:path"])
		content, err := os.ReadFile(filepath.Join(t.dir, folder, "bootstrap"))
		f.that(folder != "" && err == nil && string(content) == row.Name,
			"%s: sam local finds no bootstrap of %s in %q", id, row.Name, folder)
		f.that(text(fn["Handler"]) == "bootstrap" && text(fn["Runtime"]) == "provided.al2023",
			"%s: handler %q, runtime %q", id, text(fn["Handler"]), text(fn["Runtime"]))
		f.that(text(fn["Architectures"]) == t.stage.Architecture, "%s: architecture %q, want %s", id,
			text(fn["Architectures"]), t.stage.Architecture)
	}
	f.same("functions", keys(made), want)
	return f
}

// checkFunctions checks the properties that every function needs in operation.
func checkFunctions(t template) (f findings) {
	for _, row := range t.stage.functions() {
		id := function.LogicalID(row.Name)
		fn := t.of("AWS::Lambda::Function")[id]
		seconds, _ := fn["Timeout"].(float64)
		f.that(seconds >= 25 && (row.MaxBody == 0 || seconds < 30),
			"%s: %v s; a request must end before API Gateway's 30, and DOKU is waited for 20", id, seconds)
		f.that((text(at(fn, "TracingConfig", "Mode")) == "Active") != t.stage.Untraced, "%s is traced: %q", id,
			text(at(fn, "TracingConfig", "Mode")))
		f.that(at(t.resources(), text(at(fn, "LoggingConfig", "LogGroup")), "Type") == "AWS::Logs::LogGroup",
			"%s would make a log group of its own, without retention", id)
		f.that(text(at(fn, "LoggingConfig", "LogFormat")) == "JSON" &&
			text(at(fn, "LoggingConfig", "SystemLogLevel")) == "WARN", "%s logs Lambda's own lines: %v", id,
			at(fn, "LoggingConfig"))
		memory := t.stage.Memory
		if row.Waits {
			memory = max(128, memory/2)
		}
		f.that(at(fn, "MemorySize") == float64(memory), "%s has %v MB", id, at(fn, "MemorySize"))
	}
	for id, group := range t.of("AWS::Logs::LogGroup") {
		f.that(group["RetentionInDays"] == float64(t.stage.LogDays), "%s keeps logs for %v days, want %d", id,
			group["RetentionInDays"], t.stage.LogDays)
	}
	if n := t.stage.Concurrency.Reconcile; n > 0 {
		f.that(t.of("AWS::Lambda::Function")[function.LogicalID("reconcile")]["ReservedConcurrentExecutions"] == float64(n),
			"two runs of reconcile may meet")
	}
	return f
}

var secretLike = regexp.MustCompile(`SK-[A-Za-z0-9]{8}|[A-Z0-9]{20,}|password`)

// checkEnvironment reads each function's variables with its own code. None may be missing, and none may be there that
// the function does not read.
func checkEnvironment(t template) (f findings) {
	for _, row := range t.stage.functions() {
		id := function.LogicalID(row.Name)
		variables, _ := at(t.of("AWS::Lambda::Function")[id], "Environment", "Variables").(object)
		asked := map[string]bool{}
		_, err := app.Load(func(name string) string {
			asked[name] = true
			value, bucket := text(variables[name]), text(t.of("AWS::S3::Bucket")["Reports"]["BucketName"])
			switch {
			case name == "AWS_REGION":
				return t.stage.Region
			case name == "REPORTS_ORIGIN" && value != "": // only AWS can write the bucket's name out
				return strings.Replace(value, bucket, "reports", 1)
			}
			return value
		}, row)
		f.that(err == nil, "%s would not start: %v", id, err)
		for name, value := range variables {
			_, ofGo := function.Environment[name]
			f.that(asked[name] || ofGo, "%s is given %s, which it does not read", id, name)
			f.that(!secretLike.MatchString(text(value)), "%s: %s looks like a key", id, name)
		}
		for name, value := range function.Environment {
			f.that(text(variables[name]) == value, "%s: %s is %q, want %s", id, name, text(variables[name]), value)
		}
		for _, s := range settings(t.stage) {
			_, given := variables[s.name]
			f.that(given == asked[s.name], "%s: %s is given: %v, read: %v", id, s.name, given, asked[s.name])
			if _, fixed := variables[s.name].(string); given && fixed {
				f.that(text(variables[s.name]) == s.value, "%s: %s is %q, the stage says %q", id, s.name,
					text(variables[s.name]), s.value)
			}
		}
		if row.Secret {
			f.that(at(t.resources(), text(variables["DOKU_SECRET_ARN"]), "Type") == "AWS::SecretsManager::Secret",
				"%s: DOKU_SECRET_ARN names no secret", id)
		}
		if row.Queue && len(t.stage.Webhooks) > 0 {
			f.that(at(t.resources(), text(variables["WEBHOOKS_SECRET_ARN"]), "Type") == "AWS::SecretsManager::Secret",
				"%s: WEBHOOKS_SECRET_ARN names no secret", id)
		}
		if row.Stream {
			f.that(at(t.resources(), text(variables["EVENT_BUS"]), "Type") == "AWS::Events::EventBus",
				"%s: EVENT_BUS names no bus", id)
		}
		if len(row.TableActions) > 0 {
			f.that(at(t.resources(), text(variables["TABLE_NAME"]), "Type") == "AWS::DynamoDB::Table",
				"%s: TABLE_NAME names no table", id)
		}
	}
	return f
}

// checkAWS checks that no function has the settings of one machine. With them it would trust every caller, and a clock
// that anybody can move.
func checkAWS(t template) (f findings) {
	for id, fn := range t.of("AWS::Lambda::Function") {
		variables, _ := at(fn, "Environment", "Variables").(object)
		for name := range variables {
			f.that(!strings.HasPrefix(name, "KASIR_") && !strings.HasPrefix(name, "AWS_"),
				"%s is given %s, which is for one machine only", id, name)
		}
	}
	return f
}

// checkDesk checks that an operator's commands get the settings of the functions resolve, getpayment and settle.
func checkDesk(t template) (f findings) {
	given := map[string]string{}
	err := json.Unmarshal([]byte(text(at(t.doc, "Outputs", "Settings", "Value"))), &given)
	f.that(err == nil, "the output Settings: %v", err)
	variables := object{}
	for _, name := range []string{"resolve", "getpayment", "settle"} {
		read, _ := at(t.of("AWS::Lambda::Function")[function.LogicalID(name)], "Environment", "Variables").(object)
		maps.Copy(variables, read)
	}
	for _, name := range append([]string{"REPORTS_BUCKET"}, app.StaffVariables...) { // an operator has no token
		delete(variables, name)
	}
	maps.DeleteFunc(variables, func(name string, _ any) bool { return function.Environment[name] != "" })
	for name, value := range variables {
		f.that(name == "TABLE_NAME" || given[name] == text(value), "the output Settings says %s is %q, the function %q",
			name, given[name], text(value))
	}
	f.that(len(given) == len(variables)-1, "the output Settings has %v", given)
	retention := fmt.Sprintf(`{"logs":%d,"archive":%d}`, t.stage.LogDays, t.stage.ArchiveDays)
	f.that(text(at(t.doc, "Outputs", "RetentionDays", "Value")) == retention, "the output RetentionDays is not %s",
		retention)
	groups := strings.Fields(text(at(t.doc, "Outputs", "LogGroups", "Value")))
	f.that(len(groups) == len(t.stage.functions()), "the output LogGroups has %v", groups)
	for _, pair := range groups {
		name, group, _ := strings.Cut(pair, "=")
		logs := text(at(t.of("AWS::Lambda::Function")[function.LogicalID(name)], "LoggingConfig", "LogGroup"))
		f.that(group != "" && group == logs, "the output LogGroups says %s of %s, the function %s", group, name, logs)
	}
	name := text(at(t.doc, "Outputs", "ReconcileFunction", "Value"))
	f.that(name == function.LogicalID("reconcile")+":live", "the output ReconcileFunction is %s", name)
	name = text(at(t.doc, "Outputs", "RefreshFunction", "Value"))
	f.that(name == function.LogicalID("refresh")+":live", "the output RefreshFunction is %s", name)
	return f
}

// checkReferences checks that every referenced resource exists.
func checkReferences(t template) (f findings) {
	known := append(keys(t.resources()), keys(t.doc["Parameters"].(object))...)
	var walk func(where string, v any)
	walk = func(where string, v any) {
		switch v := v.(type) {
		case []any:
			for _, part := range v {
				walk(where, part)
			}
		case object:
			name, isRef := v["Ref"].(string)
			if get, ok := v["Fn::GetAtt"].([]any); ok {
				name, isRef = text(get[0]), true
			}
			f.that(!isRef || strings.HasPrefix(name, "AWS::") || slices.Contains(known, name),
				"%s names %s, which is not there", where, name)
			for _, part := range v {
				walk(where, part)
			}
		}
	}
	for id, r := range t.resources() {
		walk(id, r)
		for _, other := range texts(r.(object)["DependsOn"]) {
			f.that(other == "" || slices.Contains(known, other), "%s depends on %s, which is not there", id, other)
		}
	}
	return f
}
