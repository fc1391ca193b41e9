package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kasir/shared/function"
)

// logLine is a line of a function's log. docs/operations.md lists its fields. The functions have masked confidential
// data in it.
type logLine struct {
	Function string    `json:"-"`
	Time     time.Time `json:"time"`
	Level    string    `json:"level"`
	Message  string    `json:"msg"`
	Route    string    `json:"route"`
	Invoice  string    `json:"invoice_number"`
	Status   int       `json:"http_status"`
	Took     int64     `json:"ms"`
	Effect   string    `json:"effect"`
	Blame    string    `json:"blame"`
	Error    string    `json:"error"`
	Fields   []string  `json:"fields"`
	Code     string    `json:"doku_code"`
	Cause    string    `json:"cause"`
	Unknown  string    `json:"unknown"`
	Detail   string    `json:"detail"`
	Endpoint string    `json:"endpoint"`
	Type     string    `json:"type"`
	Outcome  string    `json:"outcome"` // of an attempt to deliver an event

	all map[string]any // every field except the metrics' description
}

// parseLine reads a line that a function wrote to its log. It rejects other text in the log, such as Lambda's own lines
// or the last output of a process, because nobody has masked it.
func parseLine(function string, object []byte) (l logLine, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	if json.Unmarshal(object, &l) != nil || decoder.Decode(&l.all) != nil {
		return l, false
	}
	if l.Time.IsZero() || l.Message == "" || l.Level == "" {
		return l, false
	}
	delete(l.all, "_aws")
	l.Function, l.all["function"] = function, function
	return l, true
}

// write prints the line for people: time, function, request, order, status, duration, and the reason of a failure.
func (l logLine) write(s *screen) {
	what, status, colour := l.Message, "", plain
	switch {
	case l.Route != "":
		what, status = l.Route, fmt.Sprint(l.Status)
	case l.Outcome != "":
		what, status = l.Type+" to "+l.Endpoint, l.Outcome
	case l.Message == l.Function:
		what, status = "scheduled", "ok"
		if f, _ := function.Find(l.Function); f.Stream {
			what = "stream"
		}
	}
	switch {
	case l.Level == "ERROR":
		colour = red
	case l.Level == "WARN":
		colour = yellow
	case status != "":
		colour = green
	}
	if status == "ok" && l.Level == "ERROR" {
		status = "failed"
	}
	took := ""
	if status != "" && what != "stream" { // a line of the stream has no duration
		took = fmt.Sprintf("%d ms", l.Took)
	}
	at, status := l.Time.Local().Format(time.DateTime), s.paint(colour, fmt.Sprintf("%-6s", status))
	line := fmt.Sprintf("%s  %-10s  %-40s  %-20s  %s  %8s  %s",
		at, l.Function, what, l.Invoice, status, took, l.outcome())
	fmt.Fprintln(s.text, strings.TrimRight(line, " "))
}

// outcome returns who caused a failure and its reason, or the changes that a run or a notification made.
func (l logLine) outcome() string {
	var parts []string
	if l.Blame != "" {
		parts = append(parts, l.Blame+":")
	}
	if l.Outcome != "" && l.Status != 0 {
		parts = append(parts, fmt.Sprint(l.Status))
	}
	details := []string{l.Error, l.Code, strings.Join(l.Fields, " "), l.Cause, l.Unknown, l.Detail, l.Effect}
	for _, part := range append(details, l.counts()...) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// counts returns the counts of a scheduled run that are not 0.
func (l logLine) counts() []string {
	if l.Message != l.Function || l.Outcome != "" {
		return nil
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(l.all)) {
		n, ok := l.all[name].(json.Number)
		if ok && n != "0" && name != "ms" && name == strings.ToLower(name) { // a metric's name begins with a capital
			parts = append(parts, fmt.Sprintf("%s %s", name, n))
		}
	}
	return parts
}
