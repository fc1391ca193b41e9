package main

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
)

// update adds new resources to the list of kept ones. It changes and removes none.
var update = flag.Bool("update", false, "add new resources to testdata/kept.json")

const keptFile = "testdata/kept.json"

// lasting are the types of resources that must never be replaced in a deployed stack. Another one would lack their
// data, or have another id than the one that is written down at DOKU, in programs or in orders.
var lasting = []string{"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::Cognito::UserPool",
	"AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolResourceServer",
	"AWS::ApiGatewayV2::Api", "AWS::Events::EventBus", "AWS::Events::Archive", "AWS::SQS::Queue", "AWS::S3::Bucket",
	"AWS::SNS::Topic", "AWS::Logs::LogGroup", "AWS::Lambda::Function"}

// poolProperties are the properties of a pool that Cognito never changes. CloudFormation's specification does not mark
// them.
var poolProperties = []string{"AliasAttributes", "Schema", "UsernameAttributes", "UsernameConfiguration"}

// keptResource is a resource of a deployed stack, with the properties whose change would replace it.
type keptResource struct {
	Type       string `json:"type"`
	Properties object `json:"properties,omitempty"`
}

type keptStages map[string]map[string]keptResource // by stage and logical id

func readKept() (keptStages, error) {
	all := keptStages{}
	content, err := os.ReadFile(keptFile)
	if err == nil {
		err = json.Unmarshal(content, &all)
	}
	return all, err
}

// replacing returns the properties of each type whose change replaces the resource, by CloudFormation's specification.
// The CDK's command brings it, for cdk diff.
var replacing = sync.OnceValues(func() (map[string][]string, error) {
	file, err := os.Open("../node_modules/aws-cdk/db.json.gz")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var spec struct {
		Schema struct {
			Resource struct {
				Entities []struct {
					Type       string `json:"cloudFormationType"`
					Properties map[string]struct {
						Replaces string `json:"causesReplacement"`
					}
				}
			}
		}
	}
	if err := json.NewDecoder(unpacked).Decode(&spec); err != nil {
		return nil, err
	}
	all := map[string][]string{"AWS::Cognito::UserPool": poolProperties}
	for _, entity := range spec.Schema.Resource.Entities {
		for name, property := range entity.Properties {
			if property.Replaces != "" && property.Replaces != "no" {
				all[entity.Type] = append(all[entity.Type], name)
			}
		}
	}
	return all, nil
})

// lastingIn returns the lasting resources of a template.
func lastingIn(t template) map[string]keptResource {
	properties, err := replacing()
	if err != nil {
		panic(err) // npm's packages are part of every checkout in which tests run
	}
	found := map[string]keptResource{}
	for id, r := range t.resources() {
		kind := text(at(r, "Type"))
		if !slices.Contains(lasting, kind) {
			continue
		}
		kept := keptResource{Type: kind, Properties: object{}}
		for _, name := range properties[kind] {
			if value := at(r, "Properties", name); value != nil {
				kept.Properties[name] = value
			}
		}
		found[id] = kept
	}
	return found
}

// checkReplaced compares a template with the list of what deployed stacks have.
func checkReplaced(t template) (f findings) {
	stages, err := readKept()
	f.that(err == nil, "%v", err)
	list, found := stages[t.stage.Name], lastingIn(t)
	if list == nil && !slices.ContainsFunc(Stages, func(s Stage) bool { return s.Name == t.stage.Name }) {
		return f // a test's own stage
	}
	for id, want := range list {
		got, there := found[id]
		f.that(there && got.Type == want.Type, "%s, %s, would be deleted or replaced by another", id, want.Type)
		for _, name := range slices.Sorted(maps.Keys(want.Properties)) {
			f.that(!there || same(got.Properties[name], want.Properties[name]),
				"%s would be replaced: %s was %v, and is %v", id, name, want.Properties[name], got.Properties[name])
		}
		for name := range got.Properties {
			_, before := want.Properties[name]
			f.that(before, "%s would be replaced: %s is new", id, name)
		}
	}
	for id := range found {
		_, listed := list[id]
		f.that(listed, "%s is not in %s: run go test ./infra -run TestNothingThatLastsIsReplaced -update", id, keptFile)
	}
	return f
}

func same(a, b any) bool {
	first, _ := json.Marshal(a)
	second, _ := json.Marshal(b)
	return string(first) == string(second)
}

// A deployment never replaces what holds data or whose id is written down elsewhere. With -update the list gets new
// resources; what must go is taken out of it by hand.
func TestNothingThatLastsIsReplaced(t *testing.T) {
	if *update {
		addToKept(t)
	}
	for _, tpl := range templates(t) {
		for _, problem := range checkReplaced(tpl) {
			t.Errorf("%s: %s", tpl.stage.Name, problem)
		}
	}
}

func addToKept(t *testing.T) {
	t.Helper()
	stages, err := readKept()
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, tpl := range templates(t)[:len(Stages)] {
		all := lastingIn(tpl)
		maps.Copy(all, stages[tpl.stage.Name])
		stages[tpl.stage.Name] = all
	}
	content, err := json.MarshalIndent(stages, "", " ")
	if err == nil {
		err = os.MkdirAll("testdata", 0o755)
	}
	if err == nil {
		err = os.WriteFile(keptFile, append(content, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
