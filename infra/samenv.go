package main

import (
	"encoding/json"
	"fmt"
	"os"

	"kasir/shared/function"
)

// samEnvironment is the file that sam local is given with --env-vars: what only AWS knows of a deployed stage, for each function that
// reads it. sam local would put logical ids in its place, and takes values only for variables that the template declares.
func samEnvironment(name, outputs string) ([]byte, error) {
	content, err := os.ReadFile(outputs)
	if err != nil {
		return nil, fmt.Errorf("reading what was deployed: %w: run make deploy STAGE=%s first, or make outputs STAGE=%s if it was deployed from elsewhere", err, name, name)
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(content, &stacks); err != nil {
		return nil, fmt.Errorf("%s is not what make deploy writes: %w", outputs, err)
	}
	deployed, ok := stacks["kasir-"+name]
	if !ok {
		return nil, fmt.Errorf("%s has no stack kasir-%s: run make deploy STAGE=%s", outputs, name, name)
	}
	all := map[string]map[string]string{}
	for _, f := range function.All {
		variables := map[string]string{}
		if f.Secret {
			variables["DOKU_SECRET_ARN"] = deployed["SecretArn"]
		}
		if len(f.TableActions) > 0 {
			variables["TABLE_NAME"] = deployed["TableName"]
		}
		if f.Stream {
			variables["EVENT_BUS"] = deployed["BusName"]
		}
		all[LogicalID(f.Name)] = variables
	}
	return json.MarshalIndent(all, "", "  ")
}
