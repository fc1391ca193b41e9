package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/function"
	"kasir/shared/route"
)

// Mistakes in a stage are reported before anything is deployed.
func TestWrongStagesAreNamed(t *testing.T) {
	for field, change := range map[string]func(*Stage){
		"Name":                func(s *Stage) { s.Name = "Production" },
		"Account":             func(s *Stage) { s.Account = "1234" },
		"Region":              func(s *Stage) { s.Region = "Jakarta" },
		"DOKU":                func(s *Stage) { s.DOKU = "http://127.0.0.1:8082" },
		"CallbackHosts":       func(s *Stage) { s.CallbackHosts = nil },
		"CALLBACK_HOSTS":      func(s *Stage) { s.CallbackHosts = []string{"https://shop.example.com"} },
		"AUTO_CAPTURE_BEFORE": func(s *Stage) { s.AutoCaptureBefore = 200 * 3600e9 },
		"CHECK_PAID_AFTER":    func(s *Stage) { s.CheckPaidAfter = []time.Duration{time.Minute} },
		"PAGE_LIFETIME":       func(s *Stage) { s.PageLifetime = -1 },
		"Origins":             func(s *Stage) { s.Origins = []string{"*"} },
		"Tokens or Pool":      func(s *Stage) { s.Pool = nil },
		"Tokens.Issuer": func(s *Stage) {
			s.Pool, s.Tokens = nil,
				&Tokens{Issuer: "http://login", Audience: []string{"x"}}
		},
		"Tokens.Audience":     func(s *Stage) { s.Pool, s.Tokens = nil, &Tokens{Issuer: "https://login.example.com"} },
		"Pool.DomainPrefix":   func(s *Stage) { s.Pool = &Pool{DomainPrefix: "my-aws-kasir"} },
		"without aws, amazon": func(s *Stage) { s.Pool = &Pool{DomainPrefix: "toko-amazonia"} },
		"in lower case":       func(s *Stage) { s.Origins = []string{"https://Toko.example"} },
		"https URL without que": func(s *Stage) {
			s.Pool, s.Tokens = nil, &Tokens{Issuer: "https://login.example.com/?x=1", Audience: []string{"x"}}
		},
		"the stage's region an": func(s *Stage) {
			s.Account, s.Domain = "111122223333",
				&Domain{Name: "pay.example.com", Certificate: "arn:aws:acm:ap-southeast-3:444455556666:certificate/x"}
		},
		"ARN of a certificate": func(s *Stage) {
			s.Domain = &Domain{Name: "pay.example.com", Certificate: "arn:aws:acm:ap-southeast-3:certificate"}
		},
		"Domain.Name": func(s *Stage) { s.Domain = &Domain{Name: "https://pay"} },
		"Domain.Certificate": func(s *Stage) {
			s.Domain = &Domain{Name: "pay.example.com",
				Certificate: "arn:aws:acm:us-east-1:1:x"}
		},
		"Domain.BasePath": func(s *Stage) { s.Domain = &Domain{Name: "pay.example.com", BasePath: "/v1/"} },
		"Domain.Moving": func(s *Stage) {
			s.Domain = &Domain{Name: "pay.example.com", BasePath: "v1",
				Moving: true}
		},
		"AlarmEmail":             func(s *Stage) { s.AlarmEmail = "" },
		"AlarmEmail is \"uang":   func(s *Stage) { s.AlarmEmail = "uang@toko" },
		"the e-mail address for": func(s *Stage) { s.AlarmEmail = "Budi <budi@toko.id>" },
		"TicketEmail":            func(s *Stage) { s.TicketEmail = "tickets" },
		"Paid":                   func(s *Stage) { s.Paid = 100 },
		"Executions":             func(s *Stage) { s.Executions = -1 },
		"SecretReaders":          func(s *Stage) { s.SecretReaders = []string{"arn:aws:iam::1:user/budi"} },
		"Architecture":           func(s *Stage) { s.Architecture = "arm" },
		"Memory":                 func(s *Stage) { s.Memory = 64 },
		"LogDays":                func(s *Stage) { s.LogDays = 31 },
		"ArchiveDays":            func(s *Stage) { s.ArchiveDays = 0 },
		"Concurrency":            func(s *Stage) { s.Concurrency.Reconcile = -1 },
		"Concurrency.Webhooks":   func(s *Stage) { s.Concurrency.Webhooks = 1 },
		"Webhooks[0].Name":       func(s *Stage) { s.Webhooks = []Webhook{{"My shop", "https://shop.example", nil}} },
		"Webhooks[0].URL":        func(s *Stage) { s.Webhooks = []Webhook{{"shop", "http://shop.example", nil}} },
		"which must name a host": func(s *Stage) { s.Webhooks = []Webhook{{"shop", "https://10.0.0.7/hooks", nil}} },
		"a user or password":     func(s *Stage) { s.Webhooks = []Webhook{{"shop", "https://u:p@shop.example", nil}} },
		"Webhooks[0].Types": func(s *Stage) {
			s.Webhooks = []Webhook{{"shop", "https://a.example", []string{"paid"}}}
		},
		"Webhooks[1].Name": func(s *Stage) {
			s.Webhooks = []Webhook{{"shop", "https://a.example", nil}, {"shop", "https://b.example", nil}}
		},
		"Staff.SignIn is for To": func(s *Stage) { s.Staff = &Staff{SignIn: variant.Staff.SignIn} },
		"Staff.SignIn.Token is": func(s *Stage) {
			s.Pool, s.Tokens = nil, variant.Tokens
			s.Staff = &Staff{Clients: []string{"desk"}, SignIn: &SignIn{Authorize: "https://login.example.com/a",
				Token: "http://login.example.com/t"}}
		},
		"Staff.SignIn.Scopes is": func(s *Stage) {
			s.Pool, s.Tokens = nil, variant.Tokens
			s.Staff = &Staff{Clients: []string{"desk"}, SignIn: &SignIn{Scopes: []string{"payments:read"}}}
		},
		"Staff.URLs has \"http": func(s *Stage) { s.Staff = &Staff{URLs: []string{"http://shop.example.com"}} },
		"Staff.Clients and Cla": func(s *Stage) { s.Staff = &Staff{Claim: "roles"} },
		"Staff.Clients is [\"a ": func(s *Stage) {
			s.Pool, s.Tokens, s.Staff = nil, variant.Tokens, &Staff{Clients: []string{"a b"}}
		},
		"Staff.URLs are for Po": func(s *Stage) {
			s.Pool, s.Tokens, s.Staff = nil, variant.Tokens, &Staff{URLs: []string{"https://toko.id/kasir"}}
		},
		"ROLES has the role \"A": func(s *Stage) {
			s.Staff = &Staff{Roles: []Role{{Name: "Admin"}}}
		},
		"MAX_REFUND has \"viewe": func(s *Stage) {
			s.Staff = &Staff{Roles: []Role{{"viewer", []route.Scope{route.PaymentsRead}, 5}}}
		},
		"Webhooks has 6":        func(s *Stage) { s.Webhooks = make([]Webhook, 6) },
		"Throttle":              func(s *Stage) { s.Throttle.Rate = 0 },
		"Notifications":         func(s *Stage) { s.Notifications.Rate = 5 },
		"and Scale.Reserved re": func(s *Stage) { s.Scale.Reserved = map[string]int{"notify": 980} },
		"Staff.Roles has \"a--b": func(s *Stage) {
			reads := []route.Scope{route.PaymentsReadAll}
			s.Staff = &Staff{URLs: s.Staff.URLs, Roles: []Role{{Name: "a-b", Scopes: reads}, {Name: "a--b", Scopes: reads}}}
		},
		"Scale.Shards":          func(s *Stage) { s.Scale.Shards = 7 },
		"Scale.PageRuns":        func(s *Stage) { s.Scale.PageRuns = 9 },
		"it must be 0 or at le": func(s *Stage) { s.Concurrency.Reconcile, s.Scale.PageRuns = 5, 4 },
		"Scale.LooksAtOnce":     func(s *Stage) { s.Scale.Shards, s.Scale.LooksAtOnce = 64, 16 },
		"LOOKS_AT_ONCE":         func(s *Stage) { s.Scale.LooksAtOnce, s.Scale.PageRuns = 65, 8 },
		"Scale.StreamParallel":  func(s *Stage) { s.Scale.StreamParallel = 11 },
		"Scale.StreamBatch":     func(s *Stage) { s.Scale.StreamBatch = 1001 },
		"Scale.StreamWindow":    func(s *Stage) { s.Scale.StreamWindow = 301 },
		"Scale.Reserved has":    func(s *Stage) { s.Scale.Reserved = map[string]int{"notfy": 5} },
		"of the webhooks":       func(s *Stage) { s.Scale.Reserved = map[string]int{"reconcile": 5} },
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

// Two stages cannot have the same name, domain or prefix.
func TestStagesDoNotTakeEachOthersNames(t *testing.T) {
	for want, change := range map[string]func(*Stage){
		`Name "sandbox" is that of stage sandbox too`: func(s *Stage) { s.Name = "sandbox" },
		`Pool.DomainPrefix "example-kasir-sandbox"`:   func(s *Stage) { s.Pool = Stages[0].Pool },
	} {
		other := Stages[1]
		change(&other)
		if err := checkTogether([]Stage{Stages[0], other}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	elsewhere := Stages[1]
	elsewhere.Pool, elsewhere.Region = Stages[0].Pool, "ap-southeast-1"
	if err := errors.Join(checkTogether(Stages), checkTogether([]Stage{Stages[0], elsewhere})); err != nil {
		t.Error(err)
	}
}

// CI's role may do everything in its account that the CDK may. A stage that CI deploys is therefore alone in its
// account, unless SharesAccount is set.
func TestCIDeploysIntoNoSharedAccount(t *testing.T) {
	sandbox := Stage{Name: "sandbox", Account: "111122223333"}
	production := Stage{Name: "production", Account: "444455556666"}
	unnamed, same, bounded := sandbox, production, sandbox
	unnamed.Account, same.Account = "", sandbox.Account
	bounded.SharesAccount = true
	for name, c := range map[string]struct {
		stage, other Stage
		want         string
	}{
		"two accounts":          {sandbox, production, ""},
		"no account":            {unnamed, production, "Account is empty"},
		"one account":           {sandbox, same, "that of stage production"},
		"production has none":   {sandbox, Stage{Name: "production"}, "that of stage production"},
		"one account, and said": {bounded, same, ""},
	} {
		err := checkAccount(c.stage, []Stage{c.stage, c.other})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Each stage needs only its own binaries. The architecture of the other stages does not matter.
func TestAStageNeedsItsOwnArchitectureAlone(t *testing.T) {
	mixed := []Stage{Stages[0], Stages[1], Stages[0]}
	mixed[1].Architecture = "x86_64"
	if got := architectures(mixed); got != "amd64 arm64" {
		t.Errorf("all stages need %q", got)
	}
	if got := architectures(mixed[1:2]); got != "amd64" {
		t.Errorf("the stage of x86_64 needs %q", got)
	}
	assets := t.TempDir()
	stubs(t, filepath.Join(assets, "amd64"))
	if err := checkBinaries(assets, mixed[1]); err != nil {
		t.Errorf("the stage whose binaries are there: %v", err)
	}
	if err := checkBinaries(assets, mixed[0]); err == nil ||
		!strings.HasSuffix(err.Error(), "bootstrap is missing: run make build ARCH=arm64") {
		t.Errorf("the stage whose binaries are not there: %v", err)
	}
	forced, err := overrideArchitecture(mixed, "amd64")
	if got := architectures(forced); err != nil || got != "amd64" || mixed[0].Architecture != "arm64" {
		t.Errorf("with ARCH=amd64: %q, %v", got, err)
	}
}

// stubs writes a file instead of each function's binary.
func stubs(t *testing.T, folder string) {
	t.Helper()
	for _, f := range function.All {
		if err := os.MkdirAll(filepath.Join(folder, f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, f.Name, "bootstrap")
		err := os.WriteFile(path, []byte(f.Name), 0o700)
		if err == nil {
			err = os.Chmod(path, 0o755) // regardless of the umask
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A binary for the other processor would fail only at AWS, at the first request.
func TestABinaryForTheOtherProcessorIsFound(t *testing.T) {
	self, err := os.Executable() // this test, a binary for this machine
	if err != nil {
		t.Fatal(err)
	}
	assets, problems := t.TempDir(), 0
	for arch, architecture := range map[string]string{"arm64": "arm64", "amd64": "x86_64"} {
		stubs(t, filepath.Join(assets, arch))
		for _, f := range function.All {
			path := filepath.Join(assets, arch, f.Name, "bootstrap")
			if err := errors.Join(os.Remove(path), os.Symlink(self, path)); err != nil {
				t.Fatal(err)
			}
		}
		stage := Stages[0]
		stage.Architecture = architecture
		if err := checkBinaries(assets, stage); err != nil {
			problems++
			if !strings.Contains(err.Error(), "run make build ARCH="+arch) {
				t.Error(err)
			}
		}
	}
	if problems != 1 {
		t.Errorf("%d of two architectures do not fit, want one", problems)
	}
}

// Lambda runs a function as another user than the one who built it. The mode is also part of the zip's name, because a
// zip that was uploaded with a wrong mode must not be taken for the right one.
func TestABinaryHasTheOneMode(t *testing.T) {
	assets := t.TempDir()
	stubs(t, filepath.Join(assets, "arm64"))
	stage := Stages[0]
	folder := stage.folder(assets, "capture")
	right, err := assetHash(folder)
	if err != nil || checkBinaries(assets, stage) != nil {
		t.Fatalf("%v, %v", err, checkBinaries(assets, stage))
	}
	for _, mode := range []os.FileMode{0o700, 0o750, 0o644, 0o775} {
		if err := os.Chmod(filepath.Join(folder, "bootstrap"), mode); err != nil {
			t.Fatal(err)
		}
		if err := checkBinaries(assets, stage); err == nil ||
			!strings.Contains(err.Error(), "it must be -rwxr-xr-x: run make build ARCH=arm64") {
			t.Errorf("mode %v: %v", mode, err)
		}
		if wrong, err := assetHash(folder); err != nil || wrong == right {
			t.Errorf("mode %v: the zip has the name of a good one, %s, %v", mode, wrong, err)
		}
	}
}

// A stage that moves to a domain answers at both addresses during the move.
func TestMovingKeepsTheOldAddress(t *testing.T) {
	for want, domain := range map[bool]*Domain{true: {Name: "pay.example.com"},
		false: {Name: "pay.example.com", Moving: true}} {
		if got := (Stage{Domain: domain}).domainOnly(); got != want {
			t.Errorf("%+v: %v, want %v", domain, got, want)
		}
	}
	if (Stage{}).domainOnly() {
		t.Error("without a domain there would be no address at all")
	}
}

// The example's values must not be deployed, because alarms would reach nobody.
func TestPlaceholdersAreNamed(t *testing.T) {
	want := []string{"CallbackHosts", "Origins", "Webhooks", "AlarmEmail", "Pool.DomainPrefix"}
	if got := Stages[1].Placeholders(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	own := Stages[1]
	own.CallbackHosts, own.Origins, own.AlarmEmail = []string{"toko.id"}, []string{"https://toko.id"}, "uang@toko.id"
	own.Staff = &Staff{URLs: []string{"https://toko.id/kasir"}}
	own.Pool, own.Webhooks = &Pool{DomainPrefix: "toko-kasir"}, []Webhook{{Name: "shop", URL: "https://toko.id/kasir"}}
	if got := own.Placeholders(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for name, want := range map[string]string{
		"sandbox": "still has the example's values in CallbackHosts, Origins, AlarmEmail",
		"staging": "there are sandbox, production",
	} {
		if _, err := deployable(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
