package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/test/harness"
)

// blocks returns the commands of a document, a text for each block of them.
func blocks(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(harness.Root(), file))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for part := range strings.SplitSeq(string(content), "\n\n") {
		if strings.HasPrefix(part, "    ") {
			all = append(all, part)
		}
	}
	return all
}

// paste runs commands of a document as a user pastes them, against the kasir local with a data folder and a port.
func paste(t *testing.T, data, port, commands string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	here := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\ncd '%s' && exec '%s' \"$@\" --data '%s'\n", harness.Root(), self, data)
	if err := os.Mkdir(filepath.Join(here, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(here, "bin", "kasir"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	commands = strings.NewReplacer("8080", port, "8082", strconv.Itoa(first+2)).Replace(commands)
	c := exec.CommandContext(t.Context(), "sh", "-e", "-c", commands)
	c.Dir, c.Env = here, append(os.Environ(), program+"=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v in %s\n%s", err, commands, out)
	}
	return string(out)
}

// The example in docs/clock.md works when its reader pastes it.
func TestTheStoryOfTheClock(t *testing.T) {
	data, port := t.TempDir(), freePort(t)
	startLocal(t, data, port)
	story := blocks(t, "docs/clock.md")
	if len(story) != 6 {
		t.Fatalf("docs/clock.md has %d blocks of commands", len(story))
	}
	said := paste(t, data, port, story[0]+"\n"+story[1])
	pages := regexp.MustCompile(`"url":"([^"]+)"`).FindAllStringSubmatch(said, -1)
	if len(pages) != 2 {
		t.Fatalf("the orders were answered %s", said)
	}
	for _, page := range pages {
		if err := customer.Pay(t.Context(), http.DefaultClient, page[1], customer.Visa); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	for i, wanted := range [][]string{
		{"5 days 1 hour ahead", "AUTHORIZED", "authorization_expiring"},
		{"7 days 1 hour ahead", "AUTHORIZATION_EXPIRED", `"status":"RELEASED"`, `"captured":0`},
		{`"status":"processing"`, "7 days 3 hours ahead", "It is not known whether DOKU carried out refund-"},
		{`"refunded":30000`, `"double_refunds":0`, "PARTIALLY_REFUNDED"},
	} {
		said := paste(t, data, port, story[0]+"\n"+story[i+2])
		for _, words := range wanted {
			if !strings.Contains(said, words) {
				t.Errorf("block %d does not say %q:\n%s", i+3, words, said)
			}
		}
	}
	t.Logf("171 hours of the story took %s", time.Since(begin).Round(time.Millisecond))
}

// Orders are kept with their time, so that after a restart no order is later than now. Going back deletes later orders
// if --forget is given.
func TestTheClockOutlivesARestartAndGoesBackOnlyWhenTold(t *testing.T) {
	data, port := t.TempDir(), freePort(t)
	says := func(command string, fails bool, wanted ...string) {
		t.Helper()
		out, problem, err := output(t, kasir(t, append(strings.Fields(command), "--data", data)...))
		for _, words := range wanted {
			if (err != nil) != fails || !strings.Contains(out+problem, words) {
				t.Errorf("kasir %s: %v, %s%s, want %q", command, err, out, problem, words)
			}
		}
	}
	first := startLocal(t, data, port)
	says("clock +24h", false, "1 day ahead", "kasir token makes another")
	says("clock reset", false, "the real time")
	says("clock +24h --json", false, `"now": "2`, `"ahead": "24h0m0s"`)
	first.Token = tokenOf(t, first.URL)
	first.pay(t, "AHEAD-1")
	first.end(t, os.Interrupt)

	second := startLocal(t, data, port)
	says("clock", false, "1 day ahead")
	says("orders show AHEAD-1", false, "PAID")
	says("clock reset", true, "1 of 1 orders, and 0 pages", "--forget")
	says("clock reset --forget", false, "orders deleted: 1;", "the real time")
	second.Token = tokenOf(t, second.URL)
	if answer, err := second.Do(t.Context(), "GET", "/payments/AHEAD-1", nil, nil); err != nil || answer.Status != 404 {
		t.Errorf("the order that was to be forgotten: %d, %v", answer.Status, err)
	}
	second.pay(t, "AHEAD-1") // the number is free again
}

func TestTheClockRefusesWhatItCannotDo(t *testing.T) {
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"clock", "--data", empty}, "no kasir local is running with the data folder " + empty},
		{[]string{"clock", "168h"}, `"168h": it takes + and a duration`},
		{[]string{"clock", "+7days"}, `"+7days": it takes + and a duration`},
		{[]string{"clock", "+0s"}, `"+0s": it takes + and a duration`},
		{[]string{"clock", "--forget"}, "--forget goes with reset"},
	} {
		if _, problem, err := output(t, kasir(t, c.args...)); err == nil || !strings.Contains(problem, c.want) {
			t.Errorf("kasir %s: %s, %v, want %q", strings.Join(c.args, " "), problem, err, c.want)
		}
	}
}
