package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/spf13/cobra"

	"kasir/cmd/kasir/recovery"
	localbus "kasir/local/aws/eventbridge"
	"kasir/local/stack"
	"kasir/local/stack/bus"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// recoverFlags holds the flags of kasir recover.
type recoverFlags struct {
	where    place
	since    string
	days     int
	rate     int
	patience time.Duration
	skip     bool
}

func recoverCommand() *cobra.Command {
	var f recoverFlags
	c := &cobra.Command{
		Use:   "recover",
		Short: "Compare a restored table with the events and with DOKU, then end the hold",
		Long: "After the table of orders was restored to an earlier time, captures and refunds are held. This\n" +
			"command reads the archive of events, marks the orders that have lost events or whose money may have\n" +
			"moved, has DOKU asked about each, and then ends the hold. It prints the orders that need a person,\n" +
			"those that are not in the table any more, and what it cannot find. It moves no money.\n" +
			"docs/recovery.md has every step.\n\n" +
			"It may be stopped at any time, and then continues where it was. It ends with 1 if anything is left\n" +
			"for a person.",
		Example: "  kasir recover --stage production\n" +
			"  kasir recover --stage production --since 2026-11-30T09:00:00Z --days 30 --json",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	f.where.flags(c, false)
	f.where.stageFlags(c)
	c.Flags().StringVar(&f.since, "since", "",
		"read the events since this time, such as 2026-11-30T09:00:00Z (default a day before the restore)")
	c.Flags().IntVar(&f.days, "days", 7, "ask DOKU about paid orders of so many days before the restore, too")
	c.Flags().IntVar(&f.rate, "rate", 50, "orders that are written in a second, at most")
	c.Flags().DurationVar(&f.patience, "patience", 15*time.Minute,
		"without an answer of DOKU for so long, the orders that are left need a person")
	c.Flags().BoolVar(&f.skip, "skip-unreadable", false,
		"go on without the events of which not even the invoice number can be read")
	return c
}

func (f recoverFlags) run(c *cobra.Command) error {
	if f.days < 0 || f.rate < 1 || f.rate > maxRate {
		return usagef("--days %d, --rate %d: days must not be below 0, and the rate must be between 1 and %d",
			f.days, f.rate, maxRate)
	}
	if f.patience <= 0 {
		return usagef("--patience %s: it must be above 0, or DOKU would be asked about no order", f.patience)
	}
	s := screenOf(c)
	end := s.begin("opening the orders")
	defer end()
	d, err := openDesk(c.Context(), f.where)
	if err != nil {
		return err
	}
	defer d.close()
	r := recovery.Recovery{
		Service: d.Service, Days: f.days, Skip: f.skip, Scan: scanOf(d), Pace: pacer(f.rate), Patience: f.patience,
		Say: s.update, Clock: time.Now, Pause: pauseBetweenRuns,
		Reconcile: func(ctx context.Context) error { _, err := reconcile(ctx, f.where); return err },
	}
	if r.RestoredTo, r.Archive, err = f.source(d); err != nil {
		return err
	}
	r.Missing = func(ctx context.Context) ([]payment.Difference, error) { return missingHere(ctx, d, r.RestoredTo) }
	if r.Since, err = f.begin(r.RestoredTo); err != nil {
		return err
	}
	result, err := r.Run(c.Context())
	if err != nil {
		return fmt.Errorf("%w; captures and refunds are still held: run it again to continue", err)
	}
	end()
	return showRecovery(s, d, r, result)
}

// begin returns the time since which the archive is read. An event has the time that DOKU reported, which may be hours
// before kasir learned of it.
func (f recoverFlags) begin(restoredTo time.Time) (time.Time, error) {
	if f.since == "" {
		return restoredTo.Add(-24 * time.Hour), nil
	}
	since, err := time.Parse(time.RFC3339, f.since)
	if err != nil {
		return since, usagef("--since %q: it takes a time such as 2026-11-30T09:00:00Z", f.since)
	}
	if since.After(restoredTo) {
		return since, usagef("--since %s is after the restore to %s: the events between would be missing", f.since,
			restoredTo.Format(time.RFC3339))
	}
	return since, nil
}

// pauseBetweenRuns waits before reconcile is run again.
func pauseBetweenRuns(ctx context.Context) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
}

// scanOf returns a function that reads every order of a desk, and the notifications without an order.
func scanOf(d *desk) func(context.Context, func(payment.Stored) error, func(string)) error {
	return func(ctx context.Context, see func(payment.Stored) error, orphan func(string)) error {
		return d.orders.Whole(ctx, store.Seen{Order: see, Orphan: orphan})
	}
}

type archiveReader = func(context.Context, time.Time, func(recovery.Event) error) error

// source returns the time of the restore and the reader of the archive: of a stage, or of the running kasir local.
func (f recoverFlags) source(d *desk) (time.Time, archiveReader, error) {
	if f.where.stage != "" {
		return f.deployed()
	}
	events, running := stack.RunningEvents(dataFolder(f.where.data))
	text := d.environment["HOLD_UNTIL_RECOVERED"]
	at, err := time.Parse(time.RFC3339, text)
	if !running || err != nil {
		return at, nil, fmt.Errorf("%s holds no captures and refunds: HOLD_UNTIL_RECOVERED is %q; "+
			"name a stage whose table was restored with --stage", d.place, text)
	}
	return at, func(ctx context.Context, since time.Time, see func(recovery.Event) error) error {
		kept, err := events.List(ctx, bus.Query{Limit: localbus.Limit}, 0)
		if err != nil {
			return err
		}
		for _, e := range kept.Events {
			if at, err := time.Parse(time.RFC3339, e.Read().At); err == nil && at.Before(since) {
				continue
			}
			if err := see(recovery.Event{Type: e.Type, Detail: e.Detail}); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// deployed returns the time of the restore, and a reader of the archive, of a deployed stage.
func (f recoverFlags) deployed() (time.Time, archiveReader, error) {
	outputs, err := readDeployment(f.where.outputsFile(), f.where.stage)
	if err != nil {
		return time.Time{}, nil, err
	}
	var from recovery.Source
	if outputs.Recovery == "" {
		return time.Time{}, nil, fmt.Errorf("kasir-%s has no restored table: write Table into infra/stages.go and "+
			"deploy it", f.where.stage)
	}
	if err := json.Unmarshal([]byte(outputs.Recovery), &from); err != nil {
		return time.Time{}, nil, fmt.Errorf("the output RecoverySource of kasir-%s: %w", f.where.stage, err)
	}
	region, credentials, err := outputs.aws()
	if err != nil {
		return time.Time{}, nil, err
	}
	events := eventbridge.Options{Region: region, Credentials: credentials}
	queues := sqs.Options{Region: region, Credentials: credentials}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_EVENTBRIDGE"); endpoint != "" {
		events.BaseEndpoint = &endpoint
	}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_SQS"); endpoint != "" {
		queues.BaseEndpoint = &endpoint
	}
	replay := recovery.Replay{Source: from, Events: eventbridge.New(events), Queues: sqs.New(queues), Now: time.Now,
		Wait: 5}
	return from.RestoredTo, replay.Read, nil
}

// missingHere returns the rows of settlement reports, read since the restore or shortly before, whose orders are not
// in the table.
func missingHere(ctx context.Context, d *desk, restoredTo time.Time) ([]payment.Difference, error) {
	var missing []payment.Difference
	for _, year := range slices.Compact([]int{restoredTo.Year(), d.Now().Year()}) {
		batches, err := d.Batches.Batches(ctx, year)
		if err != nil {
			return nil, err
		}
		for _, b := range batches {
			if b.StartedAt.Before(restoredTo.AddDate(0, 0, -1)) {
				continue
			}
			differences, err := d.Batches.Differences(ctx, b.ID, 0, b.Parts)
			if err != nil {
				return nil, err
			}
			for _, one := range differences {
				if one.Kind == payment.DiffersMissing {
					missing = append(missing, one)
				}
			}
		}
	}
	return missing, nil
}

// recoveryDocument is the output of kasir recover --json.
type recoveryDocument struct {
	Place      string             `json:"place"`
	RestoredTo time.Time          `json:"restored_to"`
	Since      time.Time          `json:"since"`
	Released   bool               `json:"released"` // captures and refunds are no longer held
	Events     int                `json:"events"`
	Skipped    int                `json:"skipped"`   // events whose order cannot be read
	Lost       []string           `json:"lost"`      // orders with lost events
	Asked      int                `json:"asked"`     // orders about which DOKU was asked
	Attention  []string           `json:"attention"` // a person must look; no money of these orders moves until then
	Differ     []string           `json:"differ"`    // other orders with a case that came up since the restore
	Unknown    []recovery.Unknown `json:"unknown"`   // not in the table
	Orphans    []string           `json:"orphans"`   // notifications without an order
	Silent     []string           `json:"silent"`    // DOKU gave no answer
	Unreadable []string           `json:"unreadable"`
	NotAsked   time.Time          `json:"not_asked_before"`
}

// showRecovery prints the result. Anything that is left for a person is an error.
func showRecovery(s *screen, d *desk, r recovery.Recovery, done recovery.Result) error {
	doc := recoveryDocument{
		Place: d.place, RestoredTo: r.RestoredTo, Since: r.Since, Released: true, Events: done.Events,
		Skipped: done.Skipped, Lost: done.Lost,
		Asked: done.Asked, Attention: done.Attention, Differ: done.Differ, Unknown: done.Unknown, Orphans: done.Orphans,
		Silent: done.Silent, Unreadable: done.Newer, NotAsked: done.Before,
	}
	fmt.Fprintf(s.text, "%s was restored to %s\n", d.place, formatTime(r.RestoredTo))
	fmt.Fprintf(s.text, "  %d events of the archive, since %s: %d orders have lost events\n", done.Events,
		formatTime(r.Since), len(done.Lost))
	fmt.Fprintf(s.text, "  DOKU was asked about %d orders\n", done.Asked)
	if done.Skipped > 0 {
		fmt.Fprintf(s.text, "  %d events cannot be read, not even their invoice numbers\n", done.Skipped)
	}
	list := func(what string, invoices []string) {
		if len(invoices) > 0 {
			fmt.Fprintf(s.text, "  %s: %s\n", what, strings.Join(invoices, ", "))
		}
	}
	list("need a person, and no money of them moves until then (kasir orders --attention)", done.Attention)
	list("DOKU gave no answer about", done.Silent)
	list("have another open case (kasir orders --attention)", done.Differ)
	list("cannot be read by this version", done.Newer)
	list("notifications without an order", done.Orphans)
	for _, u := range done.Unknown {
		fmt.Fprintf(s.text, "  not in the table, from the %s: %s %s of %d, taken %d, back %d\n", u.Source, u.Invoice,
			u.Status, u.Amount, u.Captured, u.Back)
	}
	fmt.Fprintf(s.text, "  not asked about: paid orders of before %s; a refund of one that was lost without an event\n"+
		"    shows in the next settlement report, or with more --days\n", formatTime(done.Before))
	fmt.Fprintln(s.text, "captures and refunds are no longer held")
	if err := s.document(doc); err != nil {
		return err
	}
	if n := len(done.Attention) + len(done.Differ) + len(done.Unknown) + len(done.Newer) + done.Skipped; n > 0 {
		return fmt.Errorf("the recovery has ended, and %d entries of its list need a person", n)
	}
	return nil
}
