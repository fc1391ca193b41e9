package settlement

import (
	"context"
	"fmt"

	"kasir/shared/payment"
)

// partsOfPage is the number of parts that are read at once.
const partsOfPage = 10

// ReadPage returns a batch with at most limit of its differences, and the cursor of the next ones, which is empty at
// their end. It reads only the parts of these differences. Errors: payment.ErrCursor, payment.ErrNoBatch,
// payment.ErrStore.
func ReadPage(ctx context.Context, batches payment.BatchStore, id, cursor string, limit int) (Result, string, error) {
	var shown, part, skip int // differences before the page; the next part; differences to leave out from there on
	if cursor != "" {
		_, err := fmt.Sscanf(cursor, "%d.%d.%d", &shown, &part, &skip)
		if err != nil || cursor != placeOf(shown, part, skip) || min(shown, part, skip) < 0 {
			return Result{}, "", payment.ErrCursor
		}
	}
	b, err := readBatch(ctx, batches, id)
	if err != nil {
		return Result{}, "", err
	}
	total := 0
	for _, c := range b.Counts {
		total += c.Count
	}
	if shown > total || part > b.Parts {
		return Result{}, "", payment.ErrCursor
	}
	var all []payment.Difference
	for part < b.Parts && len(all) < limit && shown+len(all) < total {
		before := min(part+partsOfPage, b.Parts)
		some, err := batches.Differences(ctx, id, part, before)
		switch {
		case err != nil:
			return Result{}, "", storeFailed("reading the differences", err)
		case skip > len(some):
			return Result{}, "", payment.ErrCursor
		}
		some = some[skip:]
		if most := limit - len(all); len(some) > most {
			all, skip = append(all, some[:most]...), skip+most
			break
		}
		all, part, skip = append(all, some...), before, 0
	}
	next := ""
	if shown += len(all); shown < total && len(all) > 0 {
		next = placeOf(shown, part, skip)
	}
	return newResult(b, all), next, nil
}

func placeOf(shown, part, skip int) string { return fmt.Sprintf("%d.%d.%d", shown, part, skip) }
