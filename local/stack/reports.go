package stack

import (
	"context"
	"sync"
	"time"

	"kasir/local/aws/gateway"
	"kasir/local/aws/s3"
)

const (
	reportsBucket  = "kasir-local-reports"
	reportsFolder  = "reports/"
	settleAttempts = 3               // Lambda's, with two retries
	settlePause    = 2 * time.Second // Lambda waits for a minute and more
	settleTimeout  = 15 * time.Minute
)

// openReports starts a replacement of S3 with the bucket of settlement reports. Pages of the origins may upload to it.
func (s *Stack) openReports(cfg Config, origins []string) (err error) {
	if s.Reports, err = s3.Open(reportsBucket, cfg.Reports); err != nil {
		return err
	}
	s.closers = append(s.closers, s.Reports.Close)
	s.Reports.Allow(origins...)
	address, err := s.standIn("settlement reports", s.Reports, origins...)
	s.reportsURL, s.ReportsFolder = address, address+"/"+reportsBucket+"/"+reportsFolder
	return err
}

// startReports invokes the function settle for each report, as S3 and Lambda do, until the stack is closed.
func (s *Stack) startReports(invoke gateway.Invoker) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.Reports.Notify(reportsFolder, func(event []byte) {
		if ctx.Err() != nil {
			return
		}
		running.Go(func() {
			for range settleAttempts {
				s.time.busy.RLock()
				_, err := invoke(ctx, "settle", event) // a failure is in the function's log
				s.time.busy.RUnlock()
				if err == nil {
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(settlePause):
				}
			}
		})
	})
	s.closers = append(s.closers, func() { cancel(); running.Wait() })
}
