package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kasir/local/stack"
	"kasir/local/trigger"
)

// Every scenario leads to its event, whatever was played before it, and leaves the sandbox's faults as they were.
func TestEveryScenarioLeadsToItsEvent(t *testing.T) {
	data, port := t.TempDir(), freePort(t)
	startLocal(t, data, port, "--memory")
	environment, _ := stack.Running(data)
	sandbox := environment["DOKU_ENVIRONMENT"]
	const faults = `{"seed":7,"calls":{"deletetoken":{"slow":0.5}}}`
	const next = `{"endpoint":"listtokens","fault":"slow","form":"","wait":"0s","times":2}`
	for _, set := range [][2]string{{"faults", faults}, {"faults/next", next}} {
		response, err := http.Post(sandbox+"/control/"+set[0], "application/json", strings.NewReader(set[1]))
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(err, response)
		}
		response.Body.Close()
	}
	before := sandboxFaults(t, sandbox)
	for _, s := range trigger.Scenarios {
		t.Run(s.Name, func(t *testing.T) {
			var played triggerDocument
			oneDocument(t, &played, false, kasir(t, "trigger", s.Name, "--data", data))
			var came []string
			for _, e := range played.Events {
				d := e.Read()
				if d.Order.InvoiceNumber != played.Invoice || e.Duplicate {
					t.Errorf("%+v", e)
				}
				came = append(came, strings.TrimSpace(e.Type+" "+d.Attention.Reason))
			}
			if want := strings.TrimSpace(s.Type + " " + s.Reason); !slices.Contains(came, want) {
				t.Errorf("%q came, want %s", came, want)
			}
			moved := slices.ContainsFunc(played.Steps, func(s step) bool { return s.Step == "clock" })
			if len(played.Steps) < 2 || moved != strings.Contains(s.Short, "moves the clock") {
				t.Errorf("%s: %+v", s.Short, played.Steps)
			}
			t.Log(came)
		})
	}
	if after := sandboxFaults(t, sandbox); after != before {
		t.Errorf("the faults are\n%s, before they were\n%s", after, before)
	}
}

// sandboxFaults returns the faults of a sandbox, with those that were requested.
func sandboxFaults(t *testing.T, sandbox string) string {
	t.Helper()
	response, err := http.Get(sandbox + "/control/faults")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Faults, Next json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return string(answer.Faults) + " " + string(answer.Next)
}

func TestTriggerSaysWhatItCannotDo(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"settled", "does not read DOKU's settlement reports"},
		{"payed", `there is no scenario "payed"; the scenarios are paid, failed,`},
		{"paid", "no kasir local is running with the data folder"},
	} {
		if _, problem, err := output(t, kasir(t, "trigger", c.name, "--data", t.TempDir())); err == nil ||
			!strings.Contains(problem, c.want) {
			t.Errorf("%s: %s, %v", c.name, problem, err)
		}
	}
	help, _, err := output(t, kasir(t, "trigger", "--help"))
	for _, s := range trigger.Scenarios {
		if err != nil || !strings.Contains(help, s.Name+" ") || !strings.Contains(help, s.Short) {
			t.Errorf("the help does not have %s: %v", s.Name, err)
		}
	}
}
