package settlement_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	localdynamodb "kasir/local/aws/dynamodb"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
	"kasir/shared/store"
)

// ledger makes the orders of a report as they are read and keeps none, as DynamoDB's client does.
type ledger struct {
	store.Memory
	none bool // there is no order at all, so that every row is a difference
}

func benchAmount(n int) int64 { return 10_000 + int64(n)*7 }

func benchOrder(invoice string) order.Order {
	n, _ := strconv.Atoi(strings.TrimPrefix(invoice, "INV-2026-"))
	return order.Order{Invoice: invoice, Version: 3, Amount: benchAmount(n), CreatedAt: start,
		Facts: order.Facts{Paid: &order.Payment{At: start, LearnedAt: start, Amount: benchAmount(n),
			ApprovalCode: "1"}}}
}

func (l *ledger) Orders(_ context.Context, invoices []string) (all []payment.Stored, _ payment.Coverage, _ error) {
	for _, invoice := range invoices {
		if !l.none {
			all = append(all, payment.Stored{Invoice: invoice, Order: benchOrder(invoice)})
		}
	}
	return all, payment.Coverage{}, nil
}

func (l *ledger) Update(context.Context, order.Order) error { return nil }

// largeReport returns a report of n rows, which is made as it is read.
func largeReport(n int) settlement.Source {
	return func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			var sum int64
			for i := range n {
				sum += benchAmount(i)
			}
			fmt.Fprintf(w, "Total Amount Purchase_,%d\nTotal Transactions_,%d\nBatch ID_,B-BENCH\n\n", sum, n)
			fmt.Fprint(w,
				"NO,MERCHANT NAME,PAYMENT CHANNEL NAME,TRANSACTION DATE,INVOICE NUMBER,CUSTOMER NAME,REPORT CODE,"+
					"AMOUNT,RECON CODE,FEE,DISCOUNT,PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE,"+
					"PROMO CODE,SUB ACCOUNT\n")
			for i := range n {
				amount := benchAmount(i)
				if _, err := fmt.Fprintf(w,
					"%d,Toko Contoh,Credit Card,02-05-2026,INV-2026-%d,Anton Budiman,INV-%d,%d,"+
						"TW2026050236,2272,0,%d,04-05-2026,Purchase,,SAC-0000-1\n", i+1, i, i, amount,
					amount-2272); err != nil {
					return
				}
			}
			w.Close()
		}()
		return r, nil
	}
}

// peak samples the heap until end is called, which returns the highest values in MB: of live and not yet collected
// objects, and of the memory taken from the operating system.
func peak() (end func() (heap, system float64)) {
	stop, done := make(chan struct{}), make(chan struct{})
	var heap, system atomic.Uint64
	runtime.GC()
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			heap.Store(max(heap.Load(), m.HeapAlloc))
			system.Store(max(system.Load(), m.Sys-m.HeapReleased))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() (float64, float64) {
		close(stop)
		<-done
		return float64(heap.Load()) / (1 << 20), float64(system.Load()) / (1 << 20)
	}
}

func settleLarge(b *testing.B, rows int, service *payment.Service, differences int) {
	b.Helper()
	end := peak()
	report, err := settlement.Open(largeReport(rows), settlement.Options{})
	if err != nil {
		b.Fatal(err)
	}
	result, err := settlement.Settler{Service: service}.Apply(b.Context(), report)
	if err != nil || len(result.Differences) != differences || result.Applied != rows {
		b.Fatalf("%d differences of %d rows, %v", len(result.Differences), result.Applied, err)
	}
	heap, system := end()
	b.ReportMetric(heap, "MB-heap")
	b.ReportMetric(system, "MB-system")
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()*float64(b.N), "rows/s")
}

// BenchmarkRows100000 validates and applies a report of 100,000 rows, of which none or every one differs. The limit is
// 128 MB.
func BenchmarkRows100000(b *testing.B) {
	const rows = 100_000
	for name, none := range map[string]bool{"none differ": false, "all differ": true} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				l := &ledger{none: none}
				service := &payment.Service{Store: l, Batches: l, Now: time.Now, TrustWindow: time.Hour}
				differences := 0
				if none {
					differences = rows
				}
				settleLarge(b, rows, service, differences)
			}
		})
	}
}

// BenchmarkDynalite applies a report of 2,000 rows to orders in dynalite, which takes some hundred writes a second.
func BenchmarkDynalite(b *testing.B) {
	const rows = 2000
	for range b.N {
		b.StopTimer()
		server, err := localdynamodb.Start(b.Context(), localdynamodb.Config{Root: "../.."})
		if err != nil {
			b.Fatal(err)
		}
		client := localdynamodb.Client(server.URL)
		if err := localdynamodb.CreateTable(b.Context(), client, "kasir"); err != nil {
			b.Fatal(err)
		}
		table := &store.DynamoDB{Client: client, Table: "kasir", NewID: rand.Text}
		writing, ctx := errgroup.WithContext(b.Context())
		writing.SetLimit(16)
		for n := range rows {
			writing.Go(func() error {
				_, err := table.Create(ctx, benchOrder("INV-2026-"+strconv.Itoa(n)), nil)
				return err
			})
		}
		if err := writing.Wait(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		service := &payment.Service{Store: table, Batches: table, Now: time.Now, TrustWindow: time.Hour}
		settleLarge(b, rows, service, 0)
		b.StopTimer()
		server.Close()
		b.StartTimer()
	}
}
