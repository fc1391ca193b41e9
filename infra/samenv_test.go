package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sam local gets a value for every reference in the template's variables, and for nothing that the template does not declare.
func TestSAMIsGivenWhatOnlyAWSKnows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cdk-outputs.json")
	outputs := `{"kasir-sandbox":{"SecretArn":"the-secret","TableName":"the-table","BusName":"the-bus"}}`
	if err := os.WriteFile(file, []byte(outputs), 0o600); err != nil {
		t.Fatal(err)
	}
	content, err := samEnvironment("sandbox", file)
	if err != nil {
		t.Fatal(err)
	}
	var given map[string]map[string]string
	if err := json.Unmarshal(content, &given); err != nil {
		t.Fatal(err)
	}
	functions := templates(t)[0].of("AWS::Lambda::Function")
	for id, fn := range functions {
		variables, _ := at(fn, "Environment", "Variables").(object)
		for name, value := range variables {
			if _, fixed := value.(string); fixed == strings.HasPrefix(given[id][name], "the-") {
				t.Errorf("%s: %s is %v in the template and %q for sam local", id, name, value, given[id][name])
			}
		}
		for name := range given[id] {
			if variables[name] == nil {
				t.Errorf("%s: sam local would leave out %s", id, name)
			}
		}
	}
	if len(given) != len(functions) {
		t.Errorf("%d functions, want %d", len(given), len(functions))
	}
	for name, want := range map[string]string{"production": "run make deploy STAGE=production", "": ""} {
		if _, err := samEnvironment(name, file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
