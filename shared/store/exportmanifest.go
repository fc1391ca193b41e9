package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// The files of an export.
const (
	exportSummary = "manifest-summary.json"
	exportFiles   = "manifest-files.json"
	exportData    = ".json.gz"
)

// exportFolder are the files of an export in a folder.
type exportFolder struct {
	summaries, lists, data []string
}

func findExport(folder fs.FS) (exportFolder, error) {
	var found exportFolder
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir():
			return err
		case path.Base(name) == exportSummary:
			found.summaries = append(found.summaries, name)
		case path.Base(name) == exportFiles:
			found.lists = append(found.lists, name)
		case strings.HasSuffix(name, exportData):
			found.data = append(found.data, name)
		case strings.HasSuffix(name, ".ion.gz"):
			return fmt.Errorf("%s: the export is in Amazon Ion: export the table as DynamoDB JSON", name)
		}
		return nil
	})
	switch {
	case err != nil:
		return found, err
	case len(found.data) == 0:
		return found, errors.New("there is no file *.json.gz: copy the folder of the export with its folder data")
	case len(found.summaries) > 1:
		return found, fmt.Errorf("there are %d exports (%s): name the folder of one", len(found.summaries),
			strings.Join(found.summaries, ", "))
	case len(found.summaries) != len(found.lists):
		return found, fmt.Errorf("%s and %s belong together: copy the whole folder of the export", exportSummary,
			exportFiles)
	}
	return found, nil
}

// check compares the files with the manifests. items has the number of items in each data file; it is nil if there are
// no manifests.
func (x exportFolder) check(folder fs.FS) (export Export, items map[string]int, err error) {
	if len(x.summaries) == 0 {
		return Export{}, nil, nil
	}
	var summary struct {
		TableArn, OutputFormat, ExportType string
		ExportTime                         time.Time
	}
	content, err := fs.ReadFile(folder, x.summaries[0])
	if err == nil {
		err = json.Unmarshal(content, &summary)
	}
	switch {
	case err != nil:
		return Export{}, nil, fmt.Errorf("%s: %w", x.summaries[0], err)
	case summary.OutputFormat != "DYNAMODB_JSON":
		return Export{}, nil, fmt.Errorf("%s: the format is %q: export the table as DYNAMODB_JSON", x.summaries[0],
			summary.OutputFormat)
	case summary.ExportType == "INCREMENTAL_EXPORT":
		return Export{}, nil, fmt.Errorf("%s: the export is incremental: make a full one", x.summaries[0])
	}
	items, err = x.listed(folder)
	return Export{summary.TableArn, summary.ExportTime}, items, err
}

// listed returns the number of items in each data file. It is an error if a listed file is missing, or one is not
// listed.
func (x exportFolder) listed(folder fs.FS) (map[string]int, error) {
	there, items := map[string]string{}, map[string]int{}
	for _, name := range x.data {
		there[path.Base(name)] = name
	}
	content, err := fs.ReadFile(folder, x.lists[0])
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(content) {
		var file struct {
			DataFileS3Key string
			ItemCount     int
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", x.lists[0], err)
		}
		name, ok := there[path.Base(file.DataFileS3Key)]
		if !ok {
			return nil, fmt.Errorf("the file %s of the export is missing: copy the whole folder again",
				file.DataFileS3Key)
		}
		items[name] = file.ItemCount
	}
	for _, name := range x.data {
		if _, ok := items[name]; !ok {
			return nil, fmt.Errorf("%s is not a file of the export: name the folder of one export", name)
		}
	}
	return items, nil
}
