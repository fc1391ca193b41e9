package store

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// exportLine returns an item as an export has it.
func exportLine(t *testing.T, attributes map[string]types.AttributeValue) string {
	t.Helper()
	item, err := attributevalue.MarshalMapJSON(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return `{"Item":` + string(item) + `}`
}

func zipped(t *testing.T, lines ...string) *fstest.MapFile {
	t.Helper()
	var content bytes.Buffer
	w := gzip.NewWriter(&content)
	fmt.Fprintln(w, strings.Join(lines, "\n"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: content.Bytes()}
}

// exportOf returns an export as DynamoDB makes it, with one data file for each of files.
func exportOf(t *testing.T, files ...[]string) fstest.MapFS {
	t.Helper()
	folder, list := fstest.MapFS{}, ""
	for i, lines := range files {
		name := fmt.Sprintf("data/file%d.json.gz", i)
		folder["01695000000000-abc/"+name] = zipped(t, lines...)
		list += fmt.Sprintf(`{"itemCount":%d,"md5Checksum":"x","etag":"x-1","dataFileS3Key":`+
			`"books/AWSDynamoDB/01695000000000-abc/%s"}`+"\n", len(lines), name)
	}
	folder["01695000000000-abc/manifest-files.json"] = &fstest.MapFile{Data: []byte(list)}
	folder["01695000000000-abc/manifest-summary.json"] = &fstest.MapFile{Data: []byte(
		`{"version":"2020-06-30","tableArn":"arn:aws:dynamodb:ap-southeast-3:123456789012:table/Orders",` +
			`"exportTime":"2026-12-01T00:00:00.000Z","itemCount":3,"outputFormat":"DYNAMODB_JSON"}`)}
	return folder
}

// An export has the same orders as the table. Other items are none, and an order that cannot be read is named.
func TestAnExportIsRead(t *testing.T) {
	var lines []string
	want := map[string]order.Order{}
	for _, item := range corpus(t) {
		lines = append(lines, exportLine(t, item))
		if s, isOrder, err := storedOf(item); err == nil && isOrder {
			want[s.Invoice] = s.Order
		}
	}
	lines = append(lines,
		`{"Item":{"pk":{"S":"lists"},"s":{"N":"1"},"d":{"BOOL":true}}}`,
		`{"Item":{"pk":{"S":"order#EARLY"},"n":{"L":[{"S":"x"}]}}}`,
		`{"Item":{"pk":{"S":"order#BAD"},"v":{"N":"1"},"a":{"S":"x"}}}`)
	batch := payment.Batch{ID: "0123456789ab", Name: "B-1", State: payment.BatchDone, Rows: 3, Version: 2,
		Sums: []payment.Sum{{Kind: "sale", Count: 3, Amount: 90_000, Fee: 4_995, Net: 85_005}}}
	kept, err := attributevalue.MarshalMap(toBatch(batch))
	if err != nil {
		t.Fatal(err)
	}
	lines = append(lines, exportLine(t, kept))
	half := len(lines) / 2
	found := map[string]order.Order{}
	var unreadable []string
	var batches []payment.Batch
	export, err := ReadExport(exportOf(t, lines[:half], lines[half:]), Seen{Order: func(s payment.Stored) error {
		if s.Err != nil {
			unreadable = append(unreadable, s.Invoice)
			return nil
		}
		found[s.Invoice] = s.Order
		return nil
	}, Batch: func(b payment.Batch) error { batches = append(batches, b); return nil }})
	if err != nil || !slices.Equal(unreadable, []string{"BAD"}) || len(found) == 0 || !reflect.DeepEqual(found, want) {
		t.Errorf("%v; unreadable %v; %d orders of %d", err, unreadable, len(found), len(want))
	}
	if !reflect.DeepEqual(batches, []payment.Batch{batch}) {
		t.Errorf("batches %+v", batches)
	}
	if !strings.HasSuffix(export.Table, "table/Orders") || export.At.Month() != 12 {
		t.Errorf("%+v", export)
	}
}

// An export that is not whole is refused with the reason, since the books would be wrong.
func TestAnExportThatIsNotWhole(t *testing.T) {
	const summary, list = "01695000000000-abc/manifest-summary.json", "01695000000000-abc/manifest-files.json"
	const data = "01695000000000-abc/data/file1.json.gz"
	one, two := `{"Item":{"pk":{"S":"lists"}}}`, `{"Item":{"pk":{"S":"other"}}}`
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			f[name] = &fstest.MapFile{Data: bytes.ReplaceAll(f[name].Data, []byte(old), []byte(new))}
		}
	}
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		want   string
	}{
		"whole":        {func(fstest.MapFS) {}, ""},
		"no manifests": {func(f fstest.MapFS) { delete(f, summary); delete(f, list) }, ""},
		"no list":      {func(f fstest.MapFS) { delete(f, list) }, "belong together"},
		"no data":      {func(f fstest.MapFS) { clear(f) }, "there is no file *.json.gz"},
		"a missing file": {func(f fstest.MapFS) { delete(f, data) },
			"the file books/AWSDynamoDB/01695000000000-abc/data/file1.json.gz of the export is missing"},
		"a further file": {func(f fstest.MapFS) { f["x/data/z.json.gz"] = zipped(t, one) },
			"x/data/z.json.gz is not a file of the export"},
		"a second export": {func(f fstest.MapFS) { f["b/manifest-summary.json"] = f[summary] }, "there are 2 exports"},
		"a missing item": {func(f fstest.MapFS) { f[data] = zipped(t, one) },
			"file1.json.gz: it has 1 items, and the export has 2"},
		"half a file": {func(f fstest.MapFS) { f[data].Data = f[data].Data[:20] }, "file1.json.gz: unexpected EOF"},
		"not gzip":    {func(f fstest.MapFS) { f[data].Data = []byte(one) }, "file1.json.gz: "},
		"no JSON":     {func(f fstest.MapFS) { f[data] = zipped(t, one, "{") }, "file1.json.gz: line 2: "},
		"no key": {func(f fstest.MapFS) { f[data] = zipped(t, one, `{"Item":{}}`) },
			"line 2: an item without a key"},
		"incremental": {func(f fstest.MapFS) { f[data] = zipped(t, `{"Keys":{},"NewImage":{}}`) },
			"line 1: it has no Item"},
		"says it is incremental": {replace(summary, `"version"`, `"exportType":"INCREMENTAL_EXPORT","version"`),
			"the export is incremental"},
		"says it is Ion": {replace(summary, "DYNAMODB_JSON", "ION"), `the format is "ION"`},
		"Ion": {func(f fstest.MapFS) { f["data/a.ion.gz"] = f[data] },
			"a.ion.gz: the export is in Amazon Ion"},
		"a broken list": {replace(list, "itemCount", `"`), "manifest-files.json: "},
	} {
		folder := exportOf(t, []string{one, two}, []string{one, two})
		c.change(folder)
		_, err := ReadExport(fs.FS(folder), Seen{})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
