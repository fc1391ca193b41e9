package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// deployed is the file that make deploy writes for a stage.
const deployed = `{"kasir-sandbox":{"ApiUrl":"https://abc.execute-api.ap-southeast-3.amazonaws.com",
"NotificationUrl":"https://abc.execute-api.ap-southeast-3.amazonaws.com/notifications",
"SecretArn":"arn:aws:secretsmanager:ap-southeast-3:111122223333:secret:kasir-x",
"TableName":"the-table","BusName":"the-bus","ReportsBucket":"the-bucket",
"PoolId":"ap-southeast-3_Pool","StaffClientId":"the-client","DokuEnvironment":"sandbox","Settings":"{}"}}`

// checkStage compares the files for a deployed stage with its synthesised template. env.json must have a value for each
// variable that only AWS knows, and for no other. Without a value such a variable would be a logical id under SAM CLI.
func (p *proof) checkStage(ctx context.Context) error {
	if err := os.WriteFile(p.in("outputs.json"), []byte(deployed), 0o600); err != nil {
		return err
	}
	const template = ".kasir/sam/cdk.out/kasir-sandbox.template.json"
	_, err := p.output(ctx, "bin/kasir", "events", "write", "--stage", "sandbox", "--outputs", p.in("outputs.json"),
		"--template", template, "--out", p.in("stage"))
	if err != nil {
		return err
	}
	var doc struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Environment struct{ Variables map[string]any }
			}
		}
	}
	var given map[string]map[string]string
	for name, into := range map[string]any{"template.json": &doc, "env.json": &given} {
		content, err := os.ReadFile(filepath.Join(p.in("stage"), name))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(content, into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for id, r := range doc.Resources {
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		unknown := r.Properties.Environment.Variables
		maps.DeleteFunc(unknown, func(_ string, value any) bool { _, fixed := value.(string); return fixed })
		want, got := slices.Sorted(maps.Keys(unknown)), slices.Sorted(maps.Keys(given[id]))
		if !slices.Equal(want, got) {
			return fmt.Errorf("%s: only AWS knows %v; env.json has %v", id, want, got)
		}
	}
	return nil
}
