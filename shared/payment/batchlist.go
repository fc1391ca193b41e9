package payment

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kasir/shared/jsonbody"
)

// BatchPage is a part of the list of batches.
type BatchPage struct {
	Batches []Batch // the newest first
	Cursor  string  // continues the list; empty at the end
}

// batchCursor is the form of a cursor: a year, and the last batch of that year that was listed.
var batchCursor = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9]{4})(?:-([0-9a-f]{12}))?$`)
})

// ListBatches returns a page of the batches. parameters are those of GET /settlements. A page holds batches of one year
// and is empty if the year has none. The list goes back to the first year that has a batch, without a gap. Errors:
// *Invalid, ErrCursor, ErrStore.
func (s *Service) ListBatches(ctx context.Context, parameters url.Values) (BatchPage, error) {
	limit, cursor, err := ReadPaging(parameters, defaultLimit, maxLimit)
	if err != nil {
		return BatchPage{}, err
	}
	year, after := s.Now().In(jakarta).Year(), ""
	if cursor != "" {
		parts := batchCursor().FindStringSubmatch(cursor)
		if parts == nil {
			return BatchPage{}, ErrCursor
		}
		year, _ = strconv.Atoi(parts[1])
		after = parts[2]
	}
	all, err := s.Batches.Batches(ctx, year)
	if err != nil {
		return BatchPage{}, storeFailed("reading the settlements", err)
	}
	if after != "" {
		i := slices.IndexFunc(all, func(b Batch) bool { return b.ID == after })
		if i < 0 {
			return BatchPage{}, ErrCursor
		}
		all = all[i+1:]
	}
	if len(all) > limit {
		all = all[:limit]
		return BatchPage{Batches: all, Cursor: fmt.Sprintf("%04d-%s", year, all[limit-1].ID)}, nil
	}
	earlier, err := s.Batches.FirstBatch(ctx, year-1)
	if err != nil {
		return BatchPage{}, storeFailed("reading the settlements", err)
	}
	page := BatchPage{Batches: all}
	if !earlier.IsZero() {
		page.Cursor = fmt.Sprintf("%04d", year-1)
	}
	return page, nil
}

// ReadPaging reads the parameters limit, a number up to most, and cursor. There must be no others. Errors: *Invalid.
func ReadPaging(parameters url.Values, otherwise, most int) (limit int, cursor string, err error) {
	limit = otherwise
	var faults []jsonbody.Violation
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		fault, value := "", parameters.Get(name)
		switch {
		case name != "limit" && name != "cursor":
			fault = jsonbody.NotAField
		case len(parameters[name]) > 1:
			fault = jsonbody.Repeated
		case name == "cursor":
			cursor = value
		default:
			n, err := strconv.Atoi(value)
			if limit = n; err != nil || n < 1 || n > most || strings.HasPrefix(value, "+") {
				fault = fmt.Sprintf("must be a whole number between 1 and %d", most)
			}
		}
		if fault != "" {
			faults = append(faults, jsonbody.Violation{Pointer: "/" + jsonbody.ShownName(name), Detail: fault})
		}
	}
	if len(faults) > 0 {
		return 0, "", &Invalid{Violations: faults}
	}
	return limit, cursor, nil
}
