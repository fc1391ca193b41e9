package settlement_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"kasir/shared/payment"
	"kasir/shared/settlement"
	"kasir/shared/store"
)

// counted counts the parts that are read.
type counted struct {
	store.Memory
	parts int
}

func (c *counted) Differences(ctx context.Context, id string, from, before int) ([]payment.Difference, error) {
	c.parts += before - from
	return c.Memory.Differences(ctx, id, from, before)
}

// The pages of a batch give each difference once, and each page reads only its own parts.
func TestAPageReadsItsPartsAlone(t *testing.T) {
	const parts, perPart = 500, 99
	c := &counted{}
	for n := range parts {
		var all []payment.Difference
		for i := range perPart {
			if n%3 > 0 {
				all = append(all, payment.Difference{Kind: payment.DiffersFee, Line: n*perPart + i, Note: "a <note>"})
			}
		}
		if _, err := c.PutDifferences(t.Context(), "b", n, all); err != nil {
			t.Fatal(err)
		}
	}
	total := perPart * (parts - (parts+2)/3)
	if err := c.PutBatch(t.Context(), payment.Batch{ID: "b", State: payment.BatchDone, Parts: parts,
		Counts: []payment.DifferenceCount{{Kind: payment.DiffersFee, Count: total}}}); err != nil {
		t.Fatal(err)
	}
	whole, err := settlement.Read(t.Context(), c, "b")
	if err != nil || len(whole.Differences) != total {
		t.Fatal(err, len(whole.Differences))
	}
	var all []settlement.DifferenceView
	for cursor := ""; ; {
		c.parts = 0
		page, next, err := settlement.ReadPage(t.Context(), c, "b", cursor, 1000)
		if err != nil || c.parts > 40 {
			t.Fatalf("after %q: %v, %d parts read", cursor, err, c.parts)
		}
		all = append(all, page.Differences...)
		if cursor = next; next == "" {
			break
		}
	}
	if !slices.Equal(all, whole.Differences) {
		t.Errorf("the pages have %d differences of %d, or others", len(all), total)
	}
	for _, cursor := range []string{"x", "5", "-1.0.0", "0.0", "0.501.0", "0.0.999999", " 1.0.1", "1.0.1x"} {
		if _, _, err := settlement.ReadPage(t.Context(), c, "b", cursor, 10); err == nil {
			t.Errorf("the cursor %q is taken", cursor)
		}
	}
	for n := range 3 {
		r := whole
		r.Differences = whole.Differences[:n:n]
		var streamed, want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := errors.Join(r.WriteJSON(&streamed), encoder.Encode(r)); streamed.String() != want.String() {
			t.Errorf("%v\n%s\n%s", err, &streamed, &want)
		}
	}
}
