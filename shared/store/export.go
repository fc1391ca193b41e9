package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
)

// Export describes an export of the table to S3. It is zero if the folder has no manifest.
type Export struct {
	Table string    // its ARN
	At    time.Time // the state of the table at that time
}

// ReadExport reads a full export of the table in DynamoDB JSON from a copy of its folder, and passes its
// orders and batches to see. With the manifests of the export it checks that all files and items are there.
func ReadExport(folder fs.FS, see Seen) (Export, error) {
	found, err := findExport(folder)
	if err != nil {
		return Export{}, err
	}
	export, items, err := found.check(folder)
	if err != nil {
		return Export{}, err
	}
	for _, name := range found.data {
		n, err := readExportFile(folder, name, see)
		if err == nil && items != nil && n != items[name] {
			err = fmt.Errorf("it has %d items, and the export has %d in it: copy it again", n, items[name])
		}
		if err != nil {
			return export, fmt.Errorf("%s: %w", name, err)
		}
	}
	return export, nil
}

// readExportFile reads a data file, which has one item a line, and returns the number of items.
func readExportFile(folder fs.FS, name string, see Seen) (items int, err error) {
	file, err := folder.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	content, err := gzip.NewReader(file)
	if err != nil {
		return 0, err
	}
	lines := bufio.NewReader(content)
	for number := 1; ; number++ {
		line, end := lines.ReadBytes('\n')
		if end != nil && end != io.EOF {
			return items, end
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if err := readExportLine(line, see); err != nil {
				return items, fmt.Errorf("line %d: %w", number, err)
			}
			items++
		}
		if end == io.EOF {
			return items, nil
		}
	}
}

func readExportLine(line []byte, see Seen) error {
	var item struct{ Item json.RawMessage }
	if err := json.Unmarshal(line, &item); err != nil {
		return err
	}
	if item.Item == nil {
		return errors.New("it has no Item: the file is not of a full export")
	}
	attributes, err := attributevalue.UnmarshalMapJSON(item.Item)
	if err != nil {
		return err
	}
	return see.item(attributes)
}
