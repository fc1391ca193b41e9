package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// boundaries returns the statements of each role's permissions boundary. make bootstrap makes the policy from the file.
func (w *world) boundaries(t template) (map[string][]statement, error) {
	all := map[string][]statement{}
	for id, role := range properties[struct{ PermissionsBoundary string }](t, "AWS::IAM::Role") {
		if role.PermissionsBoundary == "" {
			continue
		}
		name := arnName(role.PermissionsBoundary)
		content, err := os.ReadFile(filepath.Join(w.root, "infra", "policies", name+".json"))
		if err != nil {
			return nil, fmt.Errorf("the boundary of %s: %w", id, err)
		}
		var policy struct{ Statement []statement }
		text := strings.ReplaceAll(string(content), "ACCOUNT", t.place().account)
		if err := json.Unmarshal([]byte(text), &policy); err != nil || len(policy.Statement) == 0 {
			return nil, errors.Join(fmt.Errorf("the policy %s cannot be read", name), err)
		}
		all[id] = policy.Statement
	}
	return all, nil
}
