package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kasir/local/stack"
	"kasir/local/trigger"
)

// Every scenario leads to its event after any other scenario, and leaves no faults behind.
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
				if d.Order.InvoiceNumber != played.Invoice && d.Settlement.Batch == "" || e.Duplicate {
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

// Scenarios that run at once, or that end early, do not change each other, and leave no faults behind. A scenario that
// is killed leaves faults to its own order alone.
func TestAScenarioChangesNoOther(t *testing.T) {
	data := t.TempDir()
	startLocal(t, data, freePort(t), "--memory")
	environment, _ := stack.Running(data)
	sandbox := environment["DOKU_ENVIRONMENT"]
	before := sandboxFaults(t, sandbox)
	for name, end := range map[string]func(c *exec.Cmd, stdout io.Closer){
		"a closed pipe":     func(_ *exec.Cmd, stdout io.Closer) { stdout.Close() },
		"a closed terminal": func(c *exec.Cmd, _ io.Closer) { c.Process.Signal(syscall.SIGHUP) },
	} {
		c := kasir(t, "trigger", "conflict", "--data", data)
		stdout, err := c.StdoutPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		bufio.NewReader(stdout).ReadString('\n')
		end(c, stdout)
		io.Copy(io.Discard, stdout)
		c.Wait()
		if after := sandboxFaults(t, sandbox); after != before {
			t.Errorf("after %s the faults are %s, before they were %s", name, after, before)
		}
	}
	killed := kasir(t, "trigger", "conflict", "--data", data)
	stdout, err := killed.StdoutPipe()
	if err == nil {
		err = killed.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	lines.ReadString('\n')
	lines.ReadString('\n') // the order is created, after its faults were set
	killed.Process.Kill()
	io.Copy(io.Discard, stdout)
	killed.Wait()
	var all sync.WaitGroup
	for _, name := range []string{"conflict", "paid", "unmatched_request", "paid", "refunded"} {
		all.Go(func() { playAlone(t, data, name) })
	}
	all.Wait()
}

// playAlone plays a scenario, and reports attention for any other reason than the scenario's.
func playAlone(t *testing.T, data, name string) {
	stdout, problem, err := output(t, kasir(t, "trigger", name, "--data", data, "--json"))
	var played triggerDocument
	if err = errors.Join(err, json.Unmarshal([]byte(stdout), &played)); err != nil {
		t.Errorf("%s: %v, %s", name, err, problem)
	}
	for _, e := range played.Events {
		if reason := e.Read().Attention.Reason; reason != "" && string(reason) != name {
			t.Errorf("%s led to attention: %s", name, reason)
		}
	}
}

// sandboxFaults returns the faults of a sandbox, with those of orders and those that were requested.
func sandboxFaults(t *testing.T, sandbox string) string {
	t.Helper()
	response, err := http.Get(sandbox + "/control/faults")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Faults, Orders, Next json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s %s", answer.Faults, answer.Orders, answer.Next)
}

func TestTriggerSaysWhatItCannotDo(t *testing.T) {
	for _, c := range []struct{ name, want string }{
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
