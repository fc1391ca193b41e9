package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// alarmRow is a row of the table in docs/alarms.md: a name with a link, and the severity.
var alarmRow = regexp.MustCompile(`^\| \[(\w+)\]\(#(\w+)\) \| (page|ticket) \|`)

// Every alarm has a row with its severity and a section in docs/alarms.md, and every row and section has an alarm.
func TestEveryAlarmIsDocumented(t *testing.T) {
	content, err := os.ReadFile("../docs/alarms.md")
	if err != nil {
		t.Fatal(err)
	}
	sections, severities := map[string]bool{}, map[string]string{}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			sections[name] = false
		}
		if row := alarmRow.FindStringSubmatch(line); row != nil {
			severities[row[1]] = row[3]
			if strings.ToLower(row[1]) != row[2] {
				t.Errorf("docs/alarms.md: the row %s leads to %s", row[1], row[2])
			}
		}
	}
	found := map[string]string{}
	for _, tpl := range templates(t)[:2] {
		for name, severity := range documented(tpl) {
			found[name] = severity
		}
	}
	for name, severity := range found {
		if _, ok := sections[name]; !ok {
			t.Errorf("docs/alarms.md has no section %s", name)
		}
		sections[name] = true
		if severities[name] != severity {
			t.Errorf("docs/alarms.md: the severity of %s is %q, and in the template %q", name, severities[name],
				severity)
		}
	}
	for name, used := range sections {
		if !used && name != "All alarms" {
			t.Errorf("docs/alarms.md has a section %s, but there is no such alarm", name)
		}
	}
	for name := range severities {
		if found[name] == "" {
			t.Errorf("docs/alarms.md has a row %s, but there is no such alarm", name)
		}
	}
}

// documented returns the severity of every alarm that notifies somebody, under the name of its section.
func documented(tpl template) map[string]string {
	all, parts := map[string]string{"SecretRead": "page"}, partsOf(tpl)
	for _, alarm := range tpl.alarms() {
		if parts[text(alarm["AlarmName"])] {
			continue
		}
		name := strings.TrimPrefix(text(alarm["AlarmName"]), tpl.stage.StackName()+"-")
		for _, kind := range []string{"FunctionErrors", "FunctionThrottles", "LettersAge"} { // one section for all
			if strings.HasSuffix(name, kind) {
				name = kind
			}
		}
		for _, w := range tpl.stage.Webhooks { // one section for all endpoints
			name = strings.Replace(name, w.id(), "Webhook", 1)
		}
		all[name] = "ticket"
		if strings.HasPrefix(text(alarm["AlarmActions"]), "Alarms") {
			all[name] = "page"
		}
	}
	return all
}
