package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// sample makes orders and batches whose money moved in every way that docs/settlement/books.sql counts.
type sample struct {
	r       *rand.Rand
	orders  []order.Order
	batches map[string]*payment.Batch
}

func sampleDay(day float64) time.Time {
	first := time.Date(2026, 9, 1, 0, 0, 0, 0, time.FixedZone("WIB", 7*60*60))
	return order.Stamp(first.Add(time.Duration(day * float64(24*time.Hour))))
}

// row adds a row to the batch of a day, and returns the batch's ID.
func (s *sample) row(day int, kind string, amount, fee, discount, net int64) string {
	id := fmt.Sprintf("%012x", day)
	if s.batches[id] == nil {
		s.batches[id] = &payment.Batch{ID: id, Name: "B-" + id, PaidOut: sampleDay(float64(day)), Version: 1}
	}
	s.batches[id].Sums = append(s.batches[id].Sums,
		payment.Sum{Kind: kind, Count: 1, Amount: amount, Fee: fee, Discount: discount, Net: net})
	return id
}

func (s *sample) add(i int) {
	day, amount := s.r.Float64()*80, int64(10_000+1000*s.r.IntN(90))
	o := order.Order{Invoice: fmt.Sprint("INV-", i), Amount: amount, CreatedAt: sampleDay(day), Version: 3}
	switch s.r.IntN(10) {
	case 0:
	case 1, 2:
		o.Facts.Authorized = &order.Authorization{At: sampleDay(day), LearnedAt: sampleDay(day), Amount: amount}
		if s.r.IntN(3) > 0 {
			o.Facts.Captured = &order.Capture{At: sampleDay(day + 2), LearnedAt: sampleDay(day + 1), Amount: amount}
		}
	default:
		o.Facts.Paid = &order.Payment{At: sampleDay(day + s.r.Float64() - 0.1), LearnedAt: sampleDay(day + 0.5),
			Amount: amount}
	}
	var news order.Facts
	if o.Captured() == 0 {
		news.Movements = []order.Movement{moved(order.MovedVoid, order.FromNotification, "v", amount, day+1)}
	} else {
		news = s.settled(i, int(day), amount)
		s.movedBack(&o, &news, i, day)
	}
	o.Facts = order.Join(o.Facts, news)
	s.orders = append(s.orders, o)
}

// settled returns the settlement of most sales. In some rows the amount is too low, or before a promo.
func (s *sample) settled(i, day int, amount int64) order.Facts {
	if s.r.IntN(10) > 7 {
		return order.Facts{}
	}
	const discount = 10
	amount += []int64{0, 0, 0, 0, 0, 0, discount, -1000}[s.r.IntN(8)]
	row := order.Settled{Row: 1 + i, Amount: amount, Fee: amount * 3 / 100, Discount: discount,
		PaidOut: sampleDay(float64(day + 4)), LearnedAt: sampleDay(float64(day) + 4.4)}
	row.Net = row.Amount - row.Fee - row.Discount
	row.Batch = s.row(day+4, "sale", row.Amount, row.Fee, row.Discount, row.Net)
	return order.Facts{Settled: []order.Settled{row}}
}

// movedBack adds a refund by kasir or elsewhere, a chargeback, or a record that is withdrawn.
func (s *sample) movedBack(o *order.Order, news *order.Facts, i int, day float64) {
	switch s.r.IntN(6) {
	case 0:
		half := o.Amount / 2
		o.Operations = append(o.Operations, order.Operation{ID: fmt.Sprint("refund-ab", i), Kind: order.KindRefund,
			Amount: half, RequestID: "rq", State: order.Done, Type: order.PartialRefund, FirstAt: sampleDay(day + 8),
			LastAt: sampleDay(day + 8), DoneAt: sampleDay(day + 8), Attempts: 1, Fingerprint: "x", Generation: 1})
		news.Movements = append(news.Movements, moved(order.MovedRefund, order.FromNotification, "n", half, day+8))
	case 1:
		news.Movements = append(news.Movements, moved(order.MovedRefund, order.FromNotification, "n", 4000, day+9),
			moved(order.MovedRefund, order.FromStatus, "", 4000, day+9))
	case 2, 3:
		kind := []order.MovementKind{order.MovedRefund, order.MovedChargeback}[s.r.IntN(2)]
		batch := s.row(int(day)+12, string(kind), 5000, 11, 0, -5011)
		news.Movements = append(news.Movements,
			moved(kind, order.FromSettlement, fmt.Sprint(batch, ":", 5000+i), 5000, day+12.4))
		if kind == order.MovedChargeback && s.r.IntN(2) == 0 {
			news.Movements = append(news.Movements, moved(order.MovedReversal, order.FromRecord, "k", 5000, day+20))
		}
	case 4:
		record := moved(order.MovedRefund, order.FromRecord, "k", 3000, day+9)
		news.Movements = append(news.Movements, record)
		if s.r.IntN(2) == 0 {
			news.Withdrawn = []order.Withdrawal{{ID: record.ID(), Act: order.Act{At: record.At, By: "x"}}}
		}
	}
}

func moved(kind order.MovementKind, source order.Source, ref string, amount int64, day float64) order.Movement {
	return order.Movement{Kind: kind, Source: source, Ref: ref, Amount: amount, At: sampleDay(day),
		LearnedAt: sampleDay(day + 0.1)}
}

// An export of orders whose money moved in every way is read as it was written. local/test/athena names a folder, and
// runs docs/settlement/books.sql on the export.
func TestASampleOfAnExport(t *testing.T) {
	s := sample{r: rand.New(rand.NewPCG(19, 3)), batches: map[string]*payment.Batch{}}
	for i := range 3000 {
		s.add(i)
	}
	s.row(20, "sale", 77_000, 2_000, 0, 75_000)                      // of no order
	s.row(20, "other", 1_000_000, 0, 0, 1_000_000)                   // of another channel
	lines := []string{`{"Item":{"pk":{"S":"lists"},"s":{"N":"1"}}}`} // neither an order nor a batch
	add := func(item any) {
		attributes, err := attributevalue.MarshalMap(item)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, exportLine(t, attributes))
	}
	for _, o := range s.orders {
		add(toItem(o))
	}
	for _, b := range s.batches {
		add(toBatch(*b))
	}
	folder, named := os.LookupEnv("KASIR_SAMPLE_EXPORT")
	if !named {
		folder = t.TempDir()
	}
	file := filepath.Join(folder, "sample.json.gz")
	if err := os.WriteFile(file, zipped(t, strings.Join(lines, "\n")).Data, 0o600); err != nil {
		t.Fatal(err)
	}
	orders, batches := 0, 0
	_, err := ReadExport(os.DirFS(folder), Seen{
		Order: func(o payment.Stored) error { orders++; return o.Err },
		Batch: func(payment.Batch) error { batches++; return nil },
	})
	if err != nil || orders != len(s.orders) || batches != len(s.batches) || batches < 50 {
		t.Errorf("%v: %d orders and %d batches", err, orders, batches)
	}
}
