package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kasir/shared/function"
)

// What is wrong with a stage is named before anything is deployed.
func TestWrongStagesAreNamed(t *testing.T) {
	for field, change := range map[string]func(*Stage){
		"Name":                  func(s *Stage) { s.Name = "Production" },
		"Account":               func(s *Stage) { s.Account = "1234" },
		"Region":                func(s *Stage) { s.Region = "Jakarta" },
		"DOKU":                  func(s *Stage) { s.DOKU = "http://127.0.0.1:8082" },
		"CallbackHosts":         func(s *Stage) { s.CallbackHosts = nil },
		"CALLBACK_HOSTS":        func(s *Stage) { s.CallbackHosts = []string{"https://shop.example.com"} },
		"AUTO_CAPTURE_BEFORE":   func(s *Stage) { s.AutoCaptureBefore = 200 * 3600e9 },
		"PAGE_LIFETIME":         func(s *Stage) { s.PageLifetime = -1 },
		"Origins":               func(s *Stage) { s.Origins = []string{"*"} },
		"Tokens or Pool":        func(s *Stage) { s.Pool = nil },
		"Tokens.Issuer":         func(s *Stage) { s.Pool, s.Tokens = nil, &Tokens{Issuer: "http://login", Audience: []string{"x"}} },
		"Tokens.Audience":       func(s *Stage) { s.Pool, s.Tokens = nil, &Tokens{Issuer: "https://login.example.com"} },
		"Pool.DomainPrefix":     func(s *Stage) { s.Pool = &Pool{DomainPrefix: "my-aws-kasir"} },
		"Domain.Name":           func(s *Stage) { s.Domain = &Domain{Name: "https://pay"} },
		"Domain.Certificate":    func(s *Stage) { s.Domain = &Domain{Name: "pay.example.com", Certificate: "arn:aws:acm:us-east-1:1:x"} },
		"Domain.BasePath":       func(s *Stage) { s.Domain = &Domain{Name: "pay.example.com", BasePath: "/v1/"} },
		"Domain.Moving":         func(s *Stage) { s.Domain = &Domain{Name: "pay.example.com", BasePath: "v1", Moving: true} },
		"AlarmEmail":            func(s *Stage) { s.AlarmEmail = "" },
		"Architecture":          func(s *Stage) { s.Architecture = "arm" },
		"Memory":                func(s *Stage) { s.Memory = 64 },
		"LogDays":               func(s *Stage) { s.LogDays = 31 },
		"ArchiveDays":           func(s *Stage) { s.ArchiveDays = 0 },
		"Concurrency":           func(s *Stage) { s.Concurrency.Reconcile = -1 },
		"Throttle":              func(s *Stage) { s.Throttle.Rate = 0 },
		"bootstrap is missing":  func(*Stage) {},
		"ARCH is \"sparc\"; it": func(*Stage) {},
	} {
		stage := Stages[0]
		change(&stage)
		arch := ""
		if strings.HasPrefix(field, "ARCH") {
			arch = "sparc"
		}
		if _, err := New([]Stage{stage}, t.TempDir(), arch, ""); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not named in: %v", field, err)
		}
	}
}

// A binary for the other processor would fail at AWS only, at the first request.
func TestABinaryForTheOtherProcessorIsFound(t *testing.T) {
	self, err := os.Executable() // this test, a binary for this machine
	if err != nil {
		t.Fatal(err)
	}
	assets := t.TempDir()
	for _, f := range function.Table {
		if err := os.MkdirAll(filepath.Join(assets, f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(self, filepath.Join(assets, f.Name, "bootstrap")); err != nil {
			t.Fatal(err)
		}
	}
	stage, problems := Stages[0], 0
	for _, stage.Architecture = range []string{"arm64", "x86_64"} {
		if err := checkBinaries(assets, stage); err != nil {
			problems++
			if !strings.Contains(err.Error(), "run make build with the other ARCH") {
				t.Error(err)
			}
		}
	}
	if problems != 1 {
		t.Errorf("%d of two architectures do not fit, want one", problems)
	}
}

// A stage that moves to a domain answers at both addresses meanwhile.
func TestMovingKeepsTheOldAddress(t *testing.T) {
	for want, domain := range map[bool]*Domain{true: {Name: "pay.example.com"}, false: {Name: "pay.example.com", Moving: true}} {
		if got := (Stage{Domain: domain}).domainOnly(); got != want {
			t.Errorf("%+v: %v, want %v", domain, got, want)
		}
	}
	if (Stage{}).domainOnly() {
		t.Error("without a domain there would be no address at all")
	}
}

// The example's values must not be deployed: alarms would go to nobody.
func TestPlaceholdersAreNamed(t *testing.T) {
	want := []string{"CallbackHosts", "Origins", "AlarmEmail", "Pool.DomainPrefix"}
	if got := Stages[1].Placeholders(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	own := Stages[1]
	own.CallbackHosts, own.Origins, own.AlarmEmail = []string{"toko.id"}, []string{"https://toko.id"}, "uang@toko.id"
	own.Pool = &Pool{DomainPrefix: "toko-kasir"}
	if got := own.Placeholders(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for name, want := range map[string]string{
		"sandbox": "still has the example's values in CallbackHosts, Origins, AlarmEmail, Pool.DomainPrefix", "staging": "there are sandbox, production",
	} {
		if _, err := deployable(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
