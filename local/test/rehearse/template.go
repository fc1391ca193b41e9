package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kasir/shared/function"
	"kasir/shared/route"
)

// template is a deployed template: its resources by their logical ids, with every reference resolved.
type template map[string]resource

type resource struct {
	Type       string
	Made       bool
	NotMade    string // the reason, if moto cannot make it
	Ref        string
	Retain     bool
	Properties json.RawMessage
}

// readTemplate reads the description of a stack that aws.py wrote.
func readTemplate(folder, stack string) (template, error) {
	content, err := os.ReadFile(filepath.Join(folder, stack+".json"))
	if err != nil {
		return nil, err
	}
	var t template
	if err := json.Unmarshal(content, &t); err != nil {
		return nil, fmt.Errorf("the description of %s: %w", stack, err)
	}
	return t, nil
}

// of returns the logical ids of a type, sorted.
func (t template) of(kind string) (ids []string) {
	for _, id := range slices.Sorted(maps.Keys(t)) {
		if t[id].Type == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// properties reads the properties of every resource of a type, by logical id.
func properties[P any](t template, kind string) map[string]P {
	all := map[string]P{}
	for _, id := range t.of(kind) {
		var p P
		if err := json.Unmarshal(t[id].Properties, &p); err != nil {
			panic(fmt.Sprintf("%s: %v", id, err)) // the fields are of CloudFormation's types
		}
		all[id] = p
	}
	return all
}

// deployed is a function as the template describes it.
type deployed struct {
	Role, Architecture  string
	Environment         struct{ Variables map[string]string }
	Timeout, MemorySize int
	Code                struct{ S3Bucket, S3Key string }
	LoggingConfig       struct{ LogGroup string }
	TracingConfig       struct{ Mode string }

	name, physical string // in function.All, and at AWS
}

// functions returns the functions by their names in function.All.
func (t template) functions() map[string]deployed {
	all := map[string]deployed{}
	found := properties[deployed](t, "AWS::Lambda::Function")
	for _, row := range function.All {
		if f, ok := found[function.LogicalID(row.Name)]; ok {
			f.name, f.physical, f.Role = row.Name, t[function.LogicalID(row.Name)].Ref, t.role(f.Role)
			all[row.Name] = f
		}
	}
	return all
}

// role returns the logical id of the role with an ARN.
func (t template) role(arn string) string {
	for _, id := range t.of("AWS::IAM::Role") {
		if strings.HasSuffix(arn, "/"+t[id].Ref) {
			return id
		}
	}
	return arn
}

// place returns the account and the region of the stack.
func (t template) place() place {
	secret := t.functions()["notify"].Environment.Variables["DOKU_SECRET_ARN"]
	part := append(strings.Split(secret, ":"), make([]string, 5)...)
	return place{account: part[4], region: part[3]}
}

// policies returns the statements of each role, and those by which services may invoke functions.
func (t template) policies() map[string][]statement {
	type document struct{ Statement []statement }
	all := map[string][]statement{}
	for id, role := range properties[struct {
		Policies []struct{ PolicyDocument document }
	}](t, "AWS::IAM::Role") {
		all[id] = nil
		for _, policy := range role.Policies {
			all[id] = append(all[id], policy.PolicyDocument.Statement...)
		}
	}
	policies := properties[struct {
		Roles          []string
		PolicyDocument document
	}](t, "AWS::IAM::Policy")
	for _, id := range slices.Sorted(maps.Keys(policies)) {
		for _, name := range policies[id].Roles {
			role := t.role("role/" + name)
			all[role] = append(all[role], policies[id].PolicyDocument.Statement...)
		}
	}
	maps.Copy(all, t.invokers())
	return all
}

// routes returns the routes that API Gateway has, and the prefix of their scopes.
func (t template) routes() (all []route.Route, prefix string, err error) {
	integrations := t.integrations()
	for id, r := range properties[struct {
		RouteKey            string
		AuthorizationScopes []string
	}](t, "AWS::ApiGatewayV2::Route") {
		method, path, _ := strings.Cut(r.RouteKey, " ")
		row, ok := route.Find(r.RouteKey)
		if target := integrations[r.RouteKey].resource; !ok || t.functionOf(target) != row.Function {
			return nil, "", fmt.Errorf("%s: %s goes to %q", id, r.RouteKey, target)
		}
		one := route.Route{Function: row.Function, Method: method, Path: path}
		if len(r.AuthorizationScopes) > 0 {
			one.Scope = row.Scope
			prefix = strings.TrimSuffix(r.AuthorizationScopes[0], string(row.Scope))
		}
		all = append(all, one)
	}
	return all, prefix, nil
}

// keyOf returns the ARN of the stack's key with which a resource is encrypted, by the resource's ARN; "" if with none.
func (t template) keyOf(arn string) string {
	for id, table := range properties[struct {
		SSESpecification struct {
			KMSMasterKeyID string `json:"KMSMasterKeyId"`
		}
	}](
		t, "AWS::DynamoDB::Table") {
		if strings.Contains(arn+"/", ":table/"+t[id].Ref+"/") {
			return table.SSESpecification.KMSMasterKeyID
		}
	}
	for id, secret := range properties[struct {
		KmsKeyID string `json:"KmsKeyId"`
	}](t, "AWS::SecretsManager::Secret") {
		if arn == t[id].Ref {
			return secret.KmsKeyID
		}
	}
	for id, bucket := range properties[struct {
		BucketEncryption struct {
			ServerSideEncryptionConfiguration []struct {
				ServerSideEncryptionByDefault struct{ KMSMasterKeyID string }
			}
		}
	}](t, "AWS::S3::Bucket") {
		for _, c := range bucket.BucketEncryption.ServerSideEncryptionConfiguration {
			if strings.HasPrefix(arn, "arn:aws:s3:::"+t[id].Ref+"/") {
				return c.ServerSideEncryptionByDefault.KMSMasterKeyID
			}
		}
	}
	return ""
}
