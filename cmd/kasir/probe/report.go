package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Report holds the findings of a probe, and the exchanges behind them.
type Report struct {
	At            time.Time       `json:"at"`
	DOKU          string          `json:"doku"`
	ClientID      string          `json:"client_id"`
	Findings      []Finding       `json:"findings"`
	Settings      []Setting       `json:"settings"`  // proposed
	Compared      []Setting       `json:"compared"`  // kasir's current settings
	NotTaken      []Skipped       `json:"not_taken"` // steps
	Exchanges     []*Exchange     `json:"exchanges"`
	Notifications []*Notification `json:"notifications"`
}

// Skipped is a step that was not taken.
type Skipped struct {
	Step   string `json:"step"`
	Reason string `json:"reason"`
}

func (r *run) report() *Report {
	report := &Report{
		At: r.cfg.Now().UTC(), DOKU: r.cfg.BaseURL, ClientID: r.cfg.Keys.ClientID, Findings: r.judge(),
		Exchanges: r.all, Notifications: r.cfg.Inbox.all(), Settings: []Setting{},
	}
	for _, f := range report.Findings {
		for _, s := range f.Settings {
			if !slices.Contains(report.Settings, s) {
				report.Settings = append(report.Settings, s)
			}
		}
	}
	for _, s := range steps {
		if reason := r.withheld[s.name]; reason != "" {
			report.NotTaken = append(report.NotTaken, Skipped{s.name, reason})
		}
	}
	for _, name := range slices.Compact(settingNames()) {
		if value := r.settings.value(name); value != "" {
			report.Compared = append(report.Compared, Setting{name, value})
		}
	}
	return report
}

// settingNames lists every setting that the catalogue names.
func settingNames() []string {
	var names []string
	for _, a := range All() {
		names = append(names, a.Settings...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Differs counts the assumptions that do not hold.
func (report *Report) Differs() int {
	n := 0
	for _, f := range report.Findings {
		if f.Verdict == Differs {
			n++
		}
	}
	return n
}

// Print writes the findings and the settings that follow, for a person.
func (report *Report) Print(w io.Writer) {
	fmt.Fprintln(w)
	for _, f := range report.Findings {
		fmt.Fprintf(w, "%-9s  %-22s  %s\n", f.Verdict, f.ID, oneLine(f.Seen))
		for _, s := range f.Settings {
			fmt.Fprintf(w, "%-9s  %-22s  → %s\n", "", "", s)
		}
	}
	counts := map[string]int{}
	for _, f := range report.Findings {
		counts[f.Verdict]++
	}
	fmt.Fprintf(
		w,
		"\n%d held, %d differ, %d not asked. docs/doku.md explains each.\n",
		counts[Held],
		counts[Differs],
		counts[NotAsked],
	)
	switch {
	case len(report.Settings) > 0:
		fmt.Fprintf(w, "\nSettings that follow:\n\n")
		for _, s := range report.Settings {
			fmt.Fprintf(w, "  %s\n", s)
		}
	case counts[Differs] == 0:
		fmt.Fprintln(w, "No setting should change.")
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Write writes the whole report as JSON.
func (report *Report) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(report); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
