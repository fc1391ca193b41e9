package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/stack/bus"
	"kasir/local/trigger"
)

// eventWait is how long kasir trigger waits for an event.
const eventWait = 20 * time.Second

func triggerCommand() *cobra.Command {
	var where place
	var names []string
	var lines strings.Builder
	for _, s := range trigger.Scenarios {
		names = append(names, s.Name)
		fmt.Fprintf(&lines, "  %-23s %s\n", s.Name, s.Short)
	}
	c := &cobra.Command{
		Use:   "trigger <scenario>",
		Short: "Make an event happen on the running kasir local",
		Long: "Plays on the running kasir local what leads to an event: as the merchant's back end it calls the\n" +
			"HTTP API, as the customer it pays on the page, and it gives the sandbox its faults. Then it waits for\n" +
			"the event and prints what came. Each run has a new order. Some scenarios move the clock of everything\n" +
			"forward, where it stays (docs/clock.md). A scenario gives faults to its own order alone.\n\n" +
			"The scenarios from conflict on end with payment.attention:\n\n" + strings.TrimSuffix(lines.String(), "\n"),
		Example: "  kasir trigger paid\n  kasir trigger parked --json | jq '.events[].detail'",
		Args:    exactArgs("<scenario>"),
		RunE: func(c *cobra.Command, args []string) error {
			scenario, err := findScenario(args[0], names)
			if err != nil {
				return err
			}
			s := screenOf(c)
			end := s.begin("playing %s", scenario.Name)
			defer end()
			// A closed terminal or pipe ends the scenario like Ctrl-C, with the end of its faults.
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGHUP, syscall.SIGPIPE)
			defer stop()
			return runTrigger(ctx, s, where, scenario)
		},
	}
	c.ValidArgsFunction = completeWords(names...)
	dataFlag(c, &where.data, "data folder of the running kasir local")
	return c
}

func findScenario(name string, names []string) (trigger.Scenario, error) {
	if name == "settled" || name == "payment.settled" {
		return trigger.Scenario{}, errors.New("there is no event payment.settled: a settlement report " +
			"gives the event settlement.reconciled; read one with kasir settle")
	}
	s, ok := trigger.Find(name)
	if !ok {
		return s, usagef("there is no scenario %q; the scenarios are %s", name, strings.Join(names, ", "))
	}
	return s, nil
}

// triggerDocument is the output of kasir trigger --json.
type triggerDocument struct {
	Scenario string      `json:"scenario"`
	Invoice  string      `json:"invoice_number"`
	Steps    []step      `json:"steps"`
	Events   []bus.Event `json:"events"`
}

func runTrigger(ctx context.Context, s *screen, where place, scenario trigger.Scenario) error {
	if _, err := where.config(); err != nil {
		return err
	}
	environment, running := stack.Running(where.data)
	if !running {
		return fmt.Errorf("no kasir local is running with the data folder %s: start one, "+
			"or name its folder with --data", where.data)
	}
	if environment["KASIR_LOCAL"] == "" {
		return errors.New("the running kasir local works with another DOKU (--doku): kasir trigger plays on the " +
			"built-in sandbox; run kasir local without --doku")
	}
	said := steps{screen: s}
	player, err := newPlayer(where.data, environment, &said, s)
	if err != nil {
		return err
	}
	invoice, events, err := player.Play(ctx, scenario)
	document := triggerDocument{scenario.Name, invoice, said.all, append([]bus.Event{}, events...)}
	return errors.Join(s.document(document), err)
}

// newPlayer returns a player for the running kasir local with a data folder.
func newPlayer(data string, environment map[string]string, said *steps, s *screen) (trigger.Player, error) {
	api, _ := stack.RunningAPI(data)
	tokens, _ := stack.TokenEndpoint(data)
	clockAt, _ := stack.ClockEndpoint(data)
	events, ok := stack.RunningEvents(data)
	if !ok {
		return trigger.Player{}, fmt.Errorf("the kasir local with the data folder %s has ended", data)
	}
	return trigger.Player{
		API:    merchant.API{URL: api, Client: http.DefaultClient},
		Token:  func(ctx context.Context) (string, error) { return askForToken(ctx, tokens, url.Values{}) },
		DOKU:   environment["DOKU_ENVIRONMENT"],
		Events: events,
		Advance: func(ctx context.Context, by time.Duration) error {
			body, err := json.Marshal(map[string]string{"advance": by.String()})
			if err != nil {
				return err
			}
			_, err = askClock(ctx, clockAt, body)
			return err
		},
		Now: func(ctx context.Context) (time.Time, error) {
			answer, err := askClock(ctx, clockAt, nil)
			return answer.Now, err
		},
		Print: func(step, detail string) { said.printStep(step, "%s", detail) },
		Seen:  func(e bus.Event) { printEvent(s, e) },
		Setting: func(name, otherwise string) string {
			if value := environment[name]; value != "" {
				return value
			}
			return otherwise
		},
		Suffix: rand.Text()[:8], EventWait: eventWait,
	}, nil
}
