package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
)

// corpus reads the items that the functions of the previous version wrote, by their names; see docs/migrations.md.
func corpus(t *testing.T) map[string]map[string]types.AttributeValue {
	t.Helper()
	files, err := filepath.Glob("testdata/corpus/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string]map[string]types.AttributeValue{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		attributes, err := attributevalue.UnmarshalMapJSON(text)
		if err != nil {
			t.Fatal(file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = attributes
	}
	return all
}

// statuses are those of the orders in the corpus.
var statuses = map[string]order.Status{
	"creating": order.Creating, "pending": order.Pending, "failed": order.Failed, "expired": order.Expired,
	"authorized": order.Authorized, "authorized-in-the-year-9999": order.Authorized,
	"authorization-expired": order.AuthorizationExpired, "capturing": order.Capturing, "captured": order.Paid,
	"paid":               order.Paid,
	"partially-refunded": order.PartiallyRefunded, "refunded": order.Refunded,
	"refunded-by-people": order.PartiallyRefunded,
	"refund-in-doubt":    order.Paid, "refund-parked": order.Paid, "voided": order.Voided,
	"conflict":   order.NeedsReview,
	"paid-twice": order.Paid,
}

func parsed(t *testing.T, attributes map[string]types.AttributeValue) order.Order {
	t.Helper()
	it, err := decodeOrder("corpus", attributes)
	if err != nil {
		t.Fatal(err)
	}
	return fromItem(strings.TrimPrefix(it.Key, orderKey("")), it)
}

// Items of the previous version read back unchanged, and are written again with the same attributes. A conflict is
// written with its ID in addition, and an order with its attributes for the lists and the stream.
func TestTheItemsOfThePreviousVersionReadAndWriteAsBefore(t *testing.T) {
	all := corpus(t)
	if len(all) != len(statuses)+1 {
		t.Errorf("%d items, want those of %d orders and the orphan", len(all), len(statuses))
	}
	for name, want := range statuses {
		if all[name] == nil {
			t.Errorf("there is no %s", name)
			continue
		}
		o := parsed(t, all[name])
		if o.Status() != want {
			t.Errorf("%s is %s, want %s", name, o.Status(), want)
		}
		it := toItem(o, 0)
		it.Key, it.WriteID = textOf(all[name][KeyAttribute]), textOf(all[name]["w"])
		it.Facts.Conflicts, it.listItem, it.News = nil, listItem{}, ""
		again, err := attributevalue.MarshalMap(it)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(asJSON(t, all[name]), asJSON(t, again)); diff != "" {
			t.Errorf("%s is written otherwise (-before +now):\n%s", name, diff)
		}
		if read := fromItem(o.Invoice, toItem(o, 0)); !cmp.Equal(o, read) {
			t.Errorf("%s reads otherwise once it is written:\n%s", name, cmp.Diff(o, read))
		}
	}
}

// A report that the previous version had joined is not new. Any other report is joined as usual.
func TestTheItemsOfThePreviousVersionJoinAsBefore(t *testing.T) {
	all := corpus(t)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for name := range statuses {
		o := parsed(t, all[name])
		again := o.Facts
		if p := o.Facts.Paid; p != nil { // DOKU repeats its report, and kasir learns it again
			repeated := *p
			repeated.LearnedAt = now
			again.Paid = &repeated
		}
		if next, unchanged := o.Learn(again); !unchanged {
			t.Errorf("%s: the same facts again change it:\n%s", name, cmp.Diff(o.Facts, next.Facts))
		}
		failed := order.Facts{Failures: []order.Failure{{At: now, LearnedAt: now, Code: "54"}}}
		if next, unchanged := o.Learn(failed); unchanged || o.Captured() != next.Captured() || o.Captured() > 0 &&
			next.Status() != o.Status() {
			t.Errorf("%s: after a declined attempt %s", name, next.Status())
		}
		if o.Facts.Authorized != nil && o.AuthorizationEnd().Year() > 9999 {
			t.Errorf("%s: JSON cannot write the end of its authorisation, %s", name, o.AuthorizationEnd())
		}
	}
	var kept orphanItem
	if err := decode("orphan", all["orphan"], &kept); err != nil || len(kept.News) != 1 {
		t.Fatal(kept, err)
	}
	for _, entry := range kept.News {
		o := order.New(order.Intent{Invoice: "CORPUS", Amount: 90000, Lifetime: time.Hour}, instant(entry.At))
		if o, _ = o.Learn(fromFacts(entry.Facts)); o.Status() != order.Paid {
			t.Errorf("the orphan makes its order %s", o.Status())
		}
	}
}

func textOf(v types.AttributeValue) string {
	text, _ := v.(*types.AttributeValueMemberS)
	return text.Value
}

func asJSON(t *testing.T, attributes map[string]types.AttributeValue) map[string]any {
	t.Helper()
	text, err := attributevalue.MarshalMapJSON(attributes)
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
