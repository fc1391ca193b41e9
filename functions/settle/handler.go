package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/app"
	"kasir/shared/app/bucket"
	"kasir/shared/edge"
	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// reserve is the time of an invocation in which no further rows are booked. The next one goes on from there.
const reserve = 20 * time.Second

// report is the answer, for a person who invokes the function by hand.
type report struct {
	Report      string `json:"report"`          // key of the last report's object
	Batch       string `json:"batch,omitempty"` // in kasir
	Differences int    `json:"differences"`
	Refused     bool   `json:"refused,omitempty"` // the file is no report, or a wrong one
}

// job reads reports. Lambda invokes it again after an error, twice. Every run of one report goes on where the one
// before ended, and comes to the same result.
type job struct {
	settler settlement.Settler
	options settlement.Options
	reports bucket.Bucket
}

func handler(payments *payment.Service, s app.Settings) edge.Job[report] {
	j := job{
		settler: settlement.Settler{Service: payments},
		options: s.Settlement, reports: bucket.New(s),
	}
	return func(ctx context.Context, event json.RawMessage) (report, error) {
		var in events.S3Event
		if err := json.Unmarshal(event, &in); err != nil || len(in.Records) == 0 {
			return report{}, errors.New("the event has no records: it is not an event of a bucket")
		}
		ctx, cancel := withoutReserve(ctx, payments.Now())
		defer cancel()
		var last report
		for _, record := range in.Records {
			name, key := record.S3.Bucket.Name, record.S3.Object.URLDecodedKey
			if name != j.reports.Name || !strings.HasPrefix(key, bucket.Reports) {
				return last, fmt.Errorf("the event is about the object %q of the bucket %q: reports are below %s of %s",
					key, name, bucket.Reports, j.reports.Name)
			}
			done, err := j.settle(ctx, key, record.S3.Object.ETag)
			if err != nil {
				return done, err
			}
			last = done
		}
		return last, nil
	}
}

// withoutReserve returns a context that ends before the invocation does.
func withoutReserve(ctx context.Context, now time.Time) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	ctx, cancel := context.WithCancel(ctx)
	if !limited {
		return ctx, cancel
	}
	timer := time.AfterFunc(end.Sub(now)-reserve, cancel) // its deadline stays that of the invocation
	return ctx, func() { timer.Stop(); cancel() }
}

// settle books a report and writes its result. A file that is no report, or a wrong one, is no error: another run would
// come to the same end.
func (j job) settle(ctx context.Context, key, etag string) (report, error) {
	log, done := edge.FromContext(ctx), report{Report: key}
	result, err := j.apply(ctx, key, etag)
	switch {
	case errors.Is(err, bucket.ErrReplaced): // there is another event for the object that replaced it
		return done, nil
	case refuses(err):
		done.Refused = true
		log.SetSettled(0, 0, true)
		return done, j.write(ctx, key, newRefusal(key, err))
	case err != nil:
		return done, err
	}
	done.Batch, done.Differences = result.ID, len(result.Differences)
	if err := j.write(ctx, key, result); err != nil {
		return done, err
	}
	log.SetSettled(result.Applied, done.Differences, false)
	return done, nil
}

func (j job) apply(ctx context.Context, key, etag string) (settlement.Result, error) {
	source := func() (io.ReadCloser, error) { return j.reports.Open(ctx, key, etag) }
	opened, err := settlement.Open(source, j.options)
	if err != nil {
		return settlement.Result{}, err
	}
	return j.settler.Apply(ctx, opened)
}

// result is what is written beside a report.
type result interface {
	WriteJSON(w io.Writer) error
	WriteCSV(w io.Writer) error
}

// write writes a result in both forms.
func (j job) write(ctx context.Context, key string, r result) error {
	for _, form := range []struct {
		name, kind string
		write      func(io.Writer) error
	}{{"csv", "text/csv; charset=utf-8", r.WriteCSV}, {"json", "application/json", r.WriteJSON}} {
		var content strings.Builder
		if err := form.write(&content); err != nil {
			return err
		}
		err := j.reports.Put(ctx, bucket.Result(key, form.name), form.kind, []byte(content.String()))
		if err != nil {
			return err
		}
	}
	return nil
}
