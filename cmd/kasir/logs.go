package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/stack/logfile"
	"kasir/shared/doku"
)

// logPath returns the file in which kasir local keeps the functions' log.
func logPath(data string) string { return filepath.Join(data, "functions.log") }

// logQuery selects lines of the log.
type logQuery struct {
	invoice  string
	function string // empty means all
	since    time.Duration
	follow   bool
}

func logsCommand() *cobra.Command {
	var where place
	var q logQuery
	c := &cobra.Command{
		Use:   "logs",
		Short: "Show the functions' log, one line per request",
		Long: "Shows one line for each request and each scheduled run: time, function, route, invoice number, HTTP\n" +
			"status, duration, and for a failure who caused it and why. It reads the file in which kasir local\n" +
			"keeps the log, or with --stage CloudWatch Logs. With --json each line is the function's own JSON\n" +
			"line. docs/operations.md lists its fields. Other text in the log is left out.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow logs:FilterLogEvents.",
		Example: "  kasir logs\n" +
			"  kasir logs --invoice INV-1 --since 24h\n" +
			"  kasir logs --follow --stage production\n" +
			"  kasir logs --json | jq 'select(.blame == \"us\")'",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			if q.since <= 0 {
				return usagef("--since must be above 0")
			}
			q.invoice = doku.ScrubInvoice(q.invoice) // the log has the masked number
			return showLogs(c.Context(), screenOf(c), where, q)
		},
	}
	dataFlag(c, &where.data, "data folder of kasir local")
	where.stageFlags(c)
	c.Flags().StringVar(&q.invoice, "invoice", "", "only lines about this order")
	c.Flags().DurationVar(&q.since, "since", time.Hour, "how far to look back")
	c.Flags().BoolVarP(&q.follow, "follow", "f", false, "show new lines until Ctrl-C")
	return c
}

// showLogs prints the lines that match the query.
func showLogs(ctx context.Context, s *screen, where place, q logQuery) error {
	from, shown := time.Now().Add(-q.since), 0
	show := func(function string, object []byte) error {
		line, ok := parseLine(function, object)
		if !ok || line.Time.Before(from) || q.invoice != "" && line.Invoice != q.invoice {
			return nil
		}
		shown++
		line.write(s)
		return s.line(line.all)
	}
	if err := readLogs(ctx, s, where, q, from, show); err != nil {
		return err
	}
	if shown == 0 && !q.follow {
		s.note("there is no line since %s; a larger --since goes further back", from.Format(time.DateTime))
	}
	return nil
}

// showLine shows a line of a function's log.
type showLine func(function string, object []byte) error

// readLogs passes the lines of the given place to show, the oldest first.
func readLogs(ctx context.Context, s *screen, where place, q logQuery, from time.Time, show showLine) error {
	if where.stage != "" {
		return readCloudLogs(ctx, s, where, q, from, show)
	}
	if where.outputs != "" {
		return errOutputsAlone
	}
	if _, err := where.config(); err != nil {
		return err
	}
	err := logfile.Read(ctx, logPath(where.data), q.follow, show)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no log in %s: kasir local keeps its log there, except with --memory; "+
			"name its folder with --data, or a deployment with --stage", where.data)
	}
	return err
}
