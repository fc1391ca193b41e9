package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/shared/route"
)

type object = map[string]any

// template is CloudFormation's template for one stage.
type template struct {
	stage Stage
	dir   string // of the cloud assembly
	doc   object
}

// variant is a stage with the options that the example's stages lack.
var variant = Stage{
	Name: "variant", Account: "111122223333", Region: "ap-southeast-1", DOKU: "sandbox",
	CallbackHosts: []string{"shop.example.com"}, NotificationHosts: []string{"hooks.example.com"},
	Domain: &Domain{Name: "pay.example.com", Certificate: "arn:aws:acm:ap-southeast-1:111122223333:certificate/x",
		BasePath: "v1"},
	Tokens: &Tokens{Issuer: "https://login.example.com/", Audience: []string{"kasir"}},
	Staff: &Staff{Clients: []string{"desk", "console"}, Claim: "roles", Roles: []Role{
		{Name: "viewer", Scopes: []route.Scope{route.PaymentsReadAll, route.PaymentsRead}},
		{Name: "store-lead", Scopes: []route.Scope{route.PaymentsRefund}, MaxRefund: 250000},
	}, SignIn: &SignIn{Authorize: "https://login.example.com/authorize", Token: "https://login.example.com/token",
		Audience: "kasir"}},
	AlarmEmail: "payments@example.com", Architecture: "x86_64", Memory: 512, LogDays: 7, ArchiveDays: 1,
	Concurrency: Concurrency{Functions: 20, Reconcile: 6, Webhooks: 3}, Throttle: Throttle{Rate: 5, Burst: 10},
	Notifications: Throttle{Rate: 50, Burst: 100},
	Scale: Scale{Shards: 40, LooksAtOnce: 16, PageRuns: 4, StreamParallel: 4, StreamBatch: 100, StreamWindow: 2,
		Reserved: map[string]int{"notify": 40}},
	CheckPaidAfter: []time.Duration{24 * time.Hour, 168 * time.Hour},
	PageLifetime:   1800e9, AutoCaptureBefore: 12 * 3600e9, MaxNotificationAge: 24 * 3600e9,
	RequireSignedResponses: true,
	CustomerKey:            true, Untraced: true, NoCustomerList: true,
	TicketEmail: "orders@example.com", Paid: 70, Executions: 3000,
	SecretReaders: []string{"arn:aws:iam::111122223333:role/doctor"},
	Webhooks: []Webhook{{Name: "shop", URL: "https://shop.example.com/hooks"},
		{Name: "books", URL: "https://books.example.com:8443/kasir?source=1",
			Types: []string{"payment.paid", "payment.refunded"}}},
	Settings: map[string]string{"UNSIGNED_REFUSALS": "status", "TRUST_WINDOW": "30m"},
}

// retired returns a stage whose first client is retired, with roles of its own.
func retired() Stage {
	s := Stages[0]
	s.Name, s.Canary = "retired", true
	s.Pool = &Pool{DomainPrefix: "kasir-retired", BackEndRetired: true}
	s.Staff = &Staff{URLs: []string{"https://shop.example.com/kasir", "https://pay.example.com/console"}, Roles: variant.Staff.Roles}
	return s
}

// synthesise runs the app, with other files instead of the functions' binaries.
func synthesise(t *testing.T, dir string) ([]template, error) {
	assets := filepath.Join(dir, "dist")
	for _, arch := range []string{"arm64", "amd64"} {
		stubs(t, filepath.Join(assets, arch))
	}
	stages := append(slices.Clone(Stages), variant, retired())
	app, err := New(stages, assets, "", filepath.Join(dir, "cdk.out"))
	if err != nil {
		return nil, err
	}
	assembly := *app.Synth(nil).Directory()
	var all []template
	for _, s := range stages {
		content, err := os.ReadFile(filepath.Join(assembly, s.StackName()+".template.json"))
		if err != nil {
			return nil, err
		}
		t := template{stage: s, dir: assembly}
		if err := json.Unmarshal(content, &t.doc); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// synthesised holds the result of templates, in a folder that TestMain removes.
var synthesised struct {
	sync.Once
	all []template
	err error
}

func templates(t *testing.T) []template {
	t.Helper()
	synthesised.Do(func() { synthesised.all, synthesised.err = synthesise(t, cloud) })
	if synthesised.err != nil {
		t.Fatal(synthesised.err)
	}
	return synthesised.all
}

// cloud is the folder of the tests' cloud assembly.
var cloud string

// TestMain leaves nothing in TMPDIR, where jsii has unpacked itself.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kasir-infra-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cloud = dir
	status := m.Run()
	closeQuietly()
	os.RemoveAll(dir)
	os.Exit(status)
}

// copied returns a copy of the template that may be changed.
func (t template) copied() template {
	content, err := json.Marshal(t.doc)
	if err != nil {
		panic(err)
	}
	t.doc = nil
	if err := json.Unmarshal(content, &t.doc); err != nil {
		panic(err)
	}
	return t
}

func (t template) resources() object { return t.doc["Resources"].(object) }

// of returns the properties of every resource of a type, by logical id.
func (t template) of(kind string) map[string]object {
	found := map[string]object{}
	for id, r := range t.resources() {
		if resource := r.(object); resource["Type"] == kind {
			properties, _ := resource["Properties"].(object)
			found[id] = properties
		}
	}
	return found
}

// at returns the value at a path of object names and list indexes, or nil if there is none.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := v.(object)
			v = o[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

// text returns a value as one text. A reference becomes the logical id that it names, such as Orders or Orders.Arn.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64, bool:
		return fmt.Sprint(v)
	case []any:
		var parts []string
		for _, part := range v {
			parts = append(parts, text(part))
		}
		return strings.Join(parts, ",")
	case object:
		if ref, ok := v["Ref"].(string); ok {
			return ref
		}
		if get, ok := v["Fn::GetAtt"].([]any); ok {
			return text(get[0]) + "." + text(get[1])
		}
		if join, ok := v["Fn::Join"].([]any); ok {
			var parts []string
			for _, part := range join[1].([]any) {
				parts = append(parts, text(part))
			}
			return strings.Join(parts, text(join[0]))
		}
		content, _ := json.Marshal(v)
		return string(content)
	}
	return fmt.Sprintf("%T", v)
}

// texts returns a list of texts. CloudFormation allows one text in place of a list.
func texts(v any) []string {
	l, ok := v.([]any)
	if !ok {
		l = []any{v}
	}
	var all []string
	for _, part := range l {
		all = append(all, text(part))
	}
	return all
}

// findings are the mistakes in a template.
type findings []string

func (f *findings) that(right bool, format string, args ...any) {
	if !right {
		*f = append(*f, fmt.Sprintf(format, args...))
	}
}

// same adds a finding unless two sets of texts are equal. Their order does not matter.
func (f *findings) same(what string, got, want []string) {
	slices.Sort(got)
	slices.Sort(want)
	f.that(slices.Equal(got, want), "%s: the template has %v, the code %v", what, got, want)
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
