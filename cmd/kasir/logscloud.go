package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

const (
	cloudPoll = 5 * time.Second // CloudWatch allows few requests per second
	cloudLag  = time.Minute     // a line may appear this long after its time
)

// cloudLogs reads the log groups of a stage's functions.
type cloudLogs struct {
	client *cloudwatchlogs.Client
	groups map[string]string // by function name
	filter *string
	seen   map[string]time.Time // times of the events shown, by id
}

// cloudEvent is an event of a function's log group.
type cloudEvent struct {
	function string
	types.FilteredLogEvent
}

// readCloudLogs passes the lines in CloudWatch Logs to show, the oldest first.
func readCloudLogs(ctx context.Context, s *screen, where place, q logQuery, from time.Time, show showLine) error {
	l, err := openCloudLogs(where, q)
	if err != nil {
		return err
	}
	end := s.begin("reading CloudWatch Logs")
	defer end()
	for {
		events, err := l.read(ctx, s, from)
		if err != nil {
			if q.follow && ctx.Err() != nil {
				return nil
			}
			return err
		}
		for _, e := range events {
			if err := show(e.function, []byte(aws.ToString(e.Message))); err != nil {
				return err
			}
		}
		if !q.follow {
			return nil
		}
		end()
		if sleep(ctx, cloudPoll) != nil {
			return nil
		}
		if late := time.Now().Add(-cloudLag); late.After(from) {
			from = late
		}
	}
}

func openCloudLogs(where place, q logQuery) (*cloudLogs, error) {
	d, err := readDeployment(where.outputsFile(), where.stage)
	if err != nil {
		return nil, err
	}
	l := &cloudLogs{groups: map[string]string{}, seen: map[string]time.Time{}}
	for pair := range strings.FieldsSeq(d.LogGroups) {
		function, group, _ := strings.Cut(pair, "=")
		if q.function == "" || q.function == function {
			l.groups[function] = group
		}
	}
	if len(l.groups) == 0 {
		return nil, fmt.Errorf("kasir-%s has no output LogGroups: deploy it again", where.stage)
	}
	region, credentials, err := d.aws()
	if err != nil {
		return nil, err
	}
	options := cloudwatchlogs.Options{Region: region, Credentials: credentials}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"); endpoint != "" {
		options.BaseEndpoint = &endpoint
	}
	l.client = cloudwatchlogs.New(options)
	if q.invoice != "" {
		l.filter = aws.String(fmt.Sprintf(`{ $.invoice_number = %q }`, q.invoice))
	}
	return l, nil
}

// read returns the events of all functions since from that it has not returned before, ordered by time.
func (l *cloudLogs) read(ctx context.Context, s *screen, from time.Time) ([]cloudEvent, error) {
	var all []cloudEvent
	for function, group := range l.groups {
		s.update("reading CloudWatch Logs: %s", function)
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(l.client, &cloudwatchlogs.FilterLogEventsInput{
			LogGroupName: &group, StartTime: aws.Int64(from.UnixMilli()), FilterPattern: l.filter,
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			var missing *types.ResourceNotFoundException
			if errors.As(err, &missing) {
				return nil, fmt.Errorf("there is no log group %s: deploy the stage again", group)
			}
			if err != nil {
				return nil, fmt.Errorf("reading the log of %s: %w", function, err)
			}
			for _, e := range page.Events {
				all = append(all, cloudEvent{function, e})
			}
		}
	}
	all = slices.DeleteFunc(all, func(e cloudEvent) bool { return !l.seen[aws.ToString(e.EventId)].IsZero() })
	for id, at := range l.seen { // events before from are not read again
		if at.Before(from) {
			delete(l.seen, id)
		}
	}
	for _, e := range all {
		l.seen[aws.ToString(e.EventId)] = time.UnixMilli(aws.ToInt64(e.Timestamp))
	}
	slices.SortStableFunc(all, func(a, b cloudEvent) int {
		return cmp.Compare(aws.ToInt64(a.Timestamp), aws.ToInt64(b.Timestamp))
	})
	return all, nil
}
